import type { ReactElement } from 'react';
import type { FunnelFigures } from '../../../src/query/analytics/funnel-tally.ts';
import { useFeedPart } from '../feed/feed-provider.tsx';
import { Answer } from '../reports/answer.tsx';
import { zoneOptions } from '../reports/calendar.ts';
import { Choice } from '../reports/choice.tsx';
import { CohortField } from '../reports/cohort-field.tsx';
import type { KnownEvents } from '../reports/known-events.ts';
import { NothingCounted } from '../reports/nothing-counted.tsx';
import { ReportPage } from '../reports/report-page.tsx';
import { ZoneNote } from '../reports/zone-note.tsx';
import { Empty } from '../shared/empty.tsx';
import { Loading } from '../shared/loading.tsx';
import { usePlace } from '../shared/location.ts';
import { type Loaded, useJson } from '../shared/use-json.ts';
import { FunnelBars } from './funnel-bars.tsx';
import {
  COUNTINGS,
  type FunnelView,
  funnelPath,
  funnelView,
  RANGES,
  suggestedStepsPath,
  WINDOWS,
} from './funnel-view.ts';
import { StepList } from './step-list.tsx';

/** How many of those who take a first step take the next ones. */
export function FunnelsTab(): ReactElement {
  return <ReportPage title="Funnels">{(events) => <Funnel events={events} />}</ReportPage>;
}

function Funnel({ events }: { readonly events: KnownEvents }): ReactElement {
  const view = funnelView(usePlace().query);
  const { window, counting, range, zone } = view;
  const suggested = useSuggestedSteps(view);
  const steps = view.steps ?? suggested.data?.steps;
  return (
    <>
      {steps !== undefined && <StepList steps={withTwoSteps(steps, events)} events={events} />}
      {view.steps === undefined && steps !== undefined && steps.length > 0 && (
        <p className="muted">Suggested from what users did. Change any step.</p>
      )}
      <div className="choices">
        <Choice label="All steps within" name="window" value={window} options={WINDOWS} />
        <Choice label="Count" name="counting" value={counting} options={COUNTINGS} />
        <Choice label="Entered" name="range" value={range} options={RANGES} />
        <Choice label="Time zone" name="zone" value={zone} options={zoneOptions(zone)} />
      </div>
      <ZoneNote zone={zone} />
      <CohortField events={events} />
      {steps === undefined ? (
        <Loading loaded={suggested}>{() => null}</Loading>
      ) : (
        <Figures view={view} steps={steps} events={events} />
      )}
    </>
  );
}

/** Without steps in the address, those that users came through in this time. */
function useSuggestedSteps(view: FunnelView): Loaded<{ readonly steps: readonly string[] }> {
  const epoch = useFeedPart((feed) => feed.epoch);
  return useJson(view.steps === undefined ? suggestedStepsPath(view, Date.now()) : null, epoch);
}

/** Steps to change where none can be suggested. */
function withTwoSteps(steps: readonly string[], { seen, unseen }: KnownEvents): readonly string[] {
  return steps.length > 0 ? steps : [...seen, ...unseen].slice(0, 2).map(({ name }) => name);
}

interface FiguresProps {
  readonly view: FunnelView;
  readonly steps: readonly string[];
  readonly events: KnownEvents;
}

function Figures({ view, steps, events }: FiguresProps): ReactElement {
  const [first] = steps;
  if (first === undefined) {
    return (
      <Empty title="No funnel to suggest">
        <p>No user did two different events in this time. Choose the steps above, or a longer time.</p>
      </Empty>
    );
  }
  return (
    <Answer<{ readonly overall: FunnelFigures }> path={funnelPath(view, steps, Date.now())}>
      {({ overall }) =>
        overall.analysis.starting_amount === 0 ? (
          <NothingCounted title={`Nobody entered: no ${first} in this time`} event={first} events={events} />
        ) : (
          <FunnelBars figures={overall} noun={view.counting === 'unique' ? 'people' : 'attempts'} />
        )
      }
    </Answer>
  );
}
