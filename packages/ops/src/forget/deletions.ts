import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { deletionPath, readDeletion } from '@qr/telemetry/operations';
import { type CommandContext, CommandError, type ExitCode, exitCodes } from '../cli/command.ts';
import { exchange, failureOf, isSuccess } from '../cli/http.ts';
import { tableOf } from '../cli/terminal.ts';
import { applicationOriginFor } from '../doctor/checks/mixpanel.ts';
import { originOf } from '../doctor/hosts.ts';

const outcome = outcomesOf('mixpanel', 'Mixpanel');

/** How the vendor can be asked, or why not. */
export function accessOf({ env }: Pick<CommandContext, 'env'>): DeletionAccess | PartOutcome {
  const [token, oauthToken] = [env['MIXPANEL_TOKEN']?.trim(), env['MIXPANEL_OAUTH_TOKEN']?.trim()];
  if (!token) return outcome('unused', 'MIXPANEL_TOKEN is not set');
  if (!oauthToken)
    return outcome(
      'failed',
      'MIXPANEL_OAUTH_TOKEN is not set, and the API takes nothing else: an owner or admin of the project makes one under Profile & Preferences, Data & Privacy; put it into .env',
    );
  const api = originOf(env['MIXPANEL_API_HOST'] || 'https://api.mixpanel.com');
  const appHost = env['MIXPANEL_APP_HOST']?.trim() || (api && applicationOriginFor(api));
  // An id must not be sent to another region than the data that it stands for.
  if (!appHost)
    return outcome(
      'failed',
      'MIXPANEL_APP_HOST is not set, and MIXPANEL_API_HOST does not tell the region of the project',
    );
  return { appHost, token, oauthToken };
}

/** Whether it is the reason why the vendor cannot be asked. */
export function isReason(access: DeletionAccess | PartOutcome): access is PartOutcome {
  return 'outcome' in access;
}

/** Asks for the deletion of people; what was accepted is written down at once. Asking again makes a request of its own, which does no harm. */
export async function requestDeletion(
  context: CommandContext,
  access: DeletionAccess,
  { people, complianceType }: { readonly people: readonly string[]; readonly complianceType: ComplianceType },
): Promise<{ readonly outcomes: readonly PartOutcome[]; readonly deletions: readonly Deletion[] }> {
  const deletions: Deletion[] = [];
  const requestedAt = new Date(context.now()).toISOString();
  try {
    await createDeletionClient(context, access).request(people, complianceType, async (deletion) => {
      deletions.push(deletion);
      await writeTracked(context.root, [{ ...deletion, complianceType, requestedAt }]).catch((error: unknown) =>
        context.note(`${TRACKING_FILE} cannot be written (${failureOf(error)}): note ${deletion.trackingId} yourself.`),
      );
    });
    return { outcomes: deletions.map(accepted), deletions };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    const reason = error.message.replace(/^Mixpanel: /, '').replace(/\.$/, '');
    return { outcomes: [...deletions.map(accepted), outcome('failed', reason)], deletions };
  }
}

function accepted({ trackingId, state }: Deletion): PartOutcome {
  return outcome('done', `asked under the tracking id ${trackingId}: ${explainState(state)}`);
}

/** How far a deletion is. */
interface DeletionStatus {
  readonly trackingId: string;
  readonly state: DeletionState;
  /** `null` when the request was made elsewhere, by a service or by another machine. */
  readonly people: number | null;
  readonly requestedAt: string | null;
}

/**
 * Asks Mixpanel how far a deletion is, or all that were asked for here and are not over.
 *
 * @throws CommandError when it cannot be asked.
 */
export async function deletionStates(
  context: CommandContext,
  trackingId: string | undefined,
): Promise<DeletionStatus[]> {
  const tracked = await readTracked(context.root);
  const access = accessOf(context);
  if (trackingId === undefined && tracked.every(({ state }) => isFinal(state))) return tracked.map(describe);
  if (isReason(access)) throw new CommandError(`Mixpanel cannot be asked: ${access.detail}.`);
  const client = createDeletionClient(context, access);
  const open = tracked.filter(({ state }) => !isFinal(state));
  const changed: TrackedDeletion[] = [];
  if (trackingId !== undefined) {
    const state = await client.stateOf(trackingId);
    const known = tracked.find((each) => each.trackingId === trackingId);
    if (!known) return [{ trackingId, state, people: null, requestedAt: null }];
    changed.push({ ...known, state });
  } else {
    if (open.length > 1) context.note(`Asking for ${open.length} deletions, one a second ...`);
    for (const each of open) changed.push({ ...each, state: await client.stateOf(each.trackingId) });
  }
  await writeTracked(context.root, changed);
  const latest = (each: TrackedDeletion) => changed.find((other) => other.trackingId === each.trackingId) ?? each;
  return (trackingId === undefined ? tracked.map(latest) : changed).map(describe);
}

