import type { JsonObject, NewRecord } from '../store/records.ts';
import { objectAt, textAt, timeMsAt } from './fields.ts';
import { issueIdOf, mainException } from './grouping.ts';
import { messageOf } from './message.ts';
import { normalizeEvent } from './normalize-event.ts';

/** What the vendor calls an event that says nothing. */
const UNLABELED = '<unlabeled event>';

/** Makes the record of an `event` item. */
export function errorRecord(sent: JsonObject, eventId: string, project: string, now: number): NewRecord {
  const event = normalizeEvent(sent);
  const exception = mainException(event) ?? {};
  const type = textAt(exception, 'type');
  const value = textAt(exception, 'value') ?? messageOf(event, 'formatted');
  return {
    kind: 'error',
    receivedAt: now,
    project,
    eventId,
    issueId: issueIdOf(event),
    time: timeMsAt(event, 'timestamp') ?? now,
    // Version 11 of the SDK gives a message a stack too, as an exception without a type.
    type: type ?? 'Message',
    value: type === null && value === '' ? UNLABELED : value,
    level: textAt(event, 'level') ?? 'error',
    service: serviceOf(event),
    traceId: textAt(objectAt(objectAt(event, 'contexts'), 'trace'), 'trace_id'),
    userId: userOf(event),
    event,
  };
}

/** The `service` tag, else the name of the machine. */
export function serviceOf(event: JsonObject): string | null {
  return textAt(objectAt(event, 'tags'), 'service') ?? textAt(event, 'server_name');
}

/** The id, else the name or address that SDKs send when they have no id. */
export function userOf(event: JsonObject): string | null {
  const user = objectAt(event, 'user');
  return textAt(user, 'id') ?? textAt(user, 'username') ?? textAt(user, 'email');
}
