import type { Dirent } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { documentOf } from '../../cli/http.ts';
import { type Check, type CheckContext, type Finding, failed, ok, skipped, warning } from '../check.ts';
import { destinationsOf, explainFailure } from '../hosts.ts';
import { explainDelivery, poll, RESERVE_MS, sendTestError } from '../send-as-service.ts';

/** Whether an error arrives: captured as services do, and found again by its id where that can be asked. */
export const sentryError: Check = {
  name: 'sentry-error',
  about: 'a test error is taken, and found again where that can be asked',
  needs: ['variables', 'inbox', 'sentry-host'],
  isOffline: false,
  async run(context) {
    const { sentry } = destinationsOf(context.env);
    if (sentry === undefined) return skipped('SENTRY_DSN is not set: services report no errors.');
    const endsAt = performance.now() + context.timeoutMs;
    const waitMs = Math.max(100, context.timeoutMs - RESERVE_MS);
    const { eventId, ...delivery } = await sendTestError({ ...context, timeoutMs: waitMs });
    const { timeoutMs } = context;
    const problem = explainDelivery(delivery, { name: 'Sentry', origin: sentry, timeoutMs, denied: explainDenial });
    if (problem) return problem;
    const index = errorIndexOf(context);
    if (index === undefined)
      return ok(
        `Sentry took the test error ${eventId}; its answer 200 is the proof. With SENTRY_AUTH_TOKEN and SENTRY_ORG it is looked up as well.`,
      );
    const ask = async () => {
      const sighting = await findError(eventId, context);
      return sighting.is === 'missing' ? undefined : sighting;
    };
    const forMs = endsAt - performance.now() - RESERVE_MS;
    const sighting = (await poll(ask, { forMs, signal: context.signal })) ?? { is: 'missing' };
    return judge(sighting, eventId, index, context);
  },
};

/** Sentry reference, ingestion, "Responses": 403, or 401 of an older Relay, for the key, the project, and both together. */
function explainDenial(status: number, words: string): Finding {
  const advice = 'Copy the DSN anew from Sentry: Project Settings > Client Keys (DSN); the key there must be enabled.';
  if (/ProjectId/i.test(words))
    return failed(
      `Sentry does not know the project at the end of SENTRY_DSN, or its key is that of another project (${status}: ${words}).`,
      advice,
    );
  return failed(`Sentry refuses the key in SENTRY_DSN (${status}: ${words}): it is mistyped, or was disabled.`, advice);
}

function judge(sighting: ErrorSighting, eventId: string, index: 'inbox' | 'sentry', context: CheckContext): Finding {
  if (sighting.is === 'refused')
    return ok(
      `Sentry took the test error ${eventId}; its answer 200 is the proof, as SENTRY_AUTH_TOKEN may not look it up (${sighting.status}).`,
    );
  if (sighting.is === 'unreachable')
    return warning(
      `Sentry took the test error ${eventId}; it could not be looked up: ${sighting.words}`,
      'Correct SENTRY_URL, where the management API is.',
    );
  if (sighting.is === 'missing')
    return warning(
      `${index === 'inbox' ? 'The inbox' : 'Sentry'} took the test error ${eventId}, but does not show it within ${context.timeoutMs / 1000} s: it is slow, filters it out, or SENTRY_DSN is of another organization than SENTRY_ORG.`,
      'Ask again with --timeout 60; then look at Stats > Errors in Sentry for what was filtered or dropped.',
    );
  if (index === 'inbox') return ok(`The test error ${eventId} arrived and was found again in the inbox.`);
  return ok(
    `The test error ${eventId} was found again in Sentry${sighting.project ? `, in the project ${sighting.project}` : ''}.`,
  );
}

/** What a look-up by the event id says. */
type ErrorSighting =
  | { readonly is: 'found'; readonly project: string | undefined }
  | { readonly is: 'missing' }
  | { readonly is: 'refused'; readonly status: number }
  | { readonly is: 'unreachable'; readonly words: string };

