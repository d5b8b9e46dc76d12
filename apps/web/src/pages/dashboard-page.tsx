import { trackEvent } from '@qr/browser';
import { type ReactElement, useEffect } from 'react';
import { Link } from 'react-router';
import { CodeList } from '../codes/code-list.tsx';
import { ScanTotals } from '../codes/scan-totals.tsx';
import { useCodeList } from '../codes/use-codes.ts';
import { Failure } from '../layout/failure.tsx';
import { Skeleton } from '../layout/skeleton.tsx';

export function DashboardPage(): ReactElement {
  const codes = useCodeList();
  const total = codes.data?.pages[0]?.total;
  const isShown = total !== undefined;
  // Once a visit: the number changes while the page stays the same.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the number as it was when the page was first shown.
  useEffect(() => {
    if (isShown) trackEvent('dashboard_viewed', { total_qrs: total });
  }, [isShown]);

  return (
    <>
      <div className="page-head">
        <h1>Your QR codes</h1>
        <Link to="/create" className="button">
          New QR code
        </Link>
      </div>
      {codes.isPending && <Skeleton height="page" label="Loading your codes" />}
      {codes.isError && !codes.data && <Failure error={codes.error} action="list_codes" onRetry={codes.refetch} />}
      {total === 0 && <NoCodes />}
      {total !== undefined && total > 0 && (
        <>
          <ScanTotals codes={total} />
          <CodeList list={codes} total={total} />
        </>
      )}
    </>
  );
}

function NoCodes(): ReactElement {
  return (
    <div className="card message">
      <h2>No codes yet</h2>
      <p>A QR code takes a minute: say where it should lead, download the picture, print it.</p>
      <div className="actions">
        <Link to="/create" className="button">
          Make your first code
        </Link>
      </div>
    </div>
  );
}
