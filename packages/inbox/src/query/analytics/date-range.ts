import { ParameterError } from './parameter-error.ts';
import { DAY_MS, type TimeZone } from './time-zone.ts';

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
export function dateOfDay(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}
