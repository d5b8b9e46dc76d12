import { randomUUID } from 'node:crypto';
import { documentOf } from '../../cli/http.ts';
import { type Check, type CheckContext, type Finding, failed, ok, skipped, warning } from '../check.ts';
import { destinationsOf, explainFailure, originOf, serviceAccountOf, wordsOf } from '../hosts.ts';
import { explainDelivery, poll, RESERVE_MS, type Sender, sendTestEvent } from '../send-as-service.ts';

/**
 * Whether an event arrives. With a service account two are sent, one by it and one by the token, and both are looked up: that of the token
 * shows whether it is of the same project.
 */
export const mixpanelEvent: Check = {
  name: 'mixpanel-event',
  about: 'a test event is taken, and found again where that can be asked',
  needs: ['variables', 'inbox', 'mixpanel-host'],
  isOffline: false,
  async run(context) {
    const { mixpanel, inbox } = destinationsOf(context.env);
    if (mixpanel === undefined) return skipped('MIXPANEL_TOKEN is not set: services send no events.');
    const isInbox = mixpanel === inbox;
    const hasAccount = !isInbox && serviceAccountOf(context.env) !== undefined;
    const senders: readonly Sender[] = hasAccount ? ['service_account', 'token'] : ['token'];
    const checkId = randomUUID();
    const endsAt = performance.now() + context.timeoutMs;
    for (const sentBy of senders) {
      const timeoutMs = Math.max(100, endsAt - performance.now() - RESERVE_MS);
      const delivery = await sendTestEvent(checkId, sentBy, { ...context, timeoutMs });
      const denied = (status: number, words: string) => explainDenial(status, words, sentBy);
      const problem = explainDelivery(delivery, {
        name: 'Mixpanel',
        origin: mixpanel,
        timeoutMs: context.timeoutMs,
        denied,
      });
      if (problem) return problem;
    }
    if (!isInbox && !hasAccount)
      return ok(
        'Mixpanel took the test event `observability_checked`; its answer is the proof. With MIXPANEL_SERVICE_ACCOUNT and MIXPANEL_PROJECT_ID it is looked up as well.',
      );
    return judge(await lookUp(checkId, senders, endsAt, context), senders, context);
  },
};

function explainDenial(status: number, words: string, sentBy: Sender): Finding {
  if (sentBy === 'service_account')
    return failed(
      `Mixpanel refuses the service account (${status}: ${words}): its name or secret is wrong, or it may not write to the project MIXPANEL_PROJECT_ID.`,
      'In Mixpanel, Organization Settings > Service Accounts: give the account the role Owner or Admin in the project, or make one and copy `user:secret` anew.',
    );
  return failed(
    `Mixpanel does not know MIXPANEL_TOKEN (${status}: ${words}).`,
    'Copy it from Project Settings > Overview > Project Token. If it is the same: a project in the EU or India is known at its own host only, see MIXPANEL_API_HOST.',
  );
}

/** Asks until all are found; returns the last answer. */
async function lookUp(
  checkId: string,
  senders: readonly Sender[],
  endsAt: number,
  context: CheckContext,
): Promise<Sighting> {
  let last: Sighting = { isAnswered: true, sentBy: [] };
  const forMs = endsAt - performance.now() - RESERVE_MS;
  const ask = async () => {
    last = await findEvent(checkId, context);
    return !last.isAnswered || last.sentBy.length === senders.length ? last : undefined;
  };
  return (await poll(ask, { forMs, signal: context.signal })) ?? last;
}

function judge(sighting: Sighting, senders: readonly Sender[], context: CheckContext): Finding {
  const host = queryHostOf(context);
  const { MIXPANEL_PROJECT_ID: project } = context.env;
  if (!sighting.isAnswered) return explainUnanswered(sighting, host);
  const { sentBy } = sighting;
  if (sentBy.length === senders.length) {
    if (senders.length === 1)
      return ok('The test event `observability_checked` arrived and was found again in the inbox.');
    return ok(
      `Two test events \`observability_checked\`, one by the service account and one by the token, were found again in project ${project}.`,
    );
  }
  if (sentBy.includes('service_account'))
    return failed(
      `MIXPANEL_TOKEN is of another project than MIXPANEL_PROJECT_ID (${project}): the event of the service account is there, that of the token is not. Profiles go where the token says, events where the account does.`,
      `Copy the token of project ${project} from its Project Settings > Overview, or correct MIXPANEL_PROJECT_ID.`,
    );
  if (sentBy.includes('token'))
    return warning(
      `Of two test events only that of the token was found in project ${project} within ${context.timeoutMs / 1000} s.`,
      'Ask again with --timeout 60: Mixpanel may take a minute to show an event.',
    );
  return warning(
    `Mixpanel took the test event, but ${host} does not show it within ${context.timeoutMs / 1000} s: it may be slow, or the project lives in another region, in which case nothing is stored.`,
    'Ask again with --timeout 60. If it stays so, compare MIXPANEL_API_HOST with the region in Project Settings > Overview.',
  );
}

