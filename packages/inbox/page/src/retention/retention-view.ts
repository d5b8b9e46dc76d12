import { dateIn, datePlus, mondayOf, zoneIn } from '../reports/calendar.ts';
import { type Cohort, cohortIn, cohortParameter } from '../reports/cohort.ts';
import type { KnownEvents } from '../reports/known-events.ts';
import { integerIn, type Options, optionIn } from '../reports/options.ts';
import { hrefOf } from '../shared/location.ts';

type Unit = 'day' | 'week';

export const UNITS: Options<Unit> = [
  ['day', 'Day'],
  ['week', 'Week'],
];
export const KINDS: Options<'on' | 'after'> = [
  ['on', 'In that interval'],
  ['after', 'In it or later'],
];
export const MODES: Options<'rolling' | 'calendar'> = [
  ['rolling', 'From the first event'],
  ['calendar', 'By the calendar'],
];
export const MOST_INTERVALS = 30;
export const UNIT_DAYS: Readonly<Record<Unit, number>> = { day: 1, week: 7 };

/** What is asked, as the address says it. */
export interface RetentionView {
  /** What one must have done for a first time. */
  readonly born: string;
  /** What it is to come back; `''` for anything. */
  readonly event: string;
  readonly unit: Unit;
  /** After the 0th. */
  readonly intervals: number;
  readonly kind: 'on' | 'after';
  readonly mode: 'rolling' | 'calendar';
  readonly zone: string;
  readonly cohort: Cohort | null;
}

export function retentionView(query: URLSearchParams, { seen }: KnownEvents): RetentionView {
  const usual = seen.find(({ name }) => name === 'signup_completed') ?? seen[0];
  return {
    born: query.get('born') ?? usual?.name ?? '',
    event: query.get('event') ?? '',
    unit: optionIn(query, 'unit', UNITS, 'day'),
    intervals: integerIn(query, 'intervals', 7, MOST_INTERVALS),
    kind: optionIn(query, 'kind', KINDS, 'on'),
    mode: optionIn(query, 'mode', MODES, 'rolling'),
    zone: zoneIn(query),
    cohort: cohortIn(query),
  };
}

/** Cohorts from so long ago that the oldest has had its last interval begin. */
export function retentionPath(view: RetentionView, now: number): string {
  const { born, event, unit, intervals, kind, mode, zone, cohort } = view;
  const today = dateIn(zone, now);
  const first = unit === 'week' ? mondayOf(today) : today;
  return hrefOf('/api/query/retention', {
    born_event: born,
    event,
    unit,
    interval_count: String(intervals),
    unbounded_retention: String(kind === 'after'),
    mode,
    from_date: datePlus(first, -intervals * UNIT_DAYS[unit]),
    to_date: today,
    timezone: zone,
    cohort: cohortParameter(cohort),
  });
}
