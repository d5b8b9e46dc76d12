interface Slot<T> {
  readonly item: T;
  readonly bytes: number;
}

/** A queue that is cheap at both ends of a long life: add the newest, drop the oldest, walk either way. */
export class Ring<T> implements Iterable<T> {
  #slots: (Slot<T> | undefined)[] = [];
  /** Only slots from `#head` onward are live, so that dropping the oldest moves nothing. */
  #head = 0;
  #bytes = 0;
  #evicted = 0;

  get length(): number {
    return this.#slots.length - this.#head;
  }

  /** The sum of the weights given with the items. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How many were dropped since the last `clear`. */
  get evicted(): number {
    return this.#evicted;
  }

  push(item: T, bytes: number): void {
    this.#slots.push({ item, bytes });
    this.#bytes += bytes;
  }

  /** Drops the oldest item. @returns it, or undefined when there is none */
  evictOldest(): T | undefined {
    const oldest = this.#slots[this.#head];
    if (oldest === undefined) return undefined;
    this.#slots[this.#head] = undefined;
    this.#head += 1;
    this.#bytes -= oldest.bytes;
    this.#evicted += 1;
    // Moving the live half once for every `length` evictions keeps eviction constant on average.
    if (this.#head > 1024 && this.#head > this.length) {
      this.#slots = this.#slots.slice(this.#head);
      this.#head = 0;
    }
    return oldest.item;
  }

  /** Takes out what is no longer wanted, wherever it is; not counted as evicted. @returns how many */
  removeWhere(unwanted: (item: T) => boolean): number {
    const before = this.length;
    this.#slots = this.#slots.slice(this.#head).filter((slot) => slot !== undefined && !unwanted(slot.item));
    this.#head = 0;
    this.#bytes = this.#slots.reduce((total, slot) => total + (slot?.bytes ?? 0), 0);
    return before - this.length;
  }

  clear(): void {
    this.#slots = [];
    this.#head = 0;
    this.#bytes = 0;
    this.#evicted = 0;
  }

  /** Oldest first. */
  *[Symbol.iterator](): Iterator<T> {
    for (let index = this.#head; index < this.#slots.length; index += 1) {
      const slot = this.#slots[index];
      if (slot !== undefined) yield slot.item;
    }
  }

  /** Newest first. */
  *newestFirst(): Generator<T> {
    for (let index = this.#slots.length - 1; index >= this.#head; index -= 1) {
      const slot = this.#slots[index];
      if (slot !== undefined) yield slot.item;
    }
  }
}
