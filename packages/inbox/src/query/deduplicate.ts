import type { StoredEvent } from '../store/records.ts';
import type { Ring } from '../store/ring.ts';

/**
 * The events newest first, a repeated one only as it arrived last. Mixpanel's query-time rule: same name, distinct id,
 * time and `$insert_id`.
 * @see https://docs.mixpanel.com/reference/event-deduplication
 */
export function* uniqueNewestFirst(events: Ring<StoredEvent>): Generator<StoredEvent> {
  const seen = new Set<string>();
  for (const event of events.newestFirst()) {
    const key = `${event.insertId}\n${event.time}\n${event.distinctId}\n${event.event}`;
    if (seen.has(key)) continue;
    seen.add(key);
    yield event;
  }
}
