import type { Period } from '../api/statistics.ts';

const DAY_MS = 86_400_000;

/** So many days up to today, in UTC as the service counts them. */
export function lastDays(count: number, now: number = Date.now()): Period {
  return { from: dayOf(now - (count - 1) * DAY_MS), to: dayOf(now) };
}

function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
