import { type CalendarUnit, DAY_MS, type TimeBuckets, type TimeZone, unitOf } from './calendar.ts';
import { firstAtOrAfter, type Timeline, type UserEvent } from './user-events.ts';

/** Users by the first time ever, or anew in every unit of the calendar in which they did it. */
type RetentionType = 'birth' | 'compounded';

interface RetentionQuery {
  readonly type: RetentionType;
  /** The calendar units of the range: users born in the same one are counted together. */
  readonly cohorts: TimeBuckets;
  /** What makes a user be born. */
  readonly isBirth: (event: UserEvent) => boolean;
  /** What it is to come back. */
  readonly isReturn: (event: UserEvent) => boolean;
  readonly distance: Distance;
  /** Intervals to answer with, the 0th included. */
  readonly intervals: number;
  /** In an interval or any later one, also after the last that is shown; otherwise in that interval. */
  readonly unbounded: boolean;
}

/** As the vendor answers, by the first day of a cohort. */
export type Retention = Readonly<Record<string, { readonly counts: readonly number[]; readonly first: number }>>;

interface Cohort {
  first: number;
  readonly counts: number[];
}

/**
 * How many of those who were born in each unit of the range came back. A return is any event but the birth itself, at the
 * same moment or later. "First time ever" is as far back as events are kept, and before the range counts, too.
 * @see https://docs.mixpanel.com/docs/reports/retention
 */
export function retention(timelines: Iterable<Timeline>, query: RetentionQuery): Retention {
  const cohorts = query.cohorts.labels.map((): Cohort => ({ first: 0, counts: Array(query.intervals).fill(0) }));
  for (const timeline of timelines) {
    for (const [place, birth] of birthsOf(timeline, query)) {
      const cohort = cohorts[place];
      if (cohort === undefined) continue;
      cohort.first += 1;
      for (const interval of keptIntervals(timeline, birth, query)) {
        cohort.counts[interval] = (cohort.counts[interval] ?? 0) + 1;
      }
    }
  }
  return Object.fromEntries(
    query.cohorts.labels.map((label, place) => [label, cohorts[place] ?? { first: 0, counts: [] }]),
  );
}

/** The births of a user by the cohort that each puts them into: once in each at most. */
function birthsOf(timeline: Timeline, { type, cohorts, isBirth }: RetentionQuery): ReadonlyMap<number, UserEvent> {
  const births = new Map<number, UserEvent>();
  for (const event of timeline) {
    if (!isBirth(event)) continue;
    const cohort = cohorts.indexOf(event.time);
    if (cohort !== -1 && !births.has(cohort)) births.set(cohort, event);
    if (type === 'birth') break;
  }
  return births;
}

/** The intervals for which a user counts as kept. */
function keptIntervals(timeline: Timeline, birth: UserEvent, query: RetentionQuery): Iterable<number> {
  const { isReturn, distance, intervals, unbounded } = query;
  const kept = new Set<number>();
  let last = -1;
  for (let index = firstAtOrAfter(timeline, birth.time); index < timeline.length; index += 1) {
    const event = timeline[index];
    if (event === undefined || event === birth || !isReturn(event)) continue;
    last = distance(birth.time, event.time);
    if (last < intervals) kept.add(last);
    else if (!unbounded) break;
  }
  return unbounded ? Array(Math.min(last + 1, intervals)).keys() : kept;
}

/** Whose clock tells how long somebody was away: the user's own, or the one on the wall. */
type RetentionMode = 'rolling' | 'calendar';

/** In which interval after a birth a return lies: 0 for the first. */
type Distance = (birth: number, time: number) => number;

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
