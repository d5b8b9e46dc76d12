import { DAY_MS } from './time-zone.ts';

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
export function firstDayOfUnit(unit: CalendarUnit, number: number): number {
  if (unit === 'day') return number;
  if (unit === 'week') return number * 7 + FIRST_MONDAY;
  return Date.UTC(Math.floor(number / 12), number % 12, 1) / DAY_MS;
}
