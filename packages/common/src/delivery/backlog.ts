import { type DropReason, type LaneName, laneNames } from './record.ts';
import type { StoredBatch } from './stored-batch.ts';

/** What may wait in memory while the disk cannot be used. */
const MAX_MEMORY_BYTES = 16 * 1024 * 1024;

/** What {@link Backlog} takes. */
interface BacklogOptions {
  /** What may wait on disk, over all lanes. */
  readonly maxBytes: number;
  readonly onDrop: (batch: StoredBatch, reason: DropReason) => void;
}

/**
 * The batches that wait, by lane and oldest first. Bounded in bytes: the oldest of all lanes gives way, a request to delete somebody only when
 * nothing else is left.
 */
export class Backlog {
  readonly #options: BacklogOptions;
  readonly #queues = new Map<LaneName, StoredBatch[]>(laneNames.map((lane) => [lane, []]));
  #diskBytes = 0;
  #memoryBytes = 0;

  constructor(options: BacklogOptions) {
    this.#options = options;
  }

  add(batch: StoredBatch): void {
    this.#queue(batch.lane).push(batch);
    this.#count(batch, 1);
    while (this.#diskBytes > this.#options.maxBytes && this.#dropOldest(true, 'spool_overflow'));
    while (this.#memoryBytes > MAX_MEMORY_BYTES && this.#dropOldest(false, 'memory_overflow'));
  }

  /** Puts a batch back where it was taken from: before everything that was sealed after it. */
  putBack(batch: StoredBatch): void {
    const queue = this.#queue(batch.lane);
    const position = queue.findIndex(({ sealedAt }) => sealedAt >= batch.sealedAt);
    queue.splice(position === -1 ? queue.length : position, 0, batch);
    this.#count(batch, 1);
  }

  take(lane: LaneName): StoredBatch | undefined {
    const batch = this.#queue(lane).shift();
    if (batch) this.#count(batch, -1);
    return batch;
  }

  waiting(lane: LaneName): readonly StoredBatch[] {
    return this.#queue(lane);
  }

  /** The last batch of all stays: dropping it would lose everything to one oversized batch. */
  #dropOldest(isOnDisk: boolean, reason: DropReason): boolean {
    const oldest = [...this.#queues.values()]
      .flatMap((queue) => queue.find(({ file }) => (file !== undefined) === isOnDisk) ?? [])
      .sort((a, b) => Number(a.lane === 'deletions') - Number(b.lane === 'deletions') || a.sealedAt - b.sealedAt)[0];
    const total = [...this.#queues.values()].reduce((sum, queue) => sum + queue.length, 0);
    if (!oldest || total === 1) return false;
    const queue = this.#queue(oldest.lane);
    queue.splice(queue.indexOf(oldest), 1);
    this.#count(oldest, -1);
    this.#options.onDrop(oldest, reason);
    return true;
  }

  #queue(lane: LaneName): StoredBatch[] {
    return this.#queues.get(lane) ?? [];
  }

  #count({ bytes, file }: StoredBatch, sign: 1 | -1): void {
    if (file) this.#diskBytes += sign * bytes;
    else this.#memoryBytes += sign * bytes;
  }
}
