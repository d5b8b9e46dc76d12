import type { ReactElement } from 'react';
import type { FunnelFigures } from '../../../src/query/analytics/funnel-tally.ts';
import { Answer } from '../reports/answer.tsx';
import { zoneOptions } from '../reports/calendar.ts';
import { Choice } from '../reports/choice.tsx';
import { CohortField } from '../reports/cohort-field.tsx';
import type { KnownEvents } from '../reports/known-events.ts';
import { NothingCounted } from '../reports/nothing-counted.tsx';
import { ReportPage } from '../reports/report-page.tsx';
import { usePlace } from '../shared/location.ts';
import { FunnelBars } from './funnel-bars.tsx';
import { COUNTINGS, funnelPath, funnelView, RANGES, WINDOWS } from './funnel-view.ts';
import { StepList } from './step-list.tsx';

/** How many of those who take a first step take the next ones. */
export function FunnelsTab(): ReactElement {
  return <ReportPage title="Funnels">{(events) => <Funnel events={events} />}</ReportPage>;
}

function Funnel({ events }: { readonly events: KnownEvents }): ReactElement {
  const view = funnelView(usePlace().query);
  const { steps, counting, window, range, zone } = view;
  const [first = ''] = steps;
  return (
    <>
      <StepList steps={steps} events={events} />
      <div className="choices">
        <Choice label="All steps within" name="window" value={window} options={WINDOWS} />
        <Choice label="Count" name="counting" value={counting} options={COUNTINGS} />
        <Choice label="Entered" name="range" value={range} options={RANGES} />
        <Choice label="Time zone" name="zone" value={zone} options={zoneOptions(zone)} />
      </div>
      <CohortField events={events} />
      <Answer<{ readonly overall: FunnelFigures }> path={funnelPath(view, Date.now())}>
        {({ overall }) =>
          overall.analysis.starting_amount === 0 ? (
            <NothingCounted title={`Nobody entered: no ${first} in this time`} event={first} events={events} />
          ) : (
            <FunnelBars figures={overall} noun={counting === 'unique' ? 'people' : 'attempts'} />
          )
        }
      </Answer>
    </>
  );
}
