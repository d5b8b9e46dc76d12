import type { BucketUnit } from './buckets.ts';
import type { RequestDurationMeasure } from './rule.ts';

/** A time of which something is counted: `from` belongs to it and `to` does not. In milliseconds since the epoch. */
export interface TimeWindow {
  readonly from: number;
  readonly to: number;
}

/** Days of the project's time zone as `2026-03-29`, both included. */
export interface DateRange {
  readonly fromDate: string;
  readonly toDate: string;
}

export interface EventsQuery extends DateRange {
  readonly event: string;
  readonly unit: BucketUnit;
  readonly count: 'total' | 'unique';
}

export interface ConversionQuery extends DateRange {
  /** The rule that asks: at Mixpanel a funnel is saved, and found by it. */
  readonly rule: string;
  readonly steps: readonly string[];
  readonly windowDays: number;
  /** From `fromDate` to `toDate`. */
  readonly days: number;
}

/** How many people took the first step of a funnel, and how many of them all others. */
export interface Conversion {
  readonly entered: number;
  readonly converted: number;
}

/** What rules are evaluated with. Each question rejects with a sentence when it cannot be answered; {@link NoDataError} when nobody is to blame. */
export interface QueryClient {
  /** The project's, an IANA name: by its calendar events are counted. */
  readonly timeZone: string;
  countErrors(window: TimeWindow): Promise<number>;
  /** Issues seen for the first time. */
  countNewIssues(window: TimeWindow): Promise<number>;
  /** Milliseconds; null without requests. */
  requestDuration(percentile: RequestDurationMeasure['percentile'], window: TimeWindow): Promise<number | null>;
  /** By the label of the bucket; a bucket that is not in the answer is not known. */
  eventsPerBucket(query: EventsQuery): Promise<ReadonlyMap<string, number>>;
  conversion(query: ConversionQuery): Promise<Conversion>;
}

/** There is nothing to judge by, and that is no failure: its message becomes the reason of a state. */
export class NoDataError extends Error {
  override readonly name = 'NoDataError';
}
