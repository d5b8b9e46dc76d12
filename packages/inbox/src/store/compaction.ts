import type { StoredEvent } from './records.ts';
import type { Store } from './store.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Removes repeated events for good, all but the one ingested last. Mixpanel's compaction-time rule: same name, distinct
 * id and `$insert_id` on the same calendar day (UTC), whatever the time.
 * @see https://docs.mixpanel.com/reference/event-deduplication
 * @returns how many were removed
 */
export function compactEvents(store: Store): number {
  const seen = new Set<string>();
  const repeated = new Set<StoredEvent>();
  for (const event of store.of('event').newestFirst()) {
    const key = `${event.insertId}\n${Math.floor(event.time / DAY_MS)}\n${event.distinctId}\n${event.event}`;
    if (seen.has(key)) repeated.add(event);
    seen.add(key);
  }
  const removed = store.remove('event', (event) => repeated.has(event));
  if (removed > 0) store.announceRemoval();
  return removed;
}
