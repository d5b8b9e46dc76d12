import type { Refill } from './token-bucket.ts';

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
 */
export function limitsFor(perMonth: number): Limits {
  const capacity = Math.max(1, Math.floor(perMonth / 10));
  return {
    each: { capacity: 10, msEach: HOUR_MS },
    total: { capacity, msEach: MONTH_MS / Math.max(0, perMonth - capacity) },
    reserve: Math.floor(capacity / 2),
  };
}
