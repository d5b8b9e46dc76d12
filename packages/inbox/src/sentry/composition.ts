import { ownEntry } from '../collections.ts';
import type { JsonObject } from '../store/records.ts';
import type { EnvelopeItem } from './envelope.ts';
import { listAt, textAt } from './fields.ts';

const KIB = 1024;
const MIB = 1024 * KIB;

/**
 * The limits of Sentry's ingestion. Where the documentation and Relay's defaults differ the stricter holds, but for the
 * containers of spans, logs and metrics: the documented 1 MiB is that of a single item, and official SDKs fill 5 MiB.
 * @see https://develop.sentry.dev/sdk/foundations/transport/envelopes/#size-limits
 */
export const LIMITS = {
  /** Decompressed. */
  envelopeBytes: 200 * MIB,
  /** Of all types together. Not documented: ten times what an SDK puts into one envelope. */
  items: 1000,
  /** One line of JSON before a payload. Not documented: eight times the longest trace that baggage carries. */
  headerBytes: 64 * KIB,
  /** Documented for spans; the SDKs send 100 logs and 1000 metrics at a time. */
  recordsPerContainer: 1000,
  /** Of the older standalone form. */
  standaloneSpans: 25,
  sessions: 100,
  sessionBuckets: 100,
  attachments: 30,
  clientReports: 100,
  securityReports: 10,
  /** A span of the older form, as documented: containers may be larger. */
  standaloneSpanBytes: MIB,
  /** Of items of these types together. */
  combinedBytes: { client_report: 100 * KIB, session: 10 * MIB, sessions: 10 * MIB } as Readonly<
    Record<string, number>
  >,
  /** Payloads that are kept but looked into by nobody here are read up to this size, and together up to the next. */
  readBytes: MIB,
  readBytesInAll: 16 * MIB,
  /** Per item, decompressed. */
  itemBytes: {
    event: MIB,
    transaction: MIB,
    raw_security: MIB,
    span: 12 * MIB,
    log: 12 * MIB,
    trace_metric: 12 * MIB,
    check_in: 100 * KIB,
    // Shaped like events.
    feedback: MIB,
    user_report: MIB,
    replay_event: MIB,
    client_report: 4 * KIB,
    sessions: 10 * MIB,
    session: 10 * MIB,
    profile: 50 * MIB,
    profile_chunk: 50 * MIB,
    // What arrives is compressed inside its item; a recording in plain JSON may be ten times as large.
    replay_recording: 100 * MIB,
    replay_video: 100 * MIB,
  } as Readonly<Record<string, number>>,
} as const;

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
  client_report: LIMITS.clientReports,
  raw_security: LIMITS.securityReports,
};
/** Made inside the ingestion only. */
const RESERVED: readonly string[] = ['security', 'unreal_report', 'form_data', 'integration'];

/**
 * What may stand together in one envelope, and how large each part may be.
 * @see https://develop.sentry.dev/sdk/foundations/transport/envelope-items/
 */
export function compositionProblem(items: readonly EnvelopeItem[]): Refusal | undefined {
  const counts = new Map<string, number>();
  const bytes = new Map<string, number>();
  let standalone = 0;
  for (const { type, headers, payload } of items) {
    counts.set(type, count(type) + 1);
    bytes.set(type, (bytes.get(type) ?? 0) + payload.length);
    if (type === 'span' && !isContainer(headers)) standalone += 1;
  }
  function count(type: string): number {
    return counts.get(type) ?? 0;
  }
  for (const type of AT_MOST_ONCE) if (count(type) > 1) return malformed(`more than one item of type '${type}'`);
  if (count('transaction') > 0 && count('event') + count('feedback') > 0) {
    return malformed('a transaction excludes events and feedback');
  }
  if (count('replay_event') !== count('replay_recording')) {
    return malformed('a replay_event and its replay_recording belong together');
  }
  for (const type of RESERVED) if (count(type) > 0) return malformed(`items of type '${type}' are reserved`);
  if (standalone > LIMITS.standaloneSpans) return tooLarge('span');
  for (const [type, number] of counts) {
    if (number > (ownEntry(MAX_ITEMS, type) ?? Number.POSITIVE_INFINITY)) return tooLarge(type);
    if ((bytes.get(type) ?? 0) > (ownEntry(LIMITS.combinedBytes, type) ?? Number.POSITIVE_INFINITY))
      return tooLarge(type);
  }
  for (const type of CONTAINER_TYPES) {
    const containers = type === 'span' ? count(type) - standalone : count(type);
    if (containers > 1) return malformed(`more than one container of type '${type}'`);
  }
  for (const { type, headers, payload } of items) {
    const maxBytes =
      type === 'span' && !isContainer(headers) ? LIMITS.standaloneSpanBytes : ownEntry(LIMITS.itemBytes, type);
    if (maxBytes !== undefined && payload.length > maxBytes) return tooLarge(type);
  }
  return undefined;
}

/** What is wrong with the contents of one item, once its JSON is read. */
export function payloadProblem({ type, headers }: EnvelopeItem, payload: JsonObject): Refusal | undefined {
  if (type === 'sessions' && listAt(payload, 'aggregates').length > LIMITS.sessionBuckets) return tooLarge(type);
  const held = listAt(payload, 'items');
  if (CONTAINER_TYPES.includes(type) && held.length > LIMITS.recordsPerContainer) return tooLarge(type);
  if (!isContainer(headers)) return undefined;
  if (headers['item_count'] !== held.length) {
    return malformed(`item_count of the '${type}' container does not match its items`);
  }
  if (type !== 'span') return undefined;
  if (held.length === 0) return malformed('a span container holds at least one span');
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

/** An envelope that holds more items than one may. */
export function tooManyItems(): Refusal {
  return { status: 413, detail: `envelope exceeded size limits: more than ${LIMITS.items} items` };
}

function tooLarge(type: string): Refusal {
  const link = 'https://develop.sentry.dev/sdk/envelopes/#size-limits';
  return { status: 413, detail: `envelope exceeded size limits for type '${type}' (${link})` };
}
