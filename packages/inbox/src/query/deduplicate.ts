import type { StoredEvent } from '../store/records.ts';
import type { Ring } from '../store/ring.ts';

/**
 * The events newest first, a repeated one only as it arrived last. Mixpanel's query-time rule: same name, distinct id,
 * time and `$insert_id`.
 * @see https://docs.mixpanel.com/reference/event-deduplication
 */
export function* uniqueNewestFirst(events: Ring<StoredEvent>): Generator<StoredEvent> {
  // Ids are nearly always of one event: the whole key, a string made for each of 100,000 events, took four fifths of the time.
  const byInsertId = new Map<string, StoredEvent>();
  const others = new Set<string>();
  for (const event of events.newestFirst()) {
    const first = byInsertId.get(event.insertId);
    if (first === undefined) byInsertId.set(event.insertId, event);
    else {
      const key = keyOf(event);
      if (key === keyOf(first) || others.has(key)) continue;
      others.add(key);
    }
    yield event;
  }
}

function keyOf({ insertId, time, distinctId, event }: StoredEvent): string {
  return `${insertId}\n${time}\n${distinctId}\n${event}`;
}
