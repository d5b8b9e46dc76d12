import { trackEvent } from '@qr/browser';
import { type ReactElement, useEffect } from 'react';
import { Link, useSearchParams } from 'react-router';
import type { Summary } from '../api/statistics.ts';
import { Sparkline } from '../charts/sparkline.tsx';
import { CodeFilters, isNarrow, readFilter } from '../codes/code-filters.tsx';
import { CodeList } from '../codes/code-list.tsx';
import { useCodeList, useSummary } from '../codes/queries.ts';
import { Loaded, PageHead } from '../layout/page.tsx';

export function DashboardPage(): ReactElement {
  const [params] = useSearchParams();
  const filter = readFilter(params);
  const codes = useCodeList(filter);
  const isShown = codes.data !== undefined;
  const total = codes.data?.pages[0]?.total ?? 0;
  // While the filter has changed, the former list says nothing about whether there are codes.
  const hasCodes = total > 0 || isNarrow(filter) || codes.isPlaceholderData;
  // Once a visit: the number changes while the page stays the same.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the number as it was when the page was first shown.
  useEffect(() => {
    if (isShown) trackEvent('dashboard_viewed', { total_qrs: total });
  }, [isShown]);

  return (
    <>
      <PageHead title="Your QR codes">
        <Link to="/create" className="button">
          New QR code
        </Link>
      </PageHead>
      <Loaded query={codes} action="list_codes" height="page" label="Loading your codes">
        {() =>
          hasCodes ? (
            <>
              <ScanTotals />
              <CodeFilters />
              {total === 0 ? <NoMatches /> : <CodeList list={codes} total={total} />}
            </>
          ) : (
            <NoCodes />
          )
        }
      </Loaded>
    </>
  );
}

function NoMatches(): ReactElement {
  return (
    <div className="card message" role="status">
      <p>No codes match.</p>
      <Link to="/">Show all codes</Link>
    </div>
  );
}

function NoCodes(): ReactElement {
  return (
    <div className="card message">
      <h2>No codes yet</h2>
      <p>It takes a minute: choose where the code leads, download the picture, print it.</p>
      <div className="actions">
        <Link to="/create" className="button">
          Make your first code
        </Link>
      </div>
    </div>
  );
}

const number = new Intl.NumberFormat();

/** What all codes of a person came to in the last 30 days. */
function ScanTotals(): ReactElement {
  return (
    <Loaded query={useSummary()} action="show_summary" height="card" label="Counting scans">
      {(summary) => <Totals summary={summary} />}
    </Loaded>
  );
}

function Totals({ summary: data }: { readonly summary: Summary }): ReactElement {
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
