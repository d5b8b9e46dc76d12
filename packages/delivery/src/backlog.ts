import type { Lanes } from './lanes.ts';
import { letsOthersGoFirst } from './retry-policy.ts';
import type { StoredBatch } from './spool/batch.ts';
import { compareNames } from './spool/files.ts';
import type { DropReason } from './stats.ts';

/** What may wait in memory while the disk refuses. */
const MAX_MEMORY_BYTES = 16 * 1024 * 1024;
/** Batches at the start of a queue that were taken already are cut off this many at a time. */
const CUT_AFTER = 64;

interface BacklogOptions {
  readonly lanes: Lanes;
  /** What may wait on disk, over all lanes. */
  readonly maxBytes: number;
  readonly onDrop: (batch: StoredBatch, reason: DropReason) => void;
}

/** Batches in numbers. */
interface Waiting {
  readonly records: number;
  readonly files: number;
  readonly fileRecords: number;
  readonly fileBytes: number;
  /** When the first of them was sealed, milliseconds since the epoch; `Infinity` without any. */
  readonly oldest: number;
}

/**
 * The batches that wait, by lane and in their order. Bounded in bytes: the oldest of all lanes gives way, a request for an erasure only when
 * nothing else is left.
 */
export class Backlog {
  readonly #options: BacklogOptions;
  readonly #queues: ReadonlyMap<string, LaneQueue>;
  #diskBytes = 0;
  #memoryBytes = 0;
  readonly #lent = new Map<string, number>();

  constructor(options: BacklogOptions) {
    this.#options = options;
    this.#queues = new Map(Object.keys(options.lanes).map((lane) => [lane, new LaneQueue()]));
  }

  add(batch: StoredBatch): void {
    this.#queue(batch.lane).insert(batch);
    this.#count(batch, 1);
    this.#shrink();
  }

  /** Adds many batches of one lane at once, sorted. */
  addAll(lane: string, batches: readonly StoredBatch[]): void {
    this.#queue(lane).merge(batches);
    for (const batch of batches) this.#count(batch, 1);
    this.#shrink();
  }

  /** Puts a batch back where it was taken from. It is not new, so nothing gives way to it. */
  putBack(batch: StoredBatch): void {
    this.#queue(batch.lane).insert(batch);
    this.#count(batch, 1);
  }

  /** The next batch that may be sent now. @param now milliseconds since the epoch */
  take(lane: string, now: number): StoredBatch | undefined {
    const queue = this.#queue(lane);
    const first = queue.first();
    if (first === undefined) return undefined;
    // One that failed repeatedly lets others go first: it may be what the path dislikes. The usual case needs no search.
    const mustWait = (batch: StoredBatch) => letsOthersGoFirst(batch) || batch.notBefore > now;
    const fresh = mustWait(first) ? queue.all().find((batch) => !mustWait(batch)) : first;
    const next = fresh ?? leastFailed(queue.all().filter(({ notBefore }) => notBefore <= now));
    if (next) this.remove(next);
    return next;
  }

  /** Takes this batch out; whether it was there. */
  remove(batch: StoredBatch): boolean {
    const isRemoved = this.#queue(batch.lane).remove(batch);
    if (isRemoved) this.#count(batch, -1);
    return isRemoved;
  }

  /** Takes a batch out for a moment, to be put back or replaced: its lane is not empty meanwhile. */
  lend(batch: StoredBatch): boolean {
    const isRemoved = this.remove(batch);
    if (isRemoved) this.#lent.set(batch.lane, this.lent(batch.lane) + 1);
    return isRemoved;
  }

  /** Says that a batch which was lent is back, or gone for good. */
  returned(lane: string): void {
    this.#lent.set(lane, this.lent(lane) - 1);
  }

  lent(lane: string): number {
    return this.#lent.get(lane) ?? 0;
  }

  /** Takes out, without counting a loss, what lies in a folder that is another process's now. */
  discard(isMeant: (batch: StoredBatch) => boolean): void {
    for (const lane of this.#queues.keys()) {
      for (const batch of [...this.batches(lane)].filter(isMeant)) this.remove(batch);
    }
  }

  /** What waits in a lane, in order. */
  batches(lane: string): readonly StoredBatch[] {
    return this.#queue(lane).all();
  }

  /** What waits in a lane, in numbers, kept up to date: a lane may hold 200,000 batches, and statistics are asked for while it does. */
  waiting(lane: string): Waiting {
    return this.#queue(lane).waiting;
  }

  length(lane: string): number {
    return this.#queue(lane).length;
  }

  /** When the first of the batches that wait for their own retry may be sent; `undefined` when there is none. */
  nextRetry(lane: string): number | undefined {
    const times = this.batches(lane).flatMap(({ notBefore }) => (notBefore > 0 ? [notBefore] : []));
    return times.length > 0 ? Math.min(...times) : undefined;
  }

