import type { StoredBatch } from './stored-batch.ts';

/** First wait of a batch that fails while others are taken, doubled each time. */
const FIRST_OWN_DELAY_MS = 5000;
const MAX_OWN_DELAY_MS = 600_000;
/** Such a batch is split once it was kept this often: most of its records are innocent. */
const FAILURES_BEFORE_SPLIT = 3;
/** In a lane that keeps an order, where later records wait for it, a single record is rejected once it was kept this often, */
const FAILURES_BEFORE_REJECTION = 5;
/** for this long. */
const FAILING_BEFORE_REJECTION_MS = 60_000;
/** Splits while nothing is delivered: enough to find one record among 2000. An outage must not leave a file for each record. */
const MAX_BLIND_SPLITS = 11;

/** What to do with a batch whose answer keeps it, as one that the path dislikes has no end. */
export type Remedy =
  /** The receiver may be down: the lane waits. */
  | 'wait'
  /** Others are taken: only this one waits. */
  | 'step_aside'
  | 'split'
  | 'reject';

interface Failing {
  readonly batch: StoredBatch;
  readonly isOrdered: boolean;
  /** Whether others were taken since it first failed: it is the batch then, not the receiver. */
  readonly isAlone: boolean;
  /** Splits since something was delivered last. */
  readonly blindSplits: number;
  readonly now: number;
}

/** Decides about a batch that was kept once more. Pure. */
export function remedyFor({ batch, isOrdered, isAlone, blindSplits, now }: Failing): Remedy {
  if (!isAlone) {
    // In a lane that keeps an order everything else may be waiting for it: for people who are in both.
    const isDue = batch.isDisliked || (isOrdered && isStubborn(batch, now));
    if (isDue && batch.records > 1 && blindSplits < MAX_BLIND_SPLITS) return 'split';
    // What is new must not wait for one that is known.
    return batch.isDisliked && !isOrdered ? 'step_aside' : 'wait';
  }
  if (batch.records > 1) return batch.failures >= FAILURES_BEFORE_SPLIT ? 'split' : 'step_aside';
  return isOrdered && isStubborn(batch, now) ? 'reject' : 'step_aside';
}

/** How long a suspect stands back, so that another batch can be sent right after it has failed. Shorter than any wait of the lane. */
export const STAND_BACK_MS = 1000;

/** Whether a single record was kept so often, and for so long, that one delivery of another right after shows that it is the culprit. */
export function isSuspect(batch: StoredBatch, now: number): boolean {
  return batch.records === 1 && isStubborn(batch, now);
}

/** How long a batch that failed alone waits before it is sent again. */
export function ownDelayMs({ failures }: StoredBatch): number {
  return Math.min(MAX_OWN_DELAY_MS, FIRST_OWN_DELAY_MS * 2 ** (failures - 1));
}

function isStubborn({ failures, failedAt }: StoredBatch, now: number): boolean {
  return failures >= FAILURES_BEFORE_REJECTION && now - failedAt >= FAILING_BEFORE_REJECTION_MS;
}
