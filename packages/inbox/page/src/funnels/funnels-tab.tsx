import type { CSSProperties, ReactElement } from 'react';
import type { FunnelFigures, StepFigures } from '../../../src/query/analytics/funnels.ts';
import { zoneOptions } from '../reports/calendar.ts';
import { Choice } from '../reports/choices.tsx';
import { CohortField } from '../reports/cohort.tsx';
import { Answer, type KnownEvents, NothingCounted, ReportPage, ZoneNote } from '../reports/report-page.tsx';
import { useFeedPart } from '../shared/feed.tsx';
import { countText, durationText } from '../shared/format.ts';
import { usePlace } from '../shared/location.tsx';
import { Empty, Loading } from '../shared/parts.tsx';
import { type Loaded, useJson } from '../shared/use-json.ts';
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

const percents = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 1 });

interface FunnelBarsProps {
  readonly figures: FunnelFigures;
  /** What is counted: `people`. */
  readonly noun: string;
}

/** A bar for each step, as long as its share of those who entered. */
function FunnelBars({ figures: { steps, analysis }, noun }: FunnelBarsProps): ReactElement {
  const { completion, starting_amount: entered, worst } = analysis;
  const whole = percents.format(completion / entered);
  const lost = steps[worst];
  return (
    <>
      <p className="figure" role="status">
        <b>{whole}</b> came through: {countText(completion)} of {countText(entered)} {noun}
        {lost !== undefined && lost.step_conv_ratio < 1 && `. The largest share is lost before ${lost.event}`}
      </p>
      <ol className="funnel">
        {steps.map((step, index) => (
          <Step
            // biome-ignore lint/suspicious/noArrayIndexKey: a step has no other name, the same event may be two
            key={index}
            step={step}
            isFirst={index === 0}
            isWorst={index === worst && step.step_conv_ratio < 1}
          />
        ))}
      </ol>
    </>
  );
}

interface StepProps {
  readonly step: StepFigures;
  readonly isFirst: boolean;
  readonly isWorst: boolean;
}

function Step({ step, isFirst, isWorst }: StepProps): ReactElement {
  const width = { '--width': `${step.overall_conv_ratio * 100}%` };
  return (
    <li style={width as CSSProperties}>
      <h3>{step.event}</h3>
      <b className="count">{countText(step.count)}</b>
      <span className="fill" />
      <p className="muted">
        {isFirst ? (
          'entered'
        ) : (
          <>
            <span className={isWorst ? 'bad' : ''}>{percents.format(step.step_conv_ratio)} of the step before</span>
            <span>{percents.format(step.overall_conv_ratio)} of the start</span>
            {step.avg_time !== null && <span>{durationText(step.avg_time * 1000)} after the step before</span>}
            {step.avg_time_from_start !== null && (
              <span>{durationText(step.avg_time_from_start * 1000)} after the start</span>
            )}
          </>
        )}
      </p>
    </li>
  );
}
