import type { ReactElement } from 'react';
import { Sparkline } from '../charts/sparkline.tsx';
import { Failure } from '../layout/failure.tsx';
import { Skeleton } from '../layout/skeleton.tsx';
import { useSummary } from './use-statistics.ts';

const number = new Intl.NumberFormat();

/** What all codes of a person came to in the last 30 days. */
export function ScanTotals(): ReactElement {
  const { data, error, refetch } = useSummary();
  if (error && !data) return <Failure error={error} action="show_summary" onRetry={refetch} />;
  if (!data) return <Skeleton height="card" label="Counting scans" />;
  const byDay = data.series.map(({ scans }) => scans);
  return (
    <section className="card totals" aria-label="The last 30 days">
      <dl>
        <Total name="Scans in 30 days" value={data.scans} />
        <Total name="Visitors in 30 days" value={data.uniqueVisitors} />
      </dl>
      <div className="totals-line">
        <Sparkline
          values={byDay}
          label={`Scans a day, from ${data.from} to ${data.to}: at most ${Math.max(0, ...byDay)}`}
        />
        <p className="hint">Scans a day</p>
      </div>
    </section>
  );
}

function Total({ name, value }: { readonly name: string; readonly value: number }): ReactElement {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{number.format(value)}</dd>
    </div>
  );
}
