import type { StoredEvent } from '../store/records.ts';
import type { Store } from '../store/store.ts';

/** The events newest first, a repeated one only as it arrived last, with the number of its repeats. */
export function* uniqueNewestFirst(store: Store): Generator<StoredEvent> {
  for (const event of store.of('event').newestFirst()) if (!store.repeats.isReplaced(event)) yield event;
}
