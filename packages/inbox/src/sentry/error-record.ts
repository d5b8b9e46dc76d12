import type { JsonObject, NewRecord } from '../store/records.ts';
import { objectAt, textAt, timeMsAt } from './fields.ts';
import { issueIdOf, mainException, messageOf } from './grouping.ts';

/** Makes the record of an `event` item. */
export function errorRecord(event: JsonObject, eventId: string, project: string, now: number): NewRecord {
  const exception = mainException(event) ?? {};
  return {
    kind: 'error',
    receivedAt: now,
    project,
    eventId,
    issueId: issueIdOf(event),
    time: timeMsAt(event, 'timestamp') ?? now,
    // Version 11 of the SDK gives a message a stack too, as an exception without a type.
    type: textAt(exception, 'type') ?? 'Message',
    value: textAt(exception, 'value') ?? messageOf(event, 'formatted'),
    level: textAt(event, 'level') ?? 'error',
    service: serviceOf(event),
    traceId: textAt(objectAt(objectAt(event, 'contexts'), 'trace'), 'trace_id'),
    userId: textAt(objectAt(event, 'user'), 'id'),
    event,
  };
}

/** The `service` tag, else the name of the machine. Tags come as an object, or as pairs from older SDKs. */
export function serviceOf(event: JsonObject): string | null {
  return textAt(objectAt(event, 'tags'), 'service') ?? textAt(event, 'server_name');
}
