import type { ReactElement } from 'react';
import { go, hrefWith, usePlace } from '../shared/location.ts';
import { type Cohort, cohortIn, cohortInAddress, cohortText, saveCohort, savedCohort } from './cohort.ts';
import { CommitField } from './commit-field.tsx';
import { EventSelect } from './event-select.tsx';
import type { KnownEvents } from './known-events.ts';

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
          <button type="button" onClick={() => choose({ ...cohort, did: !cohort.did })}>
            {cohort.did ? 'Who did not instead' : 'Who did instead'}
          </button>
          <button type="button" onClick={() => choose(null)}>
            Everybody again
          </button>
        </>
      )}
      {saved !== null && (
        <button type="button" onClick={() => choose(saved)}>
          Last filter: {cohortText(saved)}
        </button>
      )}
    </fieldset>
  );
}
