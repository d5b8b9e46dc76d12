import { AppError } from '@qr/common/server';

const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 30;
const MAX_DAYS = 366;

/** A day in UTC, as `2026-03-01`: sorts as text, and means the same to everyone. */
export type Day = string;

/** The day of a moment, in milliseconds since the epoch. */
export function dayOf(timeMs: number): Day {
  return new Date(timeMs).toISOString().slice(0, 10);
}

/** The day so many days later; earlier when negative. */
export function addDays(day: Day, days: number): Day {
  return dayOf(Date.parse(day) + days * DAY_MS);
}

/** How many days there are from one to another, both included. */
export function countDays(from: Day, to: Day): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS) + 1;
}

/** How days are put together. */
export type Interval = 'day' | 'week' | 'month';

/** The first day of the interval that a day belongs to; weeks begin on Monday, as in ISO 8601. */
export function startOf(day: Day, interval: Interval): Day {
  if (interval === 'month') return `${day.slice(0, 8)}01`;
  if (interval === 'day') return day;
  return addDays(day, -((new Date(day).getUTCDay() + 6) % 7));
}

/** The first days of all intervals between two days, both included. */
export function startsBetween(from: Day, to: Day, interval: Interval): Day[] {
  const starts = new Set<Day>();
  for (let day = from; day <= to; day = addDays(day, 1)) starts.add(startOf(day, interval));
  return [...starts];
}

/** Days in UTC, both included. */
export interface Period {
  readonly from: Day;
  readonly to: Day;
}

/**
 * The days that a query asks for: up to today unless it says otherwise, and the 30 that end there.
 *
 * @throws AppError 400 that names the wrong end.
 */
export function readPeriod(query: Partial<Period>, now: number): Period {
  const { to = dayOf(now) } = query;
  const { from = addDays(to, 1 - DEFAULT_DAYS) } = query;
  if (from > to) refuse(`from must not be after ${query.to === undefined ? 'today' : 'to'}, which is ${to}`);
  const days = countDays(from, to);
  if (days > MAX_DAYS) refuse(`from must be at most ${MAX_DAYS - 1} days before ${to}: choose a shorter period`);
  return { from, to };
}

function refuse(message: string): never {
  throw new AppError({ code: 'invalid_period', message, field: 'from' });
}
