/** How many events may be sent at the moment. */
export interface TokenBucket {
  /** Below 0 when something was sent that had to be. */
  level: number;
  /** When the level was reckoned, milliseconds since the epoch. */
  at: number;
}

/** How a bucket fills. */
export interface Refill {
  readonly capacity: number;
  /** Milliseconds until there is room for one more. */
  readonly msEach: number;
}

/** Brings the level up to date. A clock that was set back adds nothing. */
export function refill(bucket: TokenBucket, { capacity, msEach }: Refill, now: number): void {
  bucket.level = Math.min(capacity, bucket.level + Math.max(0, now - bucket.at) / msEach);
  bucket.at = now;
}
