import { type CalendarUnit, type DateRange, dateOfDay, firstDayOfUnit, type TimeZone, unitOf } from './calendar.ts';

/** What a series has a point for. */
export type SeriesUnit = 'minute' | 'hour' | CalendarUnit;

/** The points of a series over a range of days. */
export interface TimeBuckets {
  /** In order; `2026-03-29` for a day, the first day for a week or month, `2026-03-29 14:00:00` for shorter units. */
  readonly labels: readonly string[];
  /** The place of a time among the labels; -1 outside of the range. */
  indexOf(time: number): number;
}

const MINUTE_MS = 60 * 1000;
/** No zone has changed its clocks by less since 1972, so that no change is stepped over. */
const QUARTER_MS = 15 * MINUTE_MS;

/**
 * Buckets of the project's zone: a day is 23 or 25 hours long when the clocks change, an hour that does not exist has no
 * bucket, and one that the clocks show twice is one bucket with both. A week or month is named by its first day even when
 * the range begins later; only what is in the range counts.
 */
export function timeBuckets(range: DateRange, unit: SeriesUnit, zone: TimeZone): TimeBuckets {
  return bucketsFrom(range, isShort(unit) ? clockSteps(range, unit, zone) : calendarSteps(range, unit, zone));
}

/** Buckets of so many days each from the first day of the range on; the last may be cut short. */
export function dayBuckets(range: DateRange, days: number, zone: TimeZone): TimeBuckets {
  const steps: [number, string][] = [];
  for (let day = range.fromDay; day <= range.toDay; day += days) steps.push([zone.startOfDay(day), dateOfDay(day)]);
  return bucketsFrom(range, steps);
}

function bucketsFrom(range: DateRange, steps: Iterable<readonly [number, string]>): TimeBuckets {
  const edges: number[] = [];
  const places: number[] = [];
  const placeOf = new Map<string, number>();
  for (const [start, label] of steps) {
    const place = placeOf.get(label) ?? placeOf.size;
    if (places.at(-1) === place) continue;
    placeOf.set(label, place);
    edges.push(start);
    places.push(place);
  }
  return {
    labels: [...placeOf.keys()],
    indexOf(time) {
      if (time < range.start || time >= range.end) return -1;
      return places[lastNotAbove(edges, time)] ?? -1;
    },
  };
}

function isShort(unit: SeriesUnit): unit is 'minute' | 'hour' {
  return unit === 'minute' || unit === 'hour';
}

function* calendarSteps(range: DateRange, unit: CalendarUnit, zone: TimeZone): Generator<[number, string]> {
  const last = unitOf(unit, range.toDay);
  for (let number = unitOf(unit, range.fromDay); number <= last; number += 1) {
    const day = firstDayOfUnit(unit, number);
    yield [Math.max(range.start, zone.startOfDay(day)), dateOfDay(day)];
  }
}

function* clockSteps(range: DateRange, unit: 'minute' | 'hour', zone: TimeZone): Generator<[number, string]> {
  const [step, shown] = unit === 'minute' ? [MINUTE_MS, 16] : [QUARTER_MS, 13];
  for (let time = range.start; time < range.end; time += step) {
    const wall = new Date(time + zone.offsetAt(time)).toISOString().slice(0, shown).replace('T', ' ');
    yield [time, `${wall}${unit === 'minute' ? ':00' : ':00:00'}`];
  }
}

/** The index of the last edge that is not above the value; edges grow, and the first is not above it. */
function lastNotAbove(edges: readonly number[], value: number): number {
  let low = 0;
  let high = edges.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((edges[middle] ?? Number.POSITIVE_INFINITY) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}
