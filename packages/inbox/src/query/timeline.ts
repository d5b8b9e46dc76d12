import { RECORD_KINDS, type RecordKind, type StoredRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { traceIdOf, userIdOf } from './filters.ts';

/** Which part of the timeline is wanted; all that is given must hold. */
export interface TimelineFilter {
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
    !(record.kind === 'event' && store.repeats.isReplaced(record)) &&
    (traceId === undefined || traceIdOf(record) === traceId) &&
    (user === undefined || userIdOf(record, store.identity) === user);
  const found: StoredRecord[] = [];
  for (const each of kind === undefined ? RECORD_KINDS : [kind]) {
    let taken = 0;
    for (const record of store.of(each).newestFirst()) {
      if (taken === limit) break;
      if (!wanted(record)) continue;
      found.push(record);
      taken += 1;
    }
  }
  return found.sort((left, right) => right.id - left.id).slice(0, limit);
}