type Unanswered = Extract<Sighting, { readonly isAnswered: false }>;

function explainUnanswered({ status, words }: Unanswered, host: string): Finding {
  const took = 'Mixpanel took the test event; it could not be looked up';
  if (status === undefined)
    return warning(`${took}: ${words}`, 'Correct MIXPANEL_APP_HOST, from which reports are read.');
  if (status === 429) return warning(`${took}: the 60 questions an hour are used up (429).`, 'Ask again in an hour.');
  if (status >= 500) return warning(`${took}: ${host} has troubles of its own (${status}).`, 'Ask again later.');
  return failed(
    `${took}: ${host} does not let the service account read project MIXPANEL_PROJECT_ID (${status}: ${words}). An account and a project are known in their own region only.`,
    'Compare MIXPANEL_APP_HOST and MIXPANEL_API_HOST with the region in Project Settings > Overview, and MIXPANEL_PROJECT_ID with the project.',
  );
}

/** What the query API says of the events of one run. */
type Sighting =
  /** Which of them it has. */
  | { readonly isAnswered: true; readonly sentBy: readonly Sender[] }
  /** A refusal; without a status when the host was not reached. */
  | { readonly isAnswered: false; readonly status: number | undefined; readonly words: string };

const DAY_MS = 86_400_000;
const SENDERS: readonly Sender[] = ['token', 'service_account'];

/**
 * Looks for the test events of a run, at the inbox or with the service account at Mixpanel.
 *
 * @see https://docs.mixpanel.com/reference/segmentation-query
 */
async function findEvent(checkId: string, context: CheckContext): Promise<Sighting> {
  const { env, fetch, now, signal } = context;
  const { mixpanel, inbox } = destinationsOf(env);
  const account = mixpanel === inbox ? undefined : serviceAccountOf(env);
  const query = new URLSearchParams({
    event: 'observability_checked',
    // A day more on both sides: days are those of the project's time zone.
    from_date: dayOf(now() - DAY_MS),
    to_date: dayOf(now() + DAY_MS),
    where: `properties["check_id"] == "${checkId}"`,
    on: 'properties["sent_by"]',
    ...(account && { project_id: account.projectId }),
  });
  const host = queryHostOf(context);
  const response = await fetch(`${host}/api/query/segmentation?${query}`, {
    headers: account ? { authorization: `Basic ${Buffer.from(account.credentials).toString('base64')}` } : {},
    signal,
  }).catch((error: unknown) => explainFailure(error, host).says);
  if (typeof response === 'string') return { isAnswered: false, status: undefined, words: response };
  const text = await response.text();
  if (!response.ok) return { isAnswered: false, status: response.status, words: wordsOf(text) };
  type Counts = Readonly<Record<string, Readonly<Record<string, number>>>>;
  // { data: { values: { <segment>: { <day>: <count> } } } }
  const counts = documentOf<{ data?: { values?: Counts } }>(text)?.data?.values ?? {};
  return {
    isAnswered: true,
    sentBy: SENDERS.filter((sender) => Object.values(counts[sender] ?? {}).some((count) => count > 0)),
  };
}

/** Where reports are read: the inbox, or Mixpanel's host of that name. */
function queryHostOf({ env }: Pick<CheckContext, 'env'>): string {
  const { mixpanel, inbox } = destinationsOf(env);
  if (mixpanel === inbox) return inbox;
  return (env['MIXPANEL_APP_HOST'] || 'https://mixpanel.com').replace(/\/$/, '');
}

function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

type Region = 'US' | 'EU' | 'India';

