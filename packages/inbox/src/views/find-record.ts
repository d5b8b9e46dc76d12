import { RECORD_KINDS, type StoredRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';

export function findRecord(store: Store, id: number): StoredRecord | undefined {
  for (const kind of RECORD_KINDS) {
    for (const record of store.of(kind).newestFirst()) {
      if (record.id === id) return record;
      // Each ring is in order of arrival.
      if (record.id < id) break;
    }
  }
  return undefined;
}
