import type { JsonObject, NewRecord } from '../store/records.ts';
import type { EnvelopeItem } from './envelope.ts';
import { listAt, objectAt, plainAttributes, textAt, timeMsAt } from './fields.ts';
import { issueIdOf, mainException } from './grouping.ts';
import { messageOf, normalizeEvent } from './normalize-event.ts';

/** What the records of one envelope share. */
export interface Context {
  readonly project: string;
  readonly now: number;
  readonly eventId: string;
  readonly traceId: string | null;
}

type NewSpan = Extract<NewRecord, { kind: 'span' }>;

/** What the vendor calls an event that says nothing. */
const UNLABELED = '<unlabeled event>';

/** Makes the record of an `event` item. */
export function errorRecord(sent: JsonObject, { eventId, project, now }: Context): NewRecord {
  const event = normalizeEvent(sent);
  const exception = mainException(event) ?? {};
  const type = textAt(exception, 'type');
  const value = textAt(exception, 'value') ?? messageOf(event, 'formatted');
  return {
    ...{ kind: 'error', receivedAt: now, project, eventId, issueId: issueIdOf(event) },
    time: timeMsAt(event, 'timestamp') ?? now,
    // Version 11 of the SDK gives a message a stack too, as an exception without a type.
    type: type ?? 'Message',
    value: type === null && value === '' ? UNLABELED : value,
    level: textAt(event, 'level') ?? 'error',
    ...senderOf(event),
    traceId: textAt(objectAt(objectAt(event, 'contexts'), 'trace'), 'trace_id'),
    event,
  };
}

/**
 * The `service` tag, else the name of the machine; and the id of the user, else the name or address that SDKs send when
 * they have no id.
 */
function senderOf(event: JsonObject): { service: string | null; userId: string | null } {
  const user = objectAt(event, 'user');
  return {
    service: textAt(objectAt(event, 'tags'), 'service') ?? textAt(event, 'server_name'),
    userId: textAt(user, 'id') ?? textAt(user, 'username') ?? textAt(user, 'email'),
  };
}

/** Makes the record of one span of a streamed container. */
export function streamedSpanRecord(span: JsonObject, context: Context): NewRecord {
  const attributes = plainAttributes(objectAt(span, 'attributes'));
  return {
    ...spanBase(span, 'end_timestamp', context),
    name: textAt(span, 'name') ?? '',
    op: textAt(attributes, 'sentry.op'),
    isSegment: span['is_segment'] === true,
    // Not `server.address`: on the span of an outgoing request that is whom it asked.
    service: textAt(attributes, 'service.name') ?? textAt(attributes, 'service'),
    userId: textAt(attributes, 'user.id'),
    attributes,
  };
}

/** Makes the records of a transaction: its root span, then the children. */
export function transactionRecords(sent: JsonObject, context: Context): NewRecord[] {
  const transaction = normalizeEvent(sent);
  const trace = objectAt(objectAt(transaction, 'contexts'), 'trace');
  const sender = senderOf(transaction);
  const root: JsonObject = { ...transaction, ...trace, description: transaction['transaction'] };
  return [
    { ...spanRecord(root, context), ...sender, isSegment: true },
    ...listAt(transaction, 'spans').map((span) => ({ ...spanRecord(span, context), ...sender })),
  ];
}

/** Makes the record of a span in the older form, where `data` holds the attributes. */
export function spanRecord(span: JsonObject, context: Context): NewSpan {
  const attributes = objectAt(span, 'data');
  return {
    ...spanBase(span, 'timestamp', context),
    name: textAt(span, 'description') ?? '',
    op: textAt(span, 'op'),
    isSegment: false,
    service: null,
    userId: textAt(attributes, 'user.id'),
    attributes,
  };
}

/** What both forms of a span name alike. */
function spanBase(
  span: JsonObject,
  endKey: string,
  { project, now }: Context,
): Omit<NewSpan, 'name' | 'op' | 'isSegment' | 'service' | 'userId' | 'attributes'> {
  const time = timeMsAt(span, 'start_timestamp') ?? now;
  // Whole microseconds: finer digits of a float of seconds are noise.
  const durationMs = Math.max(0, Math.round(((timeMsAt(span, endKey) ?? time) - time) * 1000) / 1000);
  return {
    ...{ kind: 'span', receivedAt: now, project, time, durationMs },
    traceId: textAt(span, 'trace_id') ?? '',
    spanId: textAt(span, 'span_id') ?? '',
    parentSpanId: textAt(span, 'parent_span_id'),
    status: textAt(span, 'status') ?? 'ok',
  };
}

export function logRecord(log: JsonObject, { project, now }: Context): NewRecord {
  const attributes = plainAttributes(objectAt(log, 'attributes'));
  return {
    ...{ kind: 'log', receivedAt: now, project, attributes },
    level: textAt(log, 'level') ?? 'info',
    body: textAt(log, 'body') ?? '',
    time: timeMsAt(log, 'timestamp') ?? now,
    traceId: textAt(log, 'trace_id'),
    userId: textAt(attributes, 'user.id'),
  };
}

/** Makes the record of an item that is only kept; `payload` is undefined when nobody looked into it. */
export function itemRecord(
  { type, payload: { length: bytes } }: EnvelopeItem,
  payload: JsonObject | undefined,
  { project, now, traceId }: Context,
): NewRecord {
  return { kind: 'item', receivedAt: now, project, type, bytes, traceId, payload: payload ?? null };
}
