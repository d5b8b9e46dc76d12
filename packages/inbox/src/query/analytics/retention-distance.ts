import { type CalendarUnit, unitOf } from './calendar-unit.ts';
import { DAY_MS, type TimeZone } from './time-zone.ts';

/** Whose clock tells how long somebody was away: the user's own, or the one on the wall. */
export type RetentionMode = 'rolling' | 'calendar';

/** In which interval after a birth a return lies: 0 for the first. */
export type Distance = (birth: number, time: number) => number;

/** The length of a unit that begins when a user does. */
const ROLLING_DAYS: Readonly<Record<CalendarUnit, number>> = { day: 1, week: 7, month: 30 };

/**
 * `rolling` counts 24 hours a day, 7 days a week and 30 days a month from the birth; `calendar` counts the calendar's own
 * days, weeks and months, so that 8 pm on Monday and 6 am on Tuesday are a day apart.
 * @see https://docs.mixpanel.com/docs/reports/retention#calendar-retention-mode
 * @param interval - units in each interval
 */
export function distanceIn(mode: RetentionMode, unit: CalendarUnit, interval: number, zone: TimeZone): Distance {
  if (mode === 'rolling') {
    const lengthMs = ROLLING_DAYS[unit] * interval * DAY_MS;
    return (birth, time) => Math.floor((time - birth) / lengthMs);
  }
  const numberOf = (time: number): number => unitOf(unit, zone.dayOf(time));
  return (birth, time) => Math.floor((numberOf(time) - numberOf(birth)) / interval);
}
