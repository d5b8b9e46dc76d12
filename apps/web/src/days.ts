import type { Period } from './api/statistics.ts';

const format = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });

/** A day in the reader's own way of writing. */
export function dateText(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? iso : format.format(date);
}

const DAY_MS = 86_400_000;

/** So many days up to today, in UTC as the service counts them. */
export function lastDays(count: number, now: number = Date.now()): Period {
  return { from: dayOf(now - (count - 1) * DAY_MS), to: dayOf(now) };
}

/** Days that analytics-service counts at a time. */
const MAX_DAYS = 366;

/** A period that is not longer than the service counts: the end that was not changed follows the other. */
export function withinLimit(period: Period, before: Period): Period {
  const farthest = (MAX_DAYS - 1) * DAY_MS;
  const from = Date.parse(period.from);
  const to = Date.parse(period.to);
  if (to - from <= farthest) return period;
  return period.from === before.from
    ? { from: dayOf(to - farthest), to: period.to }
    : { from: period.from, to: dayOf(from + farthest) };
}

function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
