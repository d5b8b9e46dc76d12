import type { JsonObject } from '../store/records.ts';
import type { EnvelopeItem } from './envelope.ts';
import { listAt, textAt } from './fields.ts';
import { LIMITS } from './limits.ts';

/** Why an envelope is refused as a whole. */
export interface Refusal {
  readonly status: 400 | 413;
  readonly detail: string;
  readonly cause?: string;
}

const AT_MOST_ONCE: readonly string[] = ['event', 'transaction', 'check_in'];
const CONTAINER_TYPES: readonly string[] = ['span', 'log', 'trace_metric'];
const MAX_ITEMS: Readonly<Record<string, number>> = {
  session: LIMITS.sessions,
  sessions: LIMITS.sessions,
  attachment: LIMITS.attachments,
};
/** Made inside the ingestion only. */
const RESERVED: readonly string[] = ['security', 'unreal_report', 'form_data', 'integration'];

/**
 * What may stand together in one envelope, and how large each part may be.
 * @see https://develop.sentry.dev/sdk/foundations/transport/envelope-items/
 */
export function compositionProblem(items: readonly EnvelopeItem[]): Refusal | undefined {
  const count = (type: string): number => items.filter((item) => item.type === type).length;
  for (const type of AT_MOST_ONCE) if (count(type) > 1) return malformed(`more than one item of type '${type}'`);
  if (count('transaction') > 0 && count('event') + count('feedback') > 0) {
    return malformed('a transaction excludes events and feedback');
  }
  if (count('replay_event') !== count('replay_recording')) {
    return malformed('a replay_event and its replay_recording belong together');
  }
  for (const type of RESERVED) if (count(type) > 0) return malformed(`items of type '${type}' are reserved`);
  for (const type of CONTAINER_TYPES) {
    if (items.filter((item) => item.type === type && isContainer(item.headers)).length > 1) {
      return malformed(`more than one container of type '${type}'`);
    }
  }
  const standalone = items.filter(({ type, headers }) => type === 'span' && !isContainer(headers)).length;
  if (standalone > LIMITS.standaloneSpans) return tooLarge('span');
  for (const { type, payload } of items) {
    const maxBytes = LIMITS.itemBytes[type];
    if (maxBytes !== undefined && payload.length > maxBytes) return tooLarge(type);
    if (count(type) > (MAX_ITEMS[type] ?? Number.POSITIVE_INFINITY)) return tooLarge(type);
  }
  return undefined;
}

/** What is wrong with the contents of one item, once its JSON is read. */
export function payloadProblem({ type, headers }: EnvelopeItem, payload: JsonObject): Refusal | undefined {
  if (type === 'sessions' && listAt(payload, 'aggregates').length > LIMITS.sessionBuckets) return tooLarge(type);
  if (!isContainer(headers)) return undefined;
  const held = listAt(payload, 'items');
  if (headers['item_count'] !== held.length) {
    return malformed(`item_count of the '${type}' container does not match its items`);
  }
  if (type !== 'span') return undefined;
  if (held.length === 0) return malformed('a span container holds at least one span');
  if (held.length > LIMITS.spansPerContainer) return tooLarge(type);
  const traces = new Set(held.map((span) => textAt(span, 'trace_id')));
  return traces.size > 1 ? malformed('the spans of a container belong to one trace') : undefined;
}

/** True for the item forms that hold many records at once. */
export function isContainer(headers: JsonObject): boolean {
  return textAt(headers, 'content_type')?.startsWith('application/vnd.sentry.items.') === true;
}

export function malformed(cause: string): Refusal {
  return { status: 400, detail: 'invalid event envelope', cause };
}

function tooLarge(type: string): Refusal {
  const link = 'https://develop.sentry.dev/sdk/envelopes/#size-limits';
  return { status: 413, detail: `envelope exceeded size limits for type '${type}' (${link})` };
}
