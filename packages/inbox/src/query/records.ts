import type { Identity } from '../store/identity.ts';
import {
  RECORD_KINDS,
  type RecordKind,
  type StoredEvent,
  type StoredRecord,
  type StoredSpan,
} from '../store/records.ts';
import type { Store } from '../store/store.ts';

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

/** The user that a record is about, by the id that was sent; null for groups. */
export function sentUserOf(record: StoredRecord): string | null {
  if (record.kind === 'event') return record.distinctId;
  if (record.kind === 'profile') return record.groupKey === null ? record.distinctId : null;
  return 'userId' in record ? record.userId : null;
}

/** The user that a record is about, after the identity merge. */
export function userIdOf(record: StoredRecord, identity: Identity): string | null {
  const id = sentUserOf(record);
  return id !== null && 'distinctId' in record ? identity.resolve(id) : id;
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

/** Which part of the timeline is wanted; all that is given must hold. */
interface TimelineFilter {
  readonly kind?: RecordKind | undefined;
  readonly traceId?: string | undefined;
  readonly userId?: string | undefined;
  readonly limit: number;
}

/** Records of all kinds, newest first: the merge of rings that are each in order already. */
export function timeline(store: Store, { kind, traceId, userId, limit }: TimelineFilter): StoredRecord[] {
  // The reader may still know the user by the device that has been theirs all along.
  const user = userId === undefined ? undefined : store.identity.resolve(userId);
  const wanted = (record: StoredRecord): boolean =>
    (traceId === undefined || traceIdOf(record) === traceId) &&
    (user === undefined || userIdOf(record, store.identity) === user);
  const found = (kind === undefined ? RECORD_KINDS : [kind]).flatMap((each) => newest(store, each, wanted, limit));
  return found.sort((left, right) => right.id - left.id).slice(0, limit);
}

/** The newest records of a kind that are wanted, at most so many; a repeated event only as it arrived last. */
export function newest(
  store: Store,
  kind: RecordKind,
  isWanted: (record: StoredRecord) => boolean,
  limit: number,
): StoredRecord[] {
  const found: StoredRecord[] = [];
  for (const record of kind === 'event' ? uniqueNewestFirst(store) : store.of(kind).newestFirst()) {
    if (found.length === limit) break;
    if (isWanted(record)) found.push(record);
  }
  return found;
}

/** The events newest first, a repeated one only as it arrived last, with the number of its repeats. */
export function* uniqueNewestFirst(store: Store): Generator<StoredEvent> {
  for (const event of store.of('event').newestFirst()) if (!store.repeats.isReplaced(event)) yield event;
}
