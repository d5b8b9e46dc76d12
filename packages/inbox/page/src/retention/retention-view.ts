import type { Retention } from '../../../src/query/analytics/retention.ts';
import { dateIn, datePlus, mondayOf, zoneIn } from '../reports/calendar.ts';
import { type Cohort, cohortIn, cohortParameter } from '../reports/cohort.tsx';
import type { KnownEvents } from '../reports/known-events.ts';
import { hrefOf, integerIn, type Options, optionIn } from '../shared/location.ts';

type Unit = 'day' | 'week';

export const UNITS: Options<Unit> = { day: 'Day', week: 'Week' };
export const KINDS: Options<'on' | 'after'> = { on: 'In that interval', after: 'In it or later' };
export const MODES: Options<'rolling' | 'calendar'> = { rolling: 'From the first event', calendar: 'By the calendar' };
export const MOST_INTERVALS = 30;
const UNIT_DAYS: Readonly<Record<Unit, number>> = { day: 1, week: 7 };

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

/** How many came back, of how many; null for an interval that is still to come, or when there is nobody. */
export type Kept = { readonly count: number; readonly of: number } | null;

export interface RetentionRow {
  readonly label: string;
  readonly people: number;
  readonly kept: readonly Kept[];
}

export interface RetentionTable {
  readonly all: RetentionRow;
  /** The oldest first. */
  readonly cohorts: readonly RetentionRow[];
}

export function retentionTable(answer: Retention, view: RetentionView, now: number): RetentionTable {
  const today = dateIn(view.zone, now);
  const cohorts = Object.entries(answer).map(([date, { first, counts }]): RetentionRow => {
    const kept = counts.map((count, interval): Kept => {
      const hasBegun = datePlus(date, interval * UNIT_DAYS[view.unit]) <= today;
      return hasBegun && first > 0 ? { count, of: first } : null;
    });
    return { label: date, people: first, kept };
  });
  return { cohorts, all: together(cohorts, view.intervals + 1) };
}

/** Everybody for whom an interval has begun, so that the young do not count as lost. */
function together(cohorts: readonly RetentionRow[], intervals: number): RetentionRow {
  const kept = Array.from({ length: intervals }, (_, interval): Kept => {
    const known = cohorts.flatMap((cohort) => cohort.kept[interval] ?? []);
    if (known.length === 0) return null;
    return { count: sum(known.map(({ count }) => count)), of: sum(known.map((each) => each.of)) };
  });
  return { label: 'All', people: sum(cohorts.map(({ people }) => people)), kept };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
