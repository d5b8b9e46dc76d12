import { createIdentity } from './create-identity.ts';
import type { Identity, IdMerge } from './identity.ts';
import { Profiles } from './profiles.ts';
import { type NewRecord, RECORD_KINDS, type RecordKind, type RecordOf, type StoredRecord } from './records.ts';
import { Repeats } from './repeats.ts';
import { Ring } from './ring.ts';

/** Bounds of what is kept in memory. */
export interface StoreLimits {
  /** Records of one kind. */
  readonly maxRecords: number;
  /** JSON bytes of all kinds together, as received; the heap needs about three times as much. */
  readonly maxBytes: number;
}

export interface StoreOptions extends StoreLimits {
  /** Which of Mixpanel's identity systems decides who is who. @default 'simplified' */
  readonly idMerge?: IdMerge | undefined;
}

/** Told of each batch once it is stored: the records of one request. */
export type ArrivalListener = (records: readonly StoredRecord[]) => void;

type Rings = { readonly [Kind in RecordKind]: Ring<RecordOf<Kind>> };

/** The records in memory, a ring for each kind, and what follows from them: profiles and identities. */
export class Store {
  readonly profiles: Profiles;
  readonly identity: Identity;
  readonly repeats = new Repeats();
  readonly idMerge: IdMerge;
  readonly #limits: StoreLimits;
  readonly #rings: Rings = {
    event: new Ring(),
    profile: new Ring(),
    error: new Ring(),
    span: new Ring(),
    log: new Ring(),
    item: new Ring(),
    rejected: new Ring(),
  };
  readonly #listeners = new Set<ArrivalListener>();
  readonly #clearListeners = new Set<() => void>();
  readonly #removalListeners = new Set<() => void>();
  #lastId = 0;

  constructor({ idMerge = 'simplified', ...limits }: StoreOptions) {
    this.#limits = limits;
    this.idMerge = idMerge;
    this.profiles = new Profiles(limits.maxRecords);
    this.identity = createIdentity(idMerge, limits.maxRecords);
  }

  /** Stores the records of one request, which weighed `bytes` together, and then tells the listeners. */
  add(records: readonly NewRecord[], bytes: number): void {
    if (records.length === 0) return;
    const bytesEach = bytes / records.length;
    const stored = records.map((record) => this.#keepNew({ id: this.#nextId(), ...record }, bytesEach));
    for (const listener of this.#listeners) listener(stored);
  }

  /** Takes a record back from the data file: same id, no announcement. */
  restore(record: StoredRecord, bytes: number): void {
    this.#lastId = Math.max(this.#lastId, record.id);
    this.#keep(record, bytes);
  }

  of<Kind extends RecordKind>(kind: Kind): Rings[Kind] {
    return this.#rings[kind];
  }

  onArrival(listener: ArrivalListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  onClear(listener: () => void): () => void {
    this.#clearListeners.add(listener);
    return () => this.#clearListeners.delete(listener);
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

  /** Tells the listeners that something has been taken out: readers must look again. */
  announceRemoval(): void {
    for (const listener of this.#removalListeners) listener();
  }

  onRemoval(listener: () => void): () => void {
    this.#removalListeners.add(listener);
    return () => this.#removalListeners.delete(listener);
  }

  clear(): void {
    for (const kind of RECORD_KINDS) this.#rings[kind].clear();
    this.profiles.clear();
    this.identity.clear();
    this.repeats.clear();
    for (const listener of this.#clearListeners) listener();
  }

  #nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  #keepNew(record: StoredRecord, bytes: number): StoredRecord {
    const counted = record.kind === 'event' ? this.repeats.count(record) : record;
    this.#keep(counted, bytes);
    return counted;
  }

  #keep(record: StoredRecord, bytes: number): void {
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
