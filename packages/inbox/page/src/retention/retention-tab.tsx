import type { ReactElement } from 'react';
import type { Retention } from '../../../src/query/analytics/retention.ts';
import { Answer } from '../reports/answer.tsx';
import { CohortField } from '../reports/cohort-field.tsx';
import { activityOf, type KnownEvents } from '../reports/known-events.ts';
import { NothingCounted } from '../reports/nothing-counted.tsx';
import { ReportPage } from '../reports/report-page.tsx';
import { ZoneNote } from '../reports/zone-note.tsx';
import { usePlace } from '../shared/location.ts';
import { HeatMap } from './heat-map.tsx';
import { RetentionChoices } from './retention-choices.tsx';
import { retentionTable } from './retention-rows.ts';
import { retentionPath, retentionView } from './retention-view.ts';

/** How many of those who did something for the first time came back. */
export function RetentionTab(): ReactElement {
  return <ReportPage title="Retention">{(events) => <RetentionReport events={activityOf(events)} />}</ReportPage>;
}

function RetentionReport({ events }: { readonly events: KnownEvents }): ReactElement {
  const view = retentionView(usePlace().query, events);
  const { born, event, unit } = view;
  const now = Date.now();
  return (
    <>
      <RetentionChoices view={view} events={events} />
      <ZoneNote zone={view.zone} />
      <CohortField events={events} />
      <Answer<Retention> path={retentionPath(view, now)}>
        {(answer) => {
          const table = retentionTable(answer, view, now);
          return table.all.people === 0 ? (
            <NothingCounted
              title={`Nobody did ${born} for the first time in these ${unit}s`}
              event={born}
              events={events}
            />
          ) : (
            <HeatMap
              table={table}
              unitText={unit === 'day' ? 'Day' : 'Week'}
              caption={`People by the ${unit} of their first ${born}, and how many came back with ${event || 'any event'}`}
            />
          );
        }}
      </Answer>
    </>
  );
}