  #shrink(): void {
    while (this.#diskBytes > this.#options.maxBytes && this.#dropOldest(true, 'spool_overflow'));
    while (this.#memoryBytes > MAX_MEMORY_BYTES && this.#dropOldest(false, 'memory_overflow'));
  }

  /** The last batch of all stays: dropping it would lose everything to one oversized batch. */
  #dropOldest(isOnDisk: boolean, reason: DropReason): boolean {
    const total = [...this.#queues.values()].reduce((sum, queue) => sum + queue.length, 0);
    if (total <= 1) return false;
    const oldest = this.#oldestBy((batch) => (batch.file !== undefined) === isOnDisk);
    if (!oldest) return false;
    this.remove(oldest);
    this.#options.onDrop(oldest, reason);
    return true;
  }

  #oldestBy(isMeant: (batch: StoredBatch) => boolean): StoredBatch | undefined {
    return [...this.#queues.values()]
      .flatMap((queue) => queue.find(isMeant) ?? [])
      .sort((one, other) => erasureLast(one, other) || compareNames(one, other))[0];
  }

  #queue(lane: string): LaneQueue {
    const queue = this.#queues.get(lane);
    if (!queue) throw new TypeError(`expected the name of a lane, got ${lane}`);
    return queue;
  }

  #count({ bytes, file }: StoredBatch, sign: 1 | -1): void {
    if (file) this.#diskBytes += sign * bytes;
    else this.#memoryBytes += sign * bytes;
  }
}

function leastFailed(batches: readonly StoredBatch[]): StoredBatch | undefined {
  return batches.reduce<StoredBatch | undefined>(
    (least, batch) => (least && least.failures <= batch.failures ? least : batch),
    undefined,
  );
}

function erasureLast(one: StoredBatch, other: StoredBatch): number {
  const rank = ({ definition }: StoredBatch) => Number(definition.requestsErasure ?? false);
  return rank(one) - rank(other);
}

/** A sorted list. Nearly all batches are added at its end and taken from its start. */
class LaneQueue {
  #batches: StoredBatch[] = [];
  /** Batches before it were taken already. */
  #start = 0;
  #records = 0;
  #files = 0;
  #fileRecords = 0;
  #fileBytes = 0;

  get waiting(): Waiting {
    return {
      ...{ records: this.#records, files: this.#files, fileRecords: this.#fileRecords, fileBytes: this.#fileBytes },
      oldest: this.first()?.sealedAt ?? Number.POSITIVE_INFINITY,
    };
  }

  get length(): number {
    return this.#batches.length - this.#start;
  }

  first(): StoredBatch | undefined {
    return this.#batches[this.#start];
  }

  all(): readonly StoredBatch[] {
    if (this.#start > 0) this.#cut();
    return this.#batches;
  }

  find(isMeant: (batch: StoredBatch) => boolean): StoredBatch | undefined {
    const first = this.first();
    return first === undefined || isMeant(first) ? first : this.all().find(isMeant);
  }

  insert(batch: StoredBatch): void {
    this.#batches.splice(this.#positionOf(batch), 0, batch);
    this.#count(batch, 1);
  }

  /** From the end, in place: a copy of a long list for every few hundred files would keep the garbage collector busy. */
  merge(added: readonly StoredBatch[]): void {
    if (this.#start > 0) this.#cut();
    const batches = this.#batches;
    let known = batches.length - 1;
    let free = known + added.length;
    for (let next = added.length - 1; next >= 0; free--) {
      const last = batches[known];
      const batch = added[next];
      if (batch === undefined) break;
      if (last && compareNames(last, batch) > 0) {
        batches[free] = last;
        known--;
      } else {
        batches[free] = batch;
        next--;
      }
    }
    for (const batch of added) this.#count(batch, 1);
  }

  remove(batch: StoredBatch): boolean {
    const position = this.#positionOf(batch);
    // Those of the same sequence and marks come right before.
    for (let at = position - 1; at >= this.#start; at--) {
      const found = this.#batches[at];
      if (found === batch) {
        this.#removeAt(at);
        this.#count(batch, -1);
        return true;
      }
      if (found && compareNames(found, batch) !== 0) return false;
    }
    return false;
  }

  #count({ records, bytes, file }: StoredBatch, sign: 1 | -1): void {
    this.#records += sign * records;
    if (!file) return;
    this.#files += sign;
    this.#fileRecords += sign * records;
    this.#fileBytes += sign * bytes;
  }

  #removeAt(position: number): void {
    if (position > this.#start) {
      this.#batches.splice(position, 1);
      return;
    }
    this.#start++;
    if (this.#start >= CUT_AFTER || this.#start === this.#batches.length) this.#cut();
  }

  #cut(): void {
    this.#batches = this.#batches.slice(this.#start);
    this.#start = 0;
  }

  /** Behind everything that is not younger. */
  #positionOf(batch: StoredBatch): number {
    let low = this.#start;
    let high = this.#batches.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.#batches[middle];
      if (other && compareNames(other, batch) <= 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
