import { type ReactElement, useState } from 'react';
import { exportUrl } from '../api/statistics.ts';
import { ScansChart } from '../charts/scans-chart.tsx';
import { Shares } from '../charts/shares.tsx';
import { Failure } from '../layout/failure.tsx';
import { Skeleton } from '../layout/skeleton.tsx';
import { countryName } from './country-name.ts';
import { lastDays } from './last-days.ts';
import { useCodeStatistics } from './use-statistics.ts';

const PERIODS = [7, 30, 90] as const;

/** How often a code was scanned, when, where and with what. */
export function CodeScans({ id, scanUrl }: { readonly id: string; readonly scanUrl: string }): ReactElement {
  const [days, setDays] = useState<number>(30);
  const period = lastDays(days);
  const { data, error, refetch } = useCodeStatistics(id, period);
  return (
    <section className="card stack" aria-labelledby="scans-heading">
      <div className="section-head">
        <h2 id="scans-heading">Scans</h2>
        <label className="period">
          <span className="visually-hidden">Period</span>
          <select value={days} onChange={(event) => setDays(Number(event.target.value))}>
            {PERIODS.map((count) => (
              <option key={count} value={count}>
                Last {count} days
              </option>
            ))}
          </select>
        </label>
      </div>
      {error && !data && <Failure error={error} action="show_statistics" onRetry={refetch} />}
      {!error && !data && <Skeleton height="chart" label="Counting scans" />}
      {data && (
        <>
          <p className="counts" role="status">
            <strong>{data.scans}</strong> {data.scans === 1 ? 'scan' : 'scans'} by{' '}
            <strong>{data.uniqueVisitors}</strong> {data.uniqueVisitors === 1 ? 'visitor' : 'visitors'}
            {data.botScans > 0 && `, ${data.botScans} of them by programs`}
          </p>
          <ScansChart
            days={data.series.map(({ start, scans, uniqueVisitors }) => ({
              day: start,
              scans,
              visitors: uniqueVisitors,
            }))}
          />
          {data.scans === 0 ? (
            <p>
              Nobody has scanned it in this time. Print it, or open <a href={scanUrl}>{scanUrl}</a> to try it yourself.
            </p>
          ) : (
            <div className="share-columns">
              <Shares title="Countries" shares={data.byCountry} nameOf={countryName} />
              <Shares title="Devices" shares={data.byDevice} nameOf={capitalised} />
              <Shares title="Browsers" shares={data.byBrowser} />
            </div>
          )}
          <p className="actions">
            <a href={exportUrl(id, period)} download>
              Download as CSV
            </a>
            <a href={scanUrl}>Scan address</a>
          </p>
        </>
      )}
    </section>
  );
}

function capitalised(kind: string): string {
  return kind.charAt(0).toUpperCase() + kind.slice(1);
}
