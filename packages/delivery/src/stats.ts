/** Why a record did not arrive. Every loss has exactly one of these; a rejected record that is later discarded from the dead letters has both. */
export type DropReason =
  | 'unplanned_event'
  | 'invalid_record'
  | 'forbidden_id'
  | 'too_large'
  | 'spool_overflow'
  | 'memory_overflow'
  | 'rejected'
  /** Rejected before, and now discarded from the dead letters because these are full. */
  | 'dead_letter_overflow'
  | 'forgotten'
  /** Cut off or damaged on disk; what can be kept of it is in the folder of corrupted files. */
  | 'torn'
  /** Tracked before analytics were turned on, more than are kept. */
  | 'not_initialized'
  | 'closed'
  /** A page handed it over in a form that cannot be read, or the plan does not let a page send it. */
  | 'refused'
  /** A page handed over more at once than one report may hold. */
  | 'over_limit'
  /** Errors of pages beyond their budget. */
  | 'over_budget'
  /** More than the share of one address while the receiver is away. */
  | 'over_share'
  /** Dropped by the page itself, and reported as a number. */
  | 'dropped_by_page';

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

  /** @param onDrop called once for every loss. */
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
