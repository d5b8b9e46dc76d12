import type { Refill } from '../../token-bucket.ts';
import type { Sharers } from './shares.ts';

const HOUR_MS = 3_600_000;
/** The longest month. */
const MONTH_MS = 31 * 24 * HOUR_MS;

/** How much may be sent. */
export interface Limits {
  /** Of one fingerprint, whole. */
  readonly each: Refill;
  /** Of all. */
  readonly total: Refill;
  /** What fingerprints that have had their first errors leave in the total for those that have not. */
  readonly reserve: number;
}

/**
 * Spreads a month's errors over the month.
 *
 * - A fingerprint has its first 10 errors whole, which shows whether they differ in user, release or input, and from then on one an hour: 24 a
 *   day are a sixth of the default budget's daily share, so that one lasting fault leaves room for five others.
 * - The total holds a tenth of the month at once: at the default of 5000 the first 10 errors of 50 different faults, which is a bad deploy, and
 *   still nine tenths are left for the rest of the month. The remainder trickles in, so that no 31 days see more than the budget.
 * - Half of what the total holds is kept for new fingerprints: however long a storm lasts, the first error of another fault is seen.
 * - Processes that share the budget have equal parts of the total, and those of one service, in which the same faults come up, of the first
 *   errors of a fingerprint; at least one each, so that no process hides a fault that only it has.
 */
export function limitsFor(perMonth: number, { all, ofService }: Sharers = { all: 1, ofService: 1 }): Limits {
  const share = perMonth / all;
  const capacity = Math.max(1, Math.floor(share / 10));
  return {
    each: { capacity: Math.ceil(10 / ofService), msEach: HOUR_MS * ofService },
    total: { capacity, msEach: MONTH_MS / Math.max(0, share - capacity) },
    reserve: Math.floor(capacity / 2),
  };
}
