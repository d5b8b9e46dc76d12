import { randomUUID } from 'node:crypto';
import { ownEntry } from '../own-entry.ts';
import type { JsonObject, NewRecord } from '../store/records.ts';
import { compositionProblem, isContainer, malformed, payloadProblem, type Refusal } from './composition.ts';
import type { Envelope, EnvelopeItem } from './envelope.ts';
import { errorRecord } from './error-record.ts';
import { listAt, objectAt, plainAttributes, textAt, timeMsAt } from './fields.ts';
import { LIMITS } from './limits.ts';
import { parseObject } from './parse-object.ts';
import { reportRecords } from './report-records.ts';
import { spanRecord, streamedSpanRecord, transactionRecords } from './span-records.ts';

/** What an envelope holds for the store, or why it is refused. */
export type Unpacked =
  | { readonly ok: true; readonly eventId: string | undefined; readonly records: readonly NewRecord[] }
  | { readonly ok: false; readonly refusal: Refusal };

interface Context {
  readonly project: string;
  readonly now: number;
  readonly eventId: string;
  readonly traceId: string | null;
}

type MakeRecords = (payload: JsonObject, context: Context, item: EnvelopeItem) => NewRecord[];

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
  const problem = compositionProblem(items);
  if (problem !== undefined) return refused(problem);
  const traceId = textAt(objectAt(headers, 'trace'), 'trace_id');
  const records: NewRecord[] = [];
  let leftToRead: number = LIMITS.readBytesInAll;
  let eventId = textAt(headers, 'event_id')?.replaceAll('-', '');
  for (const item of items) {
    if (item.type === 'raw_security') {
      records.push(...reportRecords(item, project, now));
      continue;
    }
    const make = ownEntry(MAKE, item.type);
    // The types above have limits of their own, a metrics container among them.
    const isBounded = make !== undefined || item.type === 'trace_metric' || item.type === 'sessions';
    const isRead =
      isBounded || (KEPT_TYPES.has(item.type) && item.payload.length <= Math.min(LIMITS.readBytes, leftToRead));
    if (isRead && !isBounded) leftToRead -= item.payload.length;
    const payload = isRead ? parseObject(item.payload) : undefined;
    if (make !== undefined && payload === undefined) return refused(malformed(`invalid JSON in '${item.type}'`));
    const inside = payload && payloadProblem(item, payload);
    if (inside !== undefined) return refused(inside);
    const isEvent = item.type === 'event' || item.type === 'transaction';
    // The vendor makes an id up for an event that has none; that of the envelope wins over the payload's.
    if (isEvent) eventId ??= textAt(payload ?? {}, 'event_id')?.replaceAll('-', '') ?? newEventId();
    const context = { project, now, eventId: eventId ?? '', traceId };
    if (make !== undefined) records.push(...make(payload ?? {}, context, item));
    else if (KEPT_TYPES.has(item.type)) records.push(itemRecord(item, payload, context));
  }
  return { ok: true, eventId, records };
}

function newEventId(): string {
  return randomUUID().replaceAll('-', '');
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

function itemRecord(
  item: EnvelopeItem,
  payload: JsonObject | undefined,
  { project, now, traceId }: Context,
): NewRecord {
  return {
    kind: 'item',
    receivedAt: now,
    project,
    type: item.type,
    bytes: item.payload.length,
    traceId,
    payload: payload ?? null,
  };
}

function refused(refusal: Refusal): Unpacked {
  return { ok: false, refusal };
}
