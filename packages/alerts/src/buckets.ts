import { TZDate } from '@date-fns/tz';

/** An hour or a day on the clock of one time zone. */
export interface Bucket {
  /** As Mixpanel's Query API writes it: `2026-03-29`, `2026-03-29 14:00:00`. */
  readonly label: string;
  /** Its first moment, in milliseconds since the epoch ... */
  readonly from: number;
  /** ... and the first after it. */
  readonly to: number;
}

export type BucketUnit = 'hour' | 'day';

/** No zone has changed its clocks by less, nor at another minute, since 1972. */
const QUARTER_MS = 15 * 60 * 1000;
/** Hours first: asking for the label of each quarter of a day takes four times as long. */
const STEPS_MS = [4 * QUARTER_MS, QUARTER_MS];

/**
 * Returns the bucket that a moment is in. A day is 23 or 25 hours long when the clocks change. An hour that they show twice is one bucket of two
 * hours: what has the same label is one bucket, as in the vendor's reports.
 *
 * @throws RangeError when there is no such zone.
 */
export function bucketAt(time: number, unit: BucketUnit, timeZone: string): Bucket {
  const label = labelAt(time, unit, timeZone);
  const isInside = (moment: number) => labelAt(moment, unit, timeZone) === label;
  let from = Math.floor(time / QUARTER_MS) * QUARTER_MS;
  let to = from + QUARTER_MS;
  for (const step of STEPS_MS) {
    while (isInside(from - step)) from -= step;
    while (isInside(to - QUARTER_MS + step)) to += step;
  }
  return { label, from, to };
}

/** Returns the last `count` buckets before another, the latest first. */
export function bucketsBefore({ from }: Bucket, count: number, unit: BucketUnit, timeZone: string): Bucket[] {
  const buckets: Bucket[] = [];
  for (let end = from; buckets.length < count; ) {
    const bucket = bucketAt(end - 1, unit, timeZone);
    buckets.push(bucket);
    end = bucket.from;
  }
  return buckets;
}

/** Returns the day of a label: `2026-03-29`. */
export function dateOf(label: string): string {
  return label.slice(0, 10);
}

function labelAt(time: number, unit: BucketUnit, timeZone: string): string {
  const clock = new TZDate(time, timeZone).toISOString();
  return unit === 'day' ? dateOf(clock) : `${dateOf(clock)} ${clock.slice(11, 13)}:00:00`;
}
