import type { DropReason } from './record.ts';

/** What one lane has done so far. */
export interface LaneStats {
  /** Records waiting in memory. */
  readonly queued: number;
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

  drop(reason: DropReason, count = 1): void {
    if (count > 0) this.#dropped[reason] = (this.#dropped[reason] ?? 0) + count;
  }

  read(queued: number): LaneStats {
    const { delivered, retried, lastError } = this;
    return { queued, delivered, retried, dropped: { ...this.#dropped }, lastError };
  }
}
