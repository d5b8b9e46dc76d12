import type { CSSProperties, ReactElement } from 'react';
import type { FunnelFigures, StepFigures } from '../../../src/query/analytics/funnel-tally.ts';
import { countText, durationText } from '../shared/format.ts';

const percents = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 1 });

interface FunnelBarsProps {
  readonly figures: FunnelFigures;
  /** What is counted: `people`. */
  readonly noun: string;
}

/** A bar for each step, as long as its share of those who entered. */
export function FunnelBars({ figures: { steps, analysis }, noun }: FunnelBarsProps): ReactElement {
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
