import { trackEvent } from '@qr/browser';
import { type ReactElement, useEffect } from 'react';
import { Link } from 'react-router';
import { type Code, listCodes } from '../api/codes.ts';
import { Failure } from '../layout/failure.tsx';
import { Loading } from '../layout/loading.tsx';
import { useLoaded } from '../layout/use-loaded.ts';
import { CodeCard } from './code-card.tsx';

const load = (_key: string, signal: AbortSignal) => listCodes(signal);

export function DashboardPage(): ReactElement {
  const codes = useLoaded('codes', 'list_codes', load);
  const total = codes.state === 'loaded' ? codes.value.total : undefined;
  useEffect(() => {
    if (total !== undefined) trackEvent('dashboard_viewed', { total_qrs: total });
  }, [total]);

  return (
    <>
      <div className="page-head">
        <h1>Your QR codes</h1>
        <Link to="/create" className="button">
          New QR code
        </Link>
      </div>
      {codes.state === 'loading' && <Loading />}
      {codes.state === 'failed' && <Failure message={codes.message} />}
      {codes.state === 'loaded' && <CodeList codes={codes.value.items} />}
    </>
  );
}

function CodeList({ codes }: { readonly codes: readonly Code[] }): ReactElement {
  if (codes.length === 0) {
    return (
      <div className="card message">
        <h2>No codes yet</h2>
        <p>A QR code takes a minute: paste the address it should lead to, download the picture, print it.</p>
        <div className="actions">
          <Link to="/create" className="button">
            Make your first code
          </Link>
        </div>
      </div>
    );
  }
  return (
    <ul className="codes">
      {codes.map((code) => (
        <li key={code.id}>
          <CodeCard code={code} />
        </li>
      ))}
    </ul>
  );
}
