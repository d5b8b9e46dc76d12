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

/**
 * The bucket that a moment is in. A day is 23 or 25 hours long when the clocks change, and an hour that they show twice is one of two hours: what
 * has the same label is one bucket, as in the reports.
 *
 * @throws RangeError when there is no such zone.
 */
export function bucketAt(time: number, unit: BucketUnit, timeZone: string): Bucket {
  const labelAt = labelOf(unit, timeZone);
  const label = labelAt(time);
  let from = time - modulo(time, QUARTER_MS);
  while (labelAt(from - QUARTER_MS) === label) from -= QUARTER_MS;
  let to = time - modulo(time, QUARTER_MS) + QUARTER_MS;
  while (labelAt(to) === label) to += QUARTER_MS;
  return { label, from, to };
}

/** So many buckets that end where one begins, the latest first. */
export function bucketsBefore({ from }: Bucket, count: number, unit: BucketUnit, timeZone: string): Bucket[] {
  const buckets: Bucket[] = [];
  for (let end = from; buckets.length < count; ) {
    const bucket = bucketAt(end - 1, unit, timeZone);
    buckets.push(bucket);
    end = bucket.from;
  }
  return buckets;
}

/** The day that a label belongs to: `2026-03-29`. */
export function dateOf(label: string): string {
  return label.slice(0, 10);
}

/** Making one costs more than all that it is asked. */
const formats = new Map<string, Intl.DateTimeFormat>();

function labelOf(unit: BucketUnit, timeZone: string): (time: number) => string {
  let format = formats.get(timeZone);
  if (format === undefined) {
    // Sweden writes dates as ISO 8601 has them.
    format = new Intl.DateTimeFormat('sv-SE', {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      hourCycle: 'h23',
    });
    formats.set(timeZone, format);
  }
  const { format: write } = format;
  return unit === 'day' ? (time) => dateOf(write(time)) : (time) => `${write(time)}:00:00`;
}

function modulo(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor;
}
