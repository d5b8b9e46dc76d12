import type { ReactElement } from 'react';
import type { FunnelFigures } from '../../../src/query/analytics/funnels.ts';
import type { IssueCost as Cost } from '../../../src/views/issue-cost.ts';
import { stepsIn } from '../funnels/funnel-view.ts';
import { StepList } from '../funnels/step-list.tsx';
import { useKnownEvents } from '../reports/known-events.ts';
import { useLiveJson } from '../shared/feed.tsx';
import { hrefOf, usePlace } from '../shared/location.ts';
import { Table } from '../shared/table.tsx';

/** How far affected users came in a funnel, beside everybody else. */
export function IssueCost({ id }: { readonly id: string }): ReactElement | null {
  const chosen = stepsIn(usePlace().query);
  const known = useKnownEvents();
  const path = hrefOf(`/api/issues/${encodeURIComponent(id)}/cost`, {
    steps: chosen && JSON.stringify(chosen),
  });
  const { data } = useLiveJson<Cost>(path);
  if (data === undefined) return null;
  const steps = chosen ?? data.affected.steps.map(({ event }) => event);
  return (
    <section>
      <h3>Conversion impact</h3>
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
        No affected user did <code>{affected.steps[0]?.event}</code>, the first step.
      </p>
    );
  }
  const rows = affected.steps.map(({ event }, index) => ({
    key: String(index),
    name: <code>{event}</code>,
    cells: [{ children: figure(affected, index) }, { children: figure(others, index) }],
  }));
  return <Table className="cost" head={['Step', 'Affected users', 'Other users']} rows={rows} />;
}

/** A share of nobody is none. */
function figure({ steps, analysis }: FunnelFigures, index: number): string {
  const step = steps[index];
  if (step === undefined || analysis.starting_amount === 0) return '0';
  return `${step.count} (${Math.round(step.overall_conv_ratio * 100)} %)`;
}