/** Mixpanel reference, ingestion, "Hosts by data residency". */
const INGESTION: Readonly<Record<string, Region>> = {
  'api.mixpanel.com': 'US',
  'api-js.mixpanel.com': 'US',
  'api-eu.mixpanel.com': 'EU',
  'api-in.mixpanel.com': 'India',
};
const APPLICATION: Readonly<Record<string, Region>> = {
  'mixpanel.com': 'US',
  'eu.mixpanel.com': 'EU',
  'in.mixpanel.com': 'India',
};

/**
 * Whether Mixpanel's hosts are of one region. Events that are sent to another region than the project's are not stored, and no answer says so:
 * only a look-up with a service account tells.
 */
export const residency: Check = {
  name: 'residency',
  about: "Mixpanel's hosts are those of one region",
  needs: ['variables'],
  isOffline: true,
  async run({ env }) {
    const { mixpanel, inbox } = destinationsOf(env);
    if (mixpanel === undefined) return skipped('MIXPANEL_TOKEN is not set.');
    if (mixpanel === inbox) return skipped('The inbox stands in for Mixpanel.');
    const api = new URL(mixpanel).hostname;
    const appOrigin = originOf(env['MIXPANEL_APP_HOST'] ?? '');
    const app = new URL(appOrigin ?? 'https://mixpanel.com').hostname;
    return compare({
      api,
      app,
      isAppHostSet: appOrigin !== undefined,
      isLookedUp: serviceAccountOf(env) !== undefined,
    });
  },
};

/** Returns the address of the application API of the region to which events are sent; `undefined` for a host that is not Mixpanel's. */
export function applicationOriginFor(apiOrigin: string): string | undefined {
  const region = INGESTION[new URL(apiOrigin).hostname];
  return region && `https://${hostOf(APPLICATION, region)}`;
}

interface Hosts {
  readonly api: string;
  readonly app: string;
  readonly isAppHostSet: boolean;
  /** Whether the test event is looked up with a service account. */
  readonly isLookedUp: boolean;
}

function compare({ api, app, isAppHostSet, isLookedUp }: Hosts): Finding {
  const swapped = APPLICATION[api];
  if (swapped)
    return wrongKind(
      'MIXPANEL_API_HOST',
      api,
      'where reports are read; events are not taken there',
      hostOf(INGESTION, swapped),
    );
  const swappedApp = INGESTION[app];
  if (swappedApp)
    return wrongKind(
      'MIXPANEL_APP_HOST',
      app,
      'where events are taken; reports are not read there',
      hostOf(APPLICATION, swappedApp),
    );
  const sends = INGESTION[api];
  const reads = APPLICATION[app];
  if (sends === undefined)
    return ok(`${api} is not a host of Mixpanel: in which region it delivers cannot be told from here.`);
  if (reads !== undefined && reads !== sends) {
    const [apiHost, appHost] = [hostOf(INGESTION, reads), hostOf(APPLICATION, sends)];
    return {
      // Whoever has set one host only reads nothing yet, or would have noticed.
      status: isAppHostSet ? 'failed' : 'warning',
      says: `Events are sent to ${api} (${sends}) and read from ${app} (${reads}${isAppHostSet ? '' : ', the default'}). A project lives in one region; what is sent to another is not stored, without an error.`,
      do: `Project Settings > Overview in Mixpanel says where the project lives. ${sends}: set MIXPANEL_APP_HOST=https://${appHost}. ${reads}: set MIXPANEL_API_HOST=https://${apiHost}.`,
    };
  }
  const proof = isLookedUp
    ? 'Whether the project lives there, mixpanel-event finds out.'
    : 'Whether the project lives there only Mixpanel knows: events that go to another region vanish without an error.';
  return {
    status: 'ok',
    says: `Events are sent to and read from the ${sends} region. ${proof}`,
    ...(!isLookedUp && {
      do: 'Compare with Project Settings > Overview, or set MIXPANEL_SERVICE_ACCOUNT and MIXPANEL_PROJECT_ID: then the test event is looked up.',
    }),
  };
}

function wrongKind(variable: string, host: string, what: string, right: string): Finding {
  return failed(`${variable} is ${host}, ${what}.`, `Set ${variable} to https://${right}.`);
}

function hostOf(hosts: Readonly<Record<string, Region>>, region: Region): string {
  return Object.keys(hosts).find((host) => hosts[host] === region) ?? '';
}
