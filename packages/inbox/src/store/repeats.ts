import type { StoredEvent } from './records.ts';

/**
 * Counts how often each event was received. Mixpanel shows one event of those that share name, distinct id, time and
 * `$insert_id`: here it is the latest, which says how many there were.
 * @see https://docs.mixpanel.com/reference/event-deduplication
 */
export class Repeats {
  /** Ids are nearly always of one event: a string made of the whole key is needed for the others alone. */
  readonly #byInsertId = new Map<string, StoredEvent>();
  readonly #others = new Map<string, StoredEvent>();
  readonly #replaced = new WeakSet<StoredEvent>();

  /** Returns the event, with the number of times that it was received when that is more than once. */
  count(event: StoredEvent): StoredEvent {
    const latest = this.#latestOf(event);
    if (latest === undefined) return event;
    return { ...event, repeats: (latest.repeats ?? 1) + 1 };
  }

  /** Makes an event that is kept the latest of its kind. */
  keep(event: StoredEvent): void {
    const latest = this.#latestOf(event);
    if (latest !== undefined) this.#replaced.add(latest);
    const first = this.#byInsertId.get(event.insertId);
    if (first === undefined || first === latest) this.#byInsertId.set(event.insertId, event);
    else this.#others.set(keyOf(event), event);
  }

  /** True for an event of which a later copy is kept. */
  isReplaced(event: StoredEvent): boolean {
    return this.#replaced.has(event);
  }

  /** Forgets an event that is no longer kept. */
  forget(event: StoredEvent): void {
    if (this.#byInsertId.get(event.insertId) === event) this.#byInsertId.delete(event.insertId);
    else if (this.#others.size > 0 && this.#others.get(keyOf(event)) === event) this.#others.delete(keyOf(event));
  }

  clear(): void {
    this.#byInsertId.clear();
    this.#others.clear();
  }

  #latestOf(event: StoredEvent): StoredEvent | undefined {
    const first = this.#byInsertId.get(event.insertId);
    if (first !== undefined && isSame(first, event)) return first;
    return this.#others.size === 0 ? undefined : this.#others.get(keyOf(event));
  }
}

function isSame(left: StoredEvent, right: StoredEvent): boolean {
  return left.time === right.time && left.distinctId === right.distinctId && left.event === right.event;
}

function keyOf({ insertId, time, distinctId, event }: StoredEvent): string {
  return JSON.stringify([insertId, time, distinctId, event]);
}
