import type { CheckContext } from './check.ts';
import { destinationsOf, serviceAccountOf } from './destinations.ts';
import { explainFailure } from './explain-failure.ts';
import type { Sender } from './send-as-service.ts';
import { wordsOf } from './words-of.ts';

/** What the query API says of the events of one run. */
export type Sighting =
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
export async function findEvent(checkId: string, context: CheckContext): Promise<Sighting> {
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
  const counts = readCounts(text);
  return {
    isAnswered: true,
    sentBy: SENDERS.filter((sender) => Object.values(counts[sender] ?? {}).some((count) => count > 0)),
  };
}

/** Where reports are read: the inbox, or Mixpanel's host of that name. */
export function queryHostOf({ env }: Pick<CheckContext, 'env'>): string {
  const { mixpanel, inbox } = destinationsOf(env);
  if (mixpanel === inbox) return inbox;
  return (env['MIXPANEL_APP_HOST'] || 'https://mixpanel.com').replace(/\/$/, '');
}

/** `{ data: { values: { <segment>: { <day>: <count> } } } }`. */
function readCounts(text: string): Readonly<Record<string, Readonly<Record<string, number>>>> {
  try {
    const { data } = JSON.parse(text) as { data?: { values?: Record<string, Record<string, number>> } };
    return data?.values ?? {};
  } catch {
    return {};
  }
}

function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