/** Who can be asked for an error by its id; `undefined` when nobody can. */
function errorIndexOf({ env }: Pick<CheckContext, 'env'>): 'inbox' | 'sentry' | undefined {
  const { sentry, inbox } = destinationsOf(env);
  if (sentry === inbox) return 'inbox';
  return env['SENTRY_AUTH_TOKEN'] && env['SENTRY_ORG'] ? 'sentry' : undefined;
}

/**
 * Looks for an error, at the inbox or with the auth token at Sentry.
 *
 * @see https://docs.sentry.io/api/organizations/resolve-an-event-id/
 */
async function findError(eventId: string, context: CheckContext): Promise<ErrorSighting> {
  const { env, fetch, signal } = context;
  const { inbox } = destinationsOf(env);
  const isInbox = errorIndexOf(context) === 'inbox';
  const url = isInbox ? `${inbox}/api/errors/${eventId}` : `${sentryApiOf(env)}/eventids/${eventId}/`;
  const headers: Record<string, string> = isInbox ? {} : { authorization: `Bearer ${env['SENTRY_AUTH_TOKEN']}` };
  const response = await fetch(url, { headers, signal }).catch(
    (error: unknown) => explainFailure(error, new URL(url).origin).says,
  );
  if (typeof response === 'string') return { is: 'unreachable', words: response };
  if (response.ok) {
    const { projectSlug } = documentOf<{ projectSlug?: string }>(await response.text()) ?? {};
    return { is: 'found', project: projectSlug };
  }
  await response.body?.cancel();
  return response.status === 404 ? { is: 'missing' } : { is: 'refused', status: response.status };
}

/** The management API of the organization. */
function sentryApiOf(env: CheckContext['env']): string {
  const url = (env['SENTRY_URL'] || 'https://sentry.io').replace(/\/$/, '');
  return `${url}/api/0/organizations/${encodeURIComponent(env['SENTRY_ORG'] ?? '')}`;
}

/** Whether the token of `qr-obs` may see alerts in Sentry. Services do not need it. */
export const alertToken: Check = {
  name: 'alert-token',
  about: 'SENTRY_AUTH_TOKEN may read alerts, where it is set',
  needs: ['variables'],
  isOffline: false,
  async run({ env, fetch, signal }) {
    const { SENTRY_AUTH_TOKEN: token, SENTRY_ORG: organization } = env;
    if (!token) return skipped('SENTRY_AUTH_TOKEN is not set: alerts and dashboards are not managed from here.');
    if (!organization)
      return warning(
        'SENTRY_AUTH_TOKEN is set and SENTRY_ORG is not: nothing can be asked with it.',
        'Set SENTRY_ORG to the name of the organization in the address of Sentry, <name>.sentry.io.',
      );
    const url = `${sentryApiOf(env)}/workflows/?per_page=1`;
    const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` }, signal }).catch((error: unknown) =>
      explainFailure(error, new URL(url).origin),
    );
    if (!(answer instanceof Response)) return answer;
    await answer.body?.cancel();
    return judgeToken(answer.status, token, new URL(url).origin);
  },
};

const SCOPES = 'org:read, alerts:read, alerts:write, project:read, project:write, team:read';

function judgeToken(status: number, token: string, origin: string): Finding {
  if (status === 200) return ok('It may read alerts; whether it may write them shows when it does.');
  if (status === 403) {
    const why = token.startsWith('sntrys_')
      ? 'it is an organization token, which has the scope org:ci only: enough for releases and source maps'
      : 'its scopes are too small';
    return warning(
      `SENTRY_AUTH_TOKEN may not read alerts (403): ${why}.`,
      `For \`qr-obs alerts\` make an internal integration in Sentry (Settings > Developer Settings) with ${SCOPES}, and use its token.`,
    );
  }
  if (status === 401)
    return failed(
      `${origin} does not know SENTRY_AUTH_TOKEN (401): it is mistyped, revoked, or of another Sentry.`,
      'Make a new one; an organization in the EU is asked at SENTRY_URL=https://de.sentry.io.',
    );
  if (status === 404)
    return failed(
      `${origin} has no organization of the name in SENTRY_ORG, or does not show it to this token (404).`,
      'Set SENTRY_ORG to the name in the address of Sentry, <name>.sentry.io; an organization in the EU is asked at SENTRY_URL=https://de.sentry.io.',
    );
  const reason =
    status === 429
      ? 'limits the rate'
      : status >= 500
        ? 'has troubles of its own'
        : 'gives an answer that is not known here';
  return warning(`${origin} ${reason} (${status}): what the token may do was not found out.`, 'Ask again later.');
}

