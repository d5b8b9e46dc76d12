import type { ReactElement } from 'react';
import type { FunnelFigures } from '../../../src/query/analytics/funnel-tally.ts';
import type { IssueCost as Cost } from '../../../src/views/issue-cost.ts';
import { useFeedPart } from '../feed/feed-provider.tsx';
import { stepsIn } from '../funnels/funnel-view.ts';
import { StepList } from '../funnels/step-list.tsx';
import { useKnownEvents } from '../reports/known-events.ts';
import { hrefOf, usePlace } from '../shared/location.ts';
import { useJson } from '../shared/use-json.ts';

/** The way of a person to their first code; scans are of other people. */
const DEFAULT_STEPS: readonly string[] = ['page_viewed', 'signup_completed', 'qr_created'];

/** How far those came who met the issue, beside everybody else. */
export function IssueCost({ id }: { readonly id: string }): ReactElement | null {
  const steps = stepsIn(usePlace().query, DEFAULT_STEPS);
  const revision = useFeedPart((feed) => feed.revision);
  const known = useKnownEvents();
  const path = hrefOf(`/api/issues/${encodeURIComponent(id)}/cost`, { steps: JSON.stringify(steps) });
  const { data } = useJson<Cost>(path, revision);
  if (data === undefined) return null;
  return (
    <section>
      <h3>What did it cost?</h3>
      <CostTable cost={data} />
      {known.data !== undefined && (
        <details>
          <summary>Other steps</summary>
          <StepList steps={steps} events={known.data} />
        </details>
      )}
    </section>
  );
}

function CostTable({ cost: { affected, others } }: { readonly cost: Cost }): ReactElement {
  if (affected.analysis.starting_amount === 0) {
    return (
      <p className="muted">
        None of those who met it has begun the way from <code>{affected.steps[0]?.event}</code> on, as far as events
        tell.
      </p>
    );
  }
  return (
    <table className="cost">
      <thead>
        <tr>
          <th scope="col">Step</th>
          <th scope="col">Users who met it</th>
          <th scope="col">All others</th>
        </tr>
      </thead>
      <tbody>
        {affected.steps.map((step, index) => (
          <tr key={step.step_label}>
            <th scope="row">
              <code>{step.event}</code>
            </th>
            <td>{figure(affected, index)}</td>
            <td>{figure(others, index)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** A share of nobody is none. */
function figure({ steps, analysis }: FunnelFigures, index: number): string {
  const step = steps[index];
  if (step === undefined || analysis.starting_amount === 0) return '0';
  return `${step.count} (${Math.round(step.overall_conv_ratio * 100)} %)`;
}
