import type { StoredEvent } from '../store/records.ts';
import type { Ring } from '../store/ring.ts';

/**
 * Finds repeats: Mixpanel's query-time rule is same name, distinct id, time and `$insert_id`. Shown the events newest
 * first, it lets that pass which arrived last.
 * @see https://docs.mixpanel.com/reference/event-deduplication
 */
export class RepeatFilter {
  /** By `$insert_id` alone: it is almost always unique, and a key of all four would have to be made for each event. */
  readonly #firstOf = new Map<string, { readonly time: number; readonly distinctId: string; readonly event: string }>();
  readonly #others = new Set<string>();

  isRepeat(insertId: string, time: number, distinctId: string, event: string): boolean {
    const first = this.#firstOf.get(insertId);
    if (first === undefined) {
      this.#firstOf.set(insertId, { time, distinctId, event });
      return false;
    }
    if (first.time === time && first.distinctId === distinctId && first.event === event) return true;
    const key = `${insertId}\n${time}\n${distinctId}\n${event}`;
    if (this.#others.has(key)) return true;
    this.#others.add(key);
    return false;
  }
}

/** The events newest first, a repeated one only as it arrived last. */
export function* uniqueNewestFirst(events: Ring<StoredEvent>): Generator<StoredEvent> {
  const repeats = new RepeatFilter();
  for (const event of events.newestFirst()) {
    if (!repeats.isRepeat(event.insertId, event.time, event.distinctId, event.event)) yield event;
  }
}
