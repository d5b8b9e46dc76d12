import { randomUUID } from 'node:crypto';
import { isJsonObject, type JsonObject, type NewRecord } from '../store/records.ts';
import type { Envelope, EnvelopeItem } from './envelope.ts';
import { errorRecord } from './error-record.ts';
import { listAt, objectAt, plainAttributes, textAt, timeMsAt } from './fields.ts';
import { spanRecord, streamedSpanRecord, transactionRecords } from './span-records.ts';

/** What an envelope holds for the store, or why it is refused. */
export type Unpacked =
  | { readonly ok: true; readonly eventId: string | undefined; readonly records: readonly NewRecord[] }
  | { readonly ok: false; readonly status: 400 | 413; readonly detail: string };

interface Context {
  readonly project: string;
  readonly now: number;
  readonly eventId: string;
  readonly traceId: string | null;
}

type MakeRecords = (payload: JsonObject, context: Context, item: EnvelopeItem) => NewRecord[];

const MIB = 1024 * 1024;

/** Per item, decompressed. @see https://develop.sentry.dev/sdk/data-model/envelopes/#size-limits */
const MAX_BYTES: Readonly<Record<string, number>> = {
  event: MIB,
  transaction: MIB,
  span: 12 * MIB,
  log: 12 * MIB,
  trace_metric: 12 * MIB,
  check_in: 100 * 1024,
  client_report: 100 * 1024,
  sessions: 10 * MIB,
  session: 10 * MIB,
  profile: 50 * MIB,
  profile_chunk: 50 * MIB,
  replay_recording: 100 * MIB,
};

const MAKE: Readonly<Record<string, MakeRecords>> = {
  event: (payload, { eventId, project, now }) => [errorRecord(payload, eventId, project, now)],
  transaction: (payload, { project, now }) => transactionRecords(payload, project, now),
  span: (payload, { project, now }, { headers }) =>
    isContainer(headers)
      ? listAt(payload, 'items').map((span) => streamedSpanRecord(span, project, now))
      : [spanRecord(payload, project, now)],
  log: (payload, context) => listAt(payload, 'items').map((log) => logRecord(log, context)),
};

/** Kept whole as a counted item: nothing in the inbox looks inside yet, but a test or a person may. */
const KEPT_TYPES: ReadonlySet<string> = new Set([
  'trace_metric',
  'metric',
  'statsd',
  'session',
  'sessions',
  'client_report',
  'check_in',
  'replay_event',
  'replay_recording',
  'replay_video',
  'profile',
  'profile_chunk',
  'feedback',
  'user_report',
  'attachment',
]);

/** Turns the items of an envelope into records. Unknown types are passed over, as the vendor does. */
export function unpackEnvelope({ headers, items }: Envelope, project: string, now: number): Unpacked {
  const refusal = refusalOf(items);
  if (refusal !== undefined) return refusal;
  const traceId = textAt(objectAt(headers, 'trace'), 'trace_id');
  const records: NewRecord[] = [];
  let eventId = textAt(headers, 'event_id')?.replaceAll('-', '');
  for (const item of items) {
    const make = MAKE[item.type];
    if (make === undefined) {
      if (KEPT_TYPES.has(item.type)) records.push(itemRecord(item, { project, now, eventId: '', traceId }));
      continue;
    }
    const payload = parseObject(item.payload);
    if (payload === undefined) return refused(400, `invalid JSON in item of type '${item.type}'`);
    const isEvent = item.type === 'event' || item.type === 'transaction';
    if (isEvent) eventId ??= textAt(payload, 'event_id')?.replaceAll('-', '') ?? randomUUID().replaceAll('-', '');
    if (isContainer(item.headers) && item.headers['item_count'] !== listAt(payload, 'items').length) {
      return refused(400, `item_count of the '${item.type}' container does not match its items`);
    }
    records.push(...make(payload, { project, now, eventId: eventId ?? '', traceId }, item));
  }
  return { ok: true, eventId, records };
}

function refusalOf(items: readonly EnvelopeItem[]): Unpacked | undefined {
  const events = items.filter(({ type }) => type === 'event').length;
  const transactions = items.filter(({ type }) => type === 'transaction').length;
  if (events > 1 || transactions > 1) return refused(400, 'an envelope may hold one event or transaction only');
  if (events + transactions > 1) return refused(400, 'an envelope may hold an event or a transaction, not both');
  for (const { type, payload } of items) {
    const maxBytes = MAX_BYTES[type];
    if (maxBytes !== undefined && payload.length > maxBytes) {
      const link = 'https://develop.sentry.dev/sdk/envelopes/#size-limits';
      return refused(413, `envelope exceeded size limits for type '${type}' (${link})`);
    }
  }
  return undefined;
}

function isContainer(headers: JsonObject): boolean {
  return textAt(headers, 'content_type')?.startsWith('application/vnd.sentry.items.') === true;
}

function logRecord(log: JsonObject, { project, now }: Context): NewRecord {
  const attributes = plainAttributes(objectAt(log, 'attributes'));
  return {
    kind: 'log',
    receivedAt: now,
    project,
    level: textAt(log, 'level') ?? 'info',
    body: textAt(log, 'body') ?? '',
    time: timeMsAt(log, 'timestamp') ?? now,
    traceId: textAt(log, 'trace_id'),
    userId: textAt(attributes, 'user.id'),
    attributes,
  };
}

function itemRecord({ type, payload }: EnvelopeItem, { project, now, traceId }: Context): NewRecord {
  return {
    kind: 'item',
    receivedAt: now,
    project,
    type,
    bytes: payload.length,
    traceId,
    payload: parseObject(payload) ?? null,
  };
}

function parseObject(payload: Buffer): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(payload.toString('utf8'));
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function refused(status: 400 | 413, detail: string): Unpacked {
  return { ok: false, status, detail };
}
