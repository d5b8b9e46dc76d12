import type { Retention } from '../../../src/query/analytics/retention.ts';
import { dateIn, datePlus } from '../reports/calendar.ts';
import { type RetentionView, UNIT_DAYS } from './retention-view.ts';

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
