import { createIdentity, type Identity } from './identity.ts';
import { Profiles } from './profiles.ts';
import { RECORD_KINDS, type RecordKind, type RecordOf, type StoredEvent, type StoredRecord } from './records.ts';
import type { StoreOptions } from './store.ts';

type Rings = { readonly [Kind in RecordKind]: Ring<RecordOf<Kind>> };

/** Records, a ring for each kind, and what follows from them: profiles and identities. */
export class Contents {
  readonly profiles: Profiles;
  readonly identity: Identity;
  readonly repeats = new Repeats();
  readonly #limits: StoreOptions;
  readonly #rings: Rings = {
    event: new Ring(),
    profile: new Ring(),
    error: new Ring(),
    span: new Ring(),
    log: new Ring(),
    item: new Ring(),
    rejected: new Ring(),
  };

  constructor(options: StoreOptions) {
    this.#limits = options;
    this.profiles = new Profiles(options.maxRecords);
    this.identity = createIdentity(options.idMerge ?? 'simplified', options.maxRecords);
  }

  of<Kind extends RecordKind>(kind: Kind): Rings[Kind] {
    return this.#rings[kind];
  }

  /** Number of records of all kinds. */
  get length(): number {
    return RECORD_KINDS.reduce((total, kind) => total + this.#rings[kind].length, 0);
  }

  /** Takes records of one kind out for good. @returns how many */
  remove<Kind extends RecordKind>(kind: Kind, unwanted: (record: RecordOf<Kind>) => boolean): number {
    // The ring of a kind holds exactly the records of that kind.
    const ring = this.#rings[kind] as Ring<RecordOf<Kind>>;
    return ring.removeWhere((record) => {
      const isUnwanted = unwanted(record);
      if (isUnwanted) this.#forgetRepeats(record);
      return isUnwanted;
    });
  }

  /** Keeps a record that has just arrived. @returns it, an event with the number of its repeats */
  keepNew(record: StoredRecord, bytes: number): StoredRecord {
    const counted = record.kind === 'event' ? this.repeats.count(record) : record;
    this.keep(counted, bytes);
    return counted;
  }

  /** Keeps a record as it was kept before. */
  keep(record: StoredRecord, bytes: number): void {
    // One assertion instead of seven cases: the ring of a kind takes exactly the records of that kind.
    const ring = this.#rings[record.kind] as Ring<StoredRecord>;
    ring.push(record, bytes);
    if (record.kind === 'event') {
      this.repeats.keep(record);
      this.identity.learn(record);
    }
    if (record.kind === 'profile') this.profiles.apply(record);
    if (ring.length > this.#limits.maxRecords) this.#evict(ring);
    this.#evictToFit();
  }

  /** Adds the records of contents that arrived later, in the order of arrival. */
  append(later: Contents): void {
    const records = RECORD_KINDS.flatMap((kind) => {
      const ring = later.of(kind) as Ring<StoredRecord>;
      const bytes = ring.bytes / ring.length;
      return [...ring].map((record) => ({ record, bytes }));
    });
    records.sort((left, right) => left.record.id - right.record.id);
    for (const { record, bytes } of records) this.keepNew(record, bytes);
  }

  /** The kind that weighs most gives way, so that a flood of spans cannot push out the errors. */
  #evictToFit(): void {
    while (this.#totalBytes() > this.#limits.maxBytes) {
      let heaviest: Ring<StoredRecord> = this.#rings.event as Ring<StoredRecord>;
      for (const kind of RECORD_KINDS) {
        const ring = this.#rings[kind] as Ring<StoredRecord>;
        if (ring.bytes > heaviest.bytes) heaviest = ring;
      }
      if (heaviest.length <= 1) return;
      this.#evict(heaviest);
    }
  }

  #evict(ring: Ring<StoredRecord>): void {
    const oldest = ring.evictOldest();
    if (oldest !== undefined) this.#forgetRepeats(oldest);
  }

  #forgetRepeats(record: StoredRecord): void {
    if (record.kind === 'event') this.repeats.forget(record);
  }

  #totalBytes(): number {
    let total = 0;
    for (const kind of RECORD_KINDS) total += this.#rings[kind].bytes;
    return total;
  }
}

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
