import { getOrAdd } from '../../collections.ts';
import { ParameterError } from './parameters.ts';

const HOUR_MS = 60 * 60 * 1000;
export const DAY_MS = 24 * HOUR_MS;

/** The clock on the wall of one time zone. */
export interface TimeZone {
  /** What to add to a time in UTC to read it off the wall, in milliseconds. */
  offsetAt(time: number): number;
  /** The calendar day of a time, as days since 1970-01-01 of the same calendar. */
  dayOf(time: number): number;
  /** The first moment of a calendar day; 01:00 on the wall where summer time begins at midnight. */
  startOfDay(day: number): number;
}

/**
 * The zone of an IANA name. `Intl` is asked for two moments of each day that occurs, never for each event; a day on which
 * both differ has one change of the clocks, which is looked for once.
 * @throws ParameterError when there is no such zone.
 */
export function openTimeZone(name: string): TimeZone {
  const readOffset = offsetReader(name);
  const offsets = new Map<number, number>();
  const changes = new Map<number, number>();

  const offsetAtStart = (day: number): number => getOrAdd(offsets, day, () => readOffset(day * DAY_MS));
  const changeOn = (day: number, before: number): number =>
    getOrAdd(changes, day, () => firstWithOtherOffset(readOffset, before, day * DAY_MS, (day + 1) * DAY_MS));
  const offsetAt = (time: number): number => {
    const utcDay = Math.floor(time / DAY_MS);
    const before = offsetAtStart(utcDay);
    const after = offsetAtStart(utcDay + 1);
    return before === after || time < changeOn(utcDay, before) ? before : after;
  };

  return {
    offsetAt,
    dayOf: (time) => Math.floor((time + offsetAt(time)) / DAY_MS),
    startOfDay(day) {
      const midnight = day * DAY_MS;
      // No zone is a day away from UTC: these are the offsets before and after any change near this midnight.
      const before = offsetAt(midnight - DAY_MS);
      const after = offsetAt(midnight + DAY_MS);
      if (offsetAt(midnight - before) === before) return midnight - before;
      if (offsetAt(midnight - after) === after) return midnight - after;
      // Neither: the clocks go forward over this midnight, and the day begins as they do.
      return midnight - Math.min(before, after);
    },
  };
}

function firstWithOtherOffset(read: (time: number) => number, before: number, from: number, to: number): number {
  let same = from;
  let other = to;
  while (other - same > 1000) {
    const middle = Math.floor((same + other) / 2000) * 1000;
    if (read(middle) === before) same = middle;
    else other = middle;
  }
  return other;
}

function offsetReader(timeZone: string): (time: number) => number {
  const format = formatOf(timeZone);
  return (time) => {
    // `GMT`, `GMT+05:30`, or with seconds.
    const [, sign, offset = ''] = /GMT([+-])?([\d:]*)/.exec(format.format(time)) ?? [];
    const [hours = 0, minutes = 0, seconds = 0] = offset.split(':').map(Number);
    return (sign === '-' ? -1000 : 1000) * ((hours * 60 + minutes) * 60 + seconds);
  };
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  } catch {
    throw new ParameterError('timezone', `must be an IANA name such as Europe/Prague, got "${timeZone}"`);
  }
}

/** What calendar days are gathered into. */
export type CalendarUnit = 'day' | 'week' | 'month';

/** 1970-01-01 was a Thursday, three days after the Monday of its week. */
const FIRST_MONDAY = -3;

/**
 * The number of the unit that a day belongs to; the next unit has the next number. Weeks begin on Monday: the one example
 * in the vendor's pages runs from Monday to Sunday, no rule is stated.
 */
export function unitOf(unit: CalendarUnit, day: number): number {
  if (unit === 'day') return day;
  if (unit === 'week') return Math.floor((day - FIRST_MONDAY) / 7);
  const date = new Date(day * DAY_MS);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

/** The first day of a unit, by the number that `unitOf` gives. */
function firstDayOfUnit(unit: CalendarUnit, number: number): number {
  if (unit === 'day') return number;
  if (unit === 'week') return number * 7 + FIRST_MONDAY;
  return Date.UTC(Math.floor(number / 12), number % 12, 1) / DAY_MS;
}

/** Calendar days of the project's zone, both included, and the moments that bound them. */
export interface DateRange {
  readonly fromDay: number;
  readonly toDay: number;
  /** The first moment of `fromDay`. */
  readonly start: number;
  /** The first moment after `toDay`. */
  readonly end: number;
}

/**
 * @param within - where the two dates stand, for messages: `cohort.`
 * @throws ParameterError that names `from_date` or `to_date`.
 */
export function dateRangeOf(fromDate: string, toDate: string, zone: TimeZone, maxDays: number, within = ''): DateRange {
  const fromDay = dayOfDate(`${within}from_date`, fromDate);
  const toDay = dayOfDate(`${within}to_date`, toDate);
  if (toDay < fromDay)
    throw new ParameterError(`${within}to_date`, `must not be before from_date ${fromDate}, got ${toDate}`);
  const days = toDay - fromDay + 1;
  if (days > maxDays)
    throw new ParameterError(`${within}to_date`, `must be within ${maxDays} days of from_date, got ${days}`);
  return { fromDay, toDay, start: zone.startOfDay(fromDay), end: zone.startOfDay(toDay + 1) };
}

/** Days since 1970-01-01. */
function dayOfDate(parameter: string, date: string): number {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(date)?.map(Number) ?? [];
  const time = year === undefined || month === undefined ? Number.NaN : Date.UTC(year, month - 1, day);
  const isDate = !Number.isNaN(time) && time >= 0 && new Date(time).toISOString().startsWith(date);
  if (!isDate) throw new ParameterError(parameter, `must be a date as YYYY-MM-DD, from 1970 on, got "${date}"`);
  return time / DAY_MS;
}

/** The day as YYYY-MM-DD. */
function dateOfDay(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

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
