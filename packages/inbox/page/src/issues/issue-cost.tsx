import type { ReactElement } from 'react';
import type { StepFigures } from '../../../src/query/analytics/funnel-tally.ts';
import type { IssueCost as Cost } from '../../../src/views/issue-cost.ts';
import { useFeedPart } from '../feed/feed-provider.tsx';
import { useJson } from '../shared/use-json.ts';

/** How far those came who met the issue, beside everybody else. */
export function IssueCost({ id }: { readonly id: string }): ReactElement | null {
  const revision = useFeedPart((feed) => feed.revision);
  const { data } = useJson<Cost>(`/api/issues/${encodeURIComponent(id)}/cost`, revision);
  if (data === undefined) return null;
  const { affected, others } = data;
  return (
    <section>
      <h3>What did it cost?</h3>
      {affected.analysis.starting_amount === 0 ? (
        <p className="muted">
          None of those who met it has begun the way from <code>{affected.steps[0]?.event}</code> on, as far as events
          tell.
        </p>
      ) : (
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
                <td>{figure(step)}</td>
                <td>{figure(others.steps[index])}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function figure(step: StepFigures | undefined): string {
  if (step === undefined) return '';
  return `${step.count} (${Math.round(step.overall_conv_ratio * 100)} %)`;
}