/** The packages that hold the state of the SDK, or must be of its version. */
const PACKAGES = ['core', 'node', 'profiling-node', 'react'];
/** The folders of the workspaces; each may have packages of its own. */
const WORKSPACES = ['packages', 'services', 'apps'];

/** How many copies of the Sentry SDK are installed: with two, one half is set up and the other half is asked. */
export const sdkCopies: Check = {
  name: 'sdk-copies',
  about: 'the Sentry SDK is installed once, in one version',
  needs: [],
  isOffline: true,
  async run({ root }) {
    const copies = (await Promise.all((await moduleFolders(root)).map(copiesIn))).flat();
    const cores = copies.filter(({ name }) => name === 'core');
    const [core] = cores;
    if (core === undefined)
      return skipped(
        `No @sentry/core is installed below ${root}: where services are built into one file, there is nothing to count.`,
      );
    const strangers = copies.filter(({ version }) => version !== core.version);
    if (cores.length === 1 && strangers.length === 0)
      return ok(`One copy, ${core.version}, and everything of Sentry is of that version.`);
    const told = cores.length > 1 ? [...new Set([...cores, ...strangers])] : [core, ...strangers];
    const list = told.map(({ name, version, path }) => `@sentry/${name} ${version} in ${relative(root, path)}`);
    return failed(
      `${cores.length > 1 ? `${cores.length} copies of the Sentry SDK are` : 'Two versions of the Sentry SDK are'} installed: what is set up in one does not happen in the other. ${list.join('; ')}.`,
      'Pin every @sentry package to exactly one version, then `rm -rf node_modules && npm install`; `npm ls @sentry/core` says who asks for the other.',
    );
  },
};

interface Copy {
  readonly name: string;
  readonly version: string;
  readonly path: string;
}

/** All `node_modules` of the workspaces and of the packages in them, at any depth. */
async function moduleFolders(root: string): Promise<readonly string[]> {
  const workspaces = await Promise.all(WORKSPACES.map((name) => foldersIn(join(root, name))));
  const found: string[] = [];
  const left = [root, ...workspaces.flat()].map((path) => join(path, 'node_modules'));
  for (let folder = left.shift(); folder !== undefined; folder = left.shift()) {
    const packages = await packagesIn(folder);
    if (packages.length === 0) continue;
    found.push(folder);
    left.push(...packages.map((path) => join(path, 'node_modules')));
  }
  return found;
}

async function packagesIn(folder: string): Promise<readonly string[]> {
  const entries = await foldersIn(folder);
  const scoped = entries.filter((path) => path.startsWith(join(folder, '@')));
  const inScopes = await Promise.all(scoped.map(foldersIn));
  return [...entries.filter((path) => !scoped.includes(path)), ...inScopes.flat()];
}

/** Links are left out: those of the workspaces lead back to where we are. */
async function foldersIn(path: string): Promise<readonly string[]> {
  const entries: readonly Dirent[] = await readdir(path, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(path, name));
}

async function copiesIn(folder: string): Promise<readonly Copy[]> {
  const copies = await Promise.all(
    PACKAGES.map(async (name) => {
      const path = join(folder, '@sentry', name);
      const version = await versionOf(path);
      return version === undefined ? [] : [{ name, version, path }];
    }),
  );
  return copies.flat();
}

async function versionOf(path: string): Promise<string | undefined> {
  try {
    const { version } = JSON.parse(await readFile(join(path, 'package.json'), 'utf8')) as { version?: unknown };
    return typeof version === 'string' ? version : undefined;
  } catch {
    return undefined;
  }
}
