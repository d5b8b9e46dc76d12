import type { DropReason } from './record.ts';

/** What one lane has done so far, and what it holds. */
export interface LaneStats {
  /** Records that are not sealed yet. */
  readonly queued: number;
  /** Records in sealed batches that wait or are under way. */
  readonly pending: number;
  readonly spooledFiles: number;
  readonly spooledBytes: number;
  /** Age of the oldest batch that waits; 0 when none does. */
  readonly oldestAgeMs: number;
  readonly delivered: number;
  readonly retried: number;
  readonly dropped: Readonly<Partial<Record<DropReason, number>>>;
  /** The receiver's last complaint, `null` when there was none. */
  readonly lastError: string | null;
}

/** Counts what happens to the records of one lane. */
export class LaneCounters {
  delivered = 0;
  retried = 0;
  lastError: string | null = null;
  readonly #dropped: Partial<Record<DropReason, number>> = {};
  readonly #onDrop: ((reason: DropReason, count: number) => void) | undefined;

  /** @param onDrop told of every loss. */
  constructor(onDrop?: (reason: DropReason, count: number) => void) {
    this.#onDrop = onDrop;
  }

  drop(reason: DropReason, count = 1): void {
    if (count <= 0) return;
    this.#dropped[reason] = (this.#dropped[reason] ?? 0) + count;
    this.#onDrop?.(reason, count);
  }

  read(): Pick<LaneStats, 'delivered' | 'retried' | 'dropped' | 'lastError'> {
    const { delivered, retried, lastError } = this;
    return { delivered, retried, dropped: { ...this.#dropped }, lastError };
  }
}
