import type { ReactElement } from 'react';
import { countOf } from '../shared/format.ts';
import { go, hrefOf, hrefWith, integerIn, usePlace } from '../shared/location.tsx';
import { Button } from '../shared/parts.tsx';
import { CommitField, EventSelect } from './choices.tsx';
import type { KnownEvents } from './report-page.tsx';

/** Narrows a report to people who did something often enough, or did not. The last choice is offered in every report. */
export function CohortField({ events }: { readonly events: KnownEvents }): ReactElement {
  const place = usePlace();
  const cohort = cohortIn(place.query);
  const saved = cohort === null ? savedCohort() : null;
  const choose = (next: Cohort | null): void => {
    if (next !== null) saveCohort(next);
    go(hrefWith(place, cohortInAddress(next)));
  };
  return (
    <fieldset className="choices cohort">
      <legend className="visually-hidden">Filter by people</legend>
      <EventSelect
        label={cohort?.did === false ? 'Only people who did not' : 'Only people who did'}
        none="Anything: no filter"
        value={cohort?.event ?? ''}
        events={events}
        onChange={(event) => choose(event === '' ? null : { did: true, times: 1, days: 30, ...cohort, event })}
      />
      {cohort !== null && (
        <>
          <CommitField
            label="at least so many times"
            type="number"
            min={1}
            value={String(cohort.times)}
            onCommit={(times) => choose({ ...cohort, times: Number(times) })}
          />
          <CommitField
            label="in the last days"
            type="number"
            min={1}
            max={3660}
            value={String(cohort.days)}
            onCommit={(days) => choose({ ...cohort, days: Number(days) })}
          />
          <Button onClick={() => choose({ ...cohort, did: !cohort.did })}>
            {cohort.did ? 'Who did not instead' : 'Who did instead'}
          </Button>
          <Button onClick={() => choose(null)}>Everybody again</Button>
        </>
      )}
      {saved !== null && <Button onClick={() => choose(saved)}>Last filter: {cohortText(saved)}</Button>}
    </fieldset>
  );
}

/** People who did something often enough, or did not; a report can be of them alone. */
export interface Cohort {
  readonly event: string;
  readonly did: boolean;
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
    did: query.get('not') !== '1',
    times: integerIn(query, 'times', 1, MOST_TIMES),
    days: integerIn(query, 'days', DEFAULT_DAYS, MOST_DAYS),
  };
}

/** What the address says of a cohort; nothing of nobody. */
export function cohortInAddress(
  cohort: Cohort | null,
): Readonly<Record<'who' | 'not' | 'times' | 'days', string | null>> {
  if (cohort === null) return { who: null, not: null, times: null, days: null };
  const { event, did, times, days } = cohort;
  return { who: event, not: did ? null : '1', times: String(times), days: String(days) };
}

/** The API's parameter. */
export function cohortParameter(cohort: Cohort | null): string | null {
  if (cohort === null) return null;
  const { event, did, times, days } = cohort;
  return JSON.stringify({ event, ...(!did && { did }), at_least: times, last_days: days });
}

/** What follows "who did". */
export function cohortText({ event, did, times, days }: Cohort): string {
  return `${did ? '' : 'not '}${event} at least ${countOf(times, 'time')} in the last ${countOf(days, 'day')}`;
}

/** Keeps a cohort for the other reports and the next visit. */
function saveCohort(cohort: Cohort): void {
  try {
    localStorage.setItem(STORED, hrefOf('', cohortInAddress(cohort)));
  } catch {
    // A browser may allow no storage; the address has it all the same.
  }
}

function savedCohort(): Cohort | null {
  try {
    return cohortIn(new URLSearchParams(localStorage.getItem(STORED) ?? ''));
  } catch {
    return null;
  }
}
