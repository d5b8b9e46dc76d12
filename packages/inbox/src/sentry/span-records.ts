import type { JsonObject, NewRecord } from '../store/records.ts';
import { serviceOf, userOf } from './error-record.ts';
import { listAt, objectAt, plainAttributes, textAt, timeMsAt } from './fields.ts';
import { normalizeEvent } from './normalize-event.ts';

/** Makes the record of one span of a streamed container. */
export function streamedSpanRecord(span: JsonObject, project: string, now: number): NewRecord {
  const attributes = plainAttributes(objectAt(span, 'attributes'));
  return {
    ...timesOf(span, 'end_timestamp', now),
    kind: 'span',
    receivedAt: now,
    project,
    traceId: textAt(span, 'trace_id') ?? '',
    spanId: textAt(span, 'span_id') ?? '',
    parentSpanId: textAt(span, 'parent_span_id'),
    name: textAt(span, 'name') ?? '',
    op: textAt(attributes, 'sentry.op'),
    status: textAt(span, 'status') ?? 'ok',
    isSegment: span['is_segment'] === true,
    // Not `server.address`: on the span of an outgoing request that is whom it asked.
    service: textAt(attributes, 'service.name') ?? textAt(attributes, 'service'),
    userId: textAt(attributes, 'user.id'),
    attributes,
  };
}

/** Makes the records of a transaction: its root span, then the children. */
export function transactionRecords(sent: JsonObject, project: string, now: number): NewRecord[] {
  const transaction = normalizeEvent(sent);
  const trace = objectAt(objectAt(transaction, 'contexts'), 'trace');
  const common = {
    service: serviceOf(transaction),
    userId: userOf(transaction),
  };
  const root: JsonObject = { ...transaction, ...trace, description: transaction['transaction'] };
  return [
    { ...spanRecord(root, project, now), ...common, isSegment: true },
    ...listAt(transaction, 'spans').map((span) => ({ ...spanRecord(span, project, now), ...common })),
  ];
}

/** Makes the record of a span in the older form, where `data` holds the attributes. */
export function spanRecord(span: JsonObject, project: string, now: number): Extract<NewRecord, { kind: 'span' }> {
  const attributes = objectAt(span, 'data');
  return {
    ...timesOf(span, 'timestamp', now),
    kind: 'span',
    receivedAt: now,
    project,
    traceId: textAt(span, 'trace_id') ?? '',
    spanId: textAt(span, 'span_id') ?? '',
    parentSpanId: textAt(span, 'parent_span_id'),
    name: textAt(span, 'description') ?? '',
    op: textAt(span, 'op'),
    status: textAt(span, 'status') ?? 'ok',
    isSegment: false,
    service: null,
    userId: textAt(attributes, 'user.id'),
    attributes,
  };
}

function timesOf(span: JsonObject, endKey: string, now: number): { time: number; durationMs: number } {
  const time = timeMsAt(span, 'start_timestamp') ?? now;
  // Whole microseconds: finer digits of a float of seconds are noise.
  const durationMs = Math.max(0, Math.round(((timeMsAt(span, endKey) ?? time) - time) * 1000) / 1000);
  return { time, durationMs };
}