/** The states for people. */
export function stateLines(statuses: readonly DeletionStatus[]): string[] {
  if (statuses.length === 0) return [`No deletion was asked for on this machine: ${TRACKING_FILE} has none.`];
  return tableOf(
    statuses.map(({ trackingId, state, requestedAt }) => [
      trackingId,
      requestedAt?.slice(0, 10) ?? '',
      state,
      explainState(state),
    ]),
  );
}

function describe({ trackingId, state, people, requestedAt }: TrackedDeletion): DeletionStatus {
  return { trackingId, state, people, requestedAt };
}

/** Below the root. Numbers only: a list of those who asked to be forgotten would remember them. */
export const TRACKING_FILE = '.data/forget.json';

/** A deletion that Mixpanel was asked for. */
interface TrackedDeletion {
  readonly trackingId: string;
  readonly people: number;
  readonly complianceType: ComplianceType;
  /** ISO 8601. */
  readonly requestedAt: string;
  /** When Mixpanel was last asked. */
  readonly state: DeletionState;
}

/** @throws CommandError when there is a file that cannot be read: writing over it would lose numbers. */
export async function readTracked(root: string): Promise<TrackedDeletion[]> {
  const file = join(root, TRACKING_FILE);
  try {
    const { deletions } = JSON.parse(await readFile(file, 'utf8')) as { deletions: unknown };
    if (!Array.isArray(deletions) || !deletions.every(isTracked)) throw new Error('expected a list of deletions');
    return deletions.map((each) => ({ ...each, state: readState(each.state) }));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new CommandError(`${file} cannot be read: repair it, or move it away and keep its tracking ids.`, { cause });
  }
}

