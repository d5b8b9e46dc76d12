import { trackEvent } from '@qr/browser';
import { type ReactElement, useEffect } from 'react';
import { Link, useSearchParams } from 'react-router';
import { isNarrow, readFilter } from '../codes/code-filter.ts';
import { CodeFilters } from '../codes/code-filters.tsx';
import { CodeList } from '../codes/code-list.tsx';
import { ScanTotals } from '../codes/scan-totals.tsx';
import { useCodeList } from '../codes/use-codes.ts';
import { Failure } from '../layout/failure.tsx';
import { PageTitle } from '../layout/page-title.tsx';
import { Skeleton } from '../layout/skeleton.tsx';

export function DashboardPage(): ReactElement {
  const [params] = useSearchParams();
  const filter = readFilter(params);
  const codes = useCodeList(filter);
  const total = codes.data?.pages[0]?.total;
  const isShown = total !== undefined;
  // While the filter has changed, the former list says nothing about whether there are codes.
  const hasCodes = (total ?? 0) > 0 || isNarrow(filter) || codes.isPlaceholderData;
  // Once a visit: the number changes while the page stays the same.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the number as it was when the page was first shown.
  useEffect(() => {
    if (isShown) trackEvent('dashboard_viewed', { total_qrs: total });
  }, [isShown]);

  return (
    <>
      <PageTitle>Your QR codes</PageTitle>
      <div className="page-head">
        <h1>Your QR codes</h1>
        <Link to="/create" className="button">
          New QR code
        </Link>
      </div>
      {codes.isPending && <Skeleton height="page" label="Loading your codes" />}
      {codes.isError && !codes.data && <Failure error={codes.error} action="list_codes" onRetry={codes.refetch} />}
      {isShown && !hasCodes && <NoCodes />}
      {isShown && hasCodes && (
        <>
          <ScanTotals />
          <CodeFilters />
          {total === 0 ? <NoMatches /> : <CodeList list={codes} total={total} />}
        </>
      )}
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
