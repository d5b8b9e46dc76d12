import { countOf } from '../shared/format.ts';
import { integerIn } from './options.ts';

/** People who did something often enough; a report can be of them alone. */
export interface Cohort {
  readonly event: string;
  readonly times: number;
  /** Days of the calendar, today being the last. */
  readonly days: number;
}

const DEFAULT_DAYS = 30;
const MOST_TIMES = 100_000;
/** Of the API. */
const MOST_DAYS = 3660;
const STORED = 'inbox-cohort';

export function cohortIn(query: URLSearchParams): Cohort | null {
  const event = query.get('who');
  if (event === null || event === '') return null;
  return {
    event,
    times: integerIn(query, 'times', 1, MOST_TIMES),
    days: integerIn(query, 'days', DEFAULT_DAYS, MOST_DAYS),
  };
}

/** What the address says of a cohort; nothing of nobody. */
export function cohortInAddress(cohort: Cohort | null): Readonly<Record<'who' | 'times' | 'days', string | null>> {
  if (cohort === null) return { who: null, times: null, days: null };
  return { who: cohort.event, times: String(cohort.times), days: String(cohort.days) };
}

/** The API's parameter. */
export function cohortParameter(cohort: Cohort | null): string | null {
  if (cohort === null) return null;
  const { event, times, days } = cohort;
  return JSON.stringify({ event, at_least: times, last_days: days });
}

export function cohortText({ event, times, days }: Cohort): string {
  return `${event} at least ${countOf(times, 'time')} in the last ${countOf(days, 'day')}`;
}

/** Keeps a cohort for the other reports and the next visit. */
export function saveCohort(cohort: Cohort): void {
  try {
    localStorage.setItem(STORED, new URLSearchParams(givenOf(cohort)).toString());
  } catch {
    // A browser may allow no storage; the address has it all the same.
  }
}

export function savedCohort(): Cohort | null {
  try {
    return cohortIn(new URLSearchParams(localStorage.getItem(STORED) ?? ''));
  } catch {
    return null;
  }
}

function givenOf({ event, times, days }: Cohort): Record<string, string> {
  return { who: event, times: String(times), days: String(days) };
}