/** Adds deletions, or replaces those of the same number. */
async function writeTracked(root: string, changed: readonly TrackedDeletion[]): Promise<void> {
  const known = await readTracked(root);
  const ids = new Set(changed.map(({ trackingId }) => trackingId));
  const deletions = [...known.filter(({ trackingId }) => !ids.has(trackingId)), ...changed];
  const file = join(root, TRACKING_FILE);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.tmp`, `${JSON.stringify({ deletions }, null, 2)}\n`, { mode: 0o600 });
  await rename(`${file}.tmp`, file);
}

function isTracked(value: unknown): value is TrackedDeletion {
  return typeof value === 'object' && value !== null && 'trackingId' in value && typeof value.trackingId === 'string';
}

/** Of one request. Mixpanel reference, GDPR API: fewer than 2000. */
const MAX_PEOPLE = 1999;
/** One request a second is allowed; a little more, as both clocks count. */
const INTERVAL_MS = 1050;
/** A request that came too early for the vendor is made again. */
const MAX_ATTEMPTS = 4;

export type ComplianceType = 'GDPR' | 'CCPA';

/** A deletion that the vendor has accepted. */
export interface Deletion {
  readonly trackingId: string;
  readonly people: number;
  readonly state: DeletionState;
}

/** How to reach the vendor's application API. */
interface DeletionAccess {
  readonly appHost: string;
  /** Of the project whose data is to be deleted. */
  readonly token: string;
  /** Of a user; the API accepts nothing else. */
  readonly oauthToken: string;
}

/** Mixpanel's deletion API, at the pace that it allows. */
interface DeletionClient {
  /** Asks for a deletion; `onAccepted` is called for each part of a large number of people. @throws CommandError when the vendor refuses. */
  request(
    people: readonly string[],
    type: ComplianceType,
    onAccepted: (deletion: Deletion) => Promise<void>,
  ): Promise<void>;
  /** @throws CommandError when the vendor refuses. */
  stateOf(trackingId: string): Promise<DeletionState>;
}

/** @see https://docs.mixpanel.com/reference/gdpr-api */
function createDeletionClient(context: CommandContext, access: DeletionAccess): DeletionClient {
  const { appHost, token, oauthToken } = access;
  const origin = appHost.replace(/\/+$/, '');
  let isFirst = true;

  async function ask(trackingId: string, body?: string): Promise<ReturnType<typeof readDeletion>> {
    const init = {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${oauthToken}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body }),
    };
    for (let attempt = 1; ; attempt++) {
      if (!isFirst) await wait(INTERVAL_MS * attempt, undefined, { signal: context.signal });
      isFirst = false;
      const answer = await exchange(`${origin}${deletionPath(token, trackingId)}`, init, context);
      const { status, text } = answer;
      if (isSuccess(answer)) return readDeletion(text);
      if (status === 0)
        throw refused(`nobody answers at ${appHost} (${text}): check the network and MIXPANEL_APP_HOST`);
      if (status !== 429 || attempt === MAX_ATTEMPTS)
        throw refused(explain(status, text.replaceAll(oauthToken, '***').replaceAll(token, '***')), status);
      context.note('Mixpanel takes one request a second and says that was too early (429); waiting.');
    }
  }

  return {
    async request(people, type, onAccepted) {
      for (let from = 0; from < people.length; from += MAX_PEOPLE) {
        const part = people.slice(from, from + MAX_PEOPLE);
        const body = JSON.stringify({ distinct_ids: part, compliance_type: type });
        const { trackingId, status = 'PENDING' } = await ask('', body);
        if (trackingId === undefined) throw refused('it accepted the request and named no tracking id');
        await onAccepted({ trackingId, people: part.length, state: readState(status) });
      }
    },
    async stateOf(trackingId) {
      try {
        return readState((await ask(trackingId)).status);
      } catch (error) {
        if (error instanceof CommandError && error.cause === 404) return 'NOT_FOUND';
        throw error;
      }
    },
  };
}

function refused(message: string, cause?: unknown): CommandError {
  return new CommandError(`Mixpanel: ${message}.`, { cause, exitCode: exitCodes.refused });
}

function explain(status: number, body: string): string {
  if (status === 401)
    return 'it refuses MIXPANEL_OAUTH_TOKEN (401): an owner or admin makes one under Profile & Preferences, Data & Privacy; it holds for a year';
  if (status === 403)
    return 'the owner of MIXPANEL_OAUTH_TOKEN may not delete in this project (403): check MIXPANEL_TOKEN, and the region in MIXPANEL_APP_HOST';
  if (status === 429) return 'it takes one request a second and still says that was too early (429): wait a minute';
  if (status === 404)
    return 'there is no deletion API at MIXPANEL_APP_HOST (404): it must be an origin such as https://mixpanel.com';
  return `it answered ${status}: ${body.slice(0, 200)}`;
}

/** The states of a deletion. Mixpanel reference, GDPR API version 3. */
const STATES = {
  PENDING: 'accepted, and waits for its turn; it may take 30 days',
  STAGING: 'is being prepared; it can still be cancelled',
  STARTED: 'is being carried out, and cannot be cancelled any more',
  SUCCESS: 'done: nothing of these people is left at Mixpanel',
  FAILURE: 'failed at Mixpanel: run the command again, and tell their support the number if it fails again',
  REVOKED: 'was cancelled before it started: run the command again if that was a mistake',
  NOT_FOUND: 'unknown in this project: check the number, MIXPANEL_TOKEN, and the region in MIXPANEL_APP_HOST',
  UNKNOWN: 'Mixpanel cannot tell: ask again later',
} as const;

type DeletionState = keyof typeof STATES;

/** A state that a receiver named; one that nobody has described is unknown as well. */
function readState(value: unknown): DeletionState {
  return typeof value === 'string' && Object.hasOwn(STATES, value) ? (value as DeletionState) : 'UNKNOWN';
}

/** The state for people. */
function explainState(state: DeletionState): string {
  return STATES[state];
}

/** Whether asking again would tell nothing new. */
function isFinal(state: DeletionState): boolean {
  return state === 'SUCCESS' || state === 'FAILURE' || state === 'REVOKED';
}

/** Whether the deletion goes on or is done. */
export function exitCodeOf(states: readonly DeletionState[]): ExitCode {
  const bad: readonly DeletionState[] = ['FAILURE', 'REVOKED', 'NOT_FOUND'];
  return states.some((state) => bad.includes(state)) ? exitCodes.no : exitCodes.ok;
}

/** What became of one part of an erasure. */
export interface PartOutcome {
  readonly part: 'service' | 'spool' | 'mixpanel' | 'sentry';
  /** Of the service or the spool. */
  readonly name: string;
  /** `by hand`: nobody can do it by a program; `unused`: the platform does not use it here. */
  readonly outcome: 'done' | 'failed' | 'by hand' | 'unused';
  /** A sentence for people, and what to do. */
  readonly detail: string;
}

/** Returns what makes the outcomes of a part. */
export function outcomesOf(part: PartOutcome['part'], name: string) {
  return (outcome: PartOutcome['outcome'], detail: string): PartOutcome => ({ part, name, outcome, detail });
}
