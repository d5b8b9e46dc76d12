import type { Identity } from '../store/identity.ts';
import type { StoredEvent, StoredLog, StoredRecord, StoredSpan } from '../store/records.ts';

/** Which events are wanted; all that is given must hold. */
export interface EventFilter {
  readonly event?: string | undefined;
  /** Matches the id as sent, or the user whom the identity merge gives it to. */
  readonly distinctId?: string | undefined;
  readonly traceId?: string | undefined;
  /** Arrived at or after this time, milliseconds since the epoch. */
  readonly since?: number | undefined;
  /** An event that was sent twice, twice. @default false */
  readonly duplicates?: boolean | undefined;
}

/** Which spans are wanted; all that is given must hold. */
export interface SpanFilter {
  readonly traceId?: string | undefined;
  readonly name?: string | undefined;
}

export function matchesEvent(event: StoredEvent, filter: EventFilter, identity: Identity): boolean {
  const { distinctId, since } = filter;
  return (
    (filter.event === undefined || event.event === filter.event) &&
    (distinctId === undefined ||
      event.distinctId === distinctId ||
      identity.resolve(event.distinctId) === distinctId) &&
    (filter.traceId === undefined || traceIdOf(event) === filter.traceId) &&
    (since === undefined || event.receivedAt >= since)
  );
}

export function matchesSpan(span: StoredSpan, filter: SpanFilter): boolean {
  return (
    (filter.traceId === undefined || span.traceId === filter.traceId) &&
    (filter.name === undefined || span.name === filter.name)
  );
}

/** The trace that a record belongs to; events carry it as the property `trace_id`. */
export function traceIdOf(record: StoredRecord): string | null {
  if (record.kind === 'event') {
    const traceId = record.properties['trace_id'];
    return typeof traceId === 'string' ? traceId : null;
  }
  return 'traceId' in record ? record.traceId : null;
}

/** The user that a record is about, after the identity merge. */
export function userIdOf(record: StoredRecord, identity: Identity): string | null {
  if (record.kind === 'event') return identity.resolve(record.distinctId);
  if (record.kind === 'profile') return record.groupKey === null ? identity.resolve(record.distinctId) : null;
  return isAboutUser(record) ? record.userId : null;
}

/** The service that sent a record, when it says so. */
export function serviceOf(record: StoredRecord): string | null {
  if (record.kind === 'event') return textOf(record.properties['service']);
  if (record.kind === 'log') return textOf(record.attributes['service.name'] ?? record.attributes['service']);
  return 'service' in record ? record.service : null;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function isAboutUser(record: StoredRecord): record is Extract<StoredRecord, { userId: unknown }> | StoredLog {
  return 'userId' in record;
}
