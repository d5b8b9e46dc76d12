import type { ReactElement } from 'react';
import { Link } from 'react-router';
import type { MicrositeList } from '../api/microsites.ts';
import { Failure } from '../layout/failure.tsx';
import { PageTitle } from '../layout/page-title.tsx';
import { Skeleton } from '../layout/skeleton.tsx';
import { MicrositeCard } from '../microsites/microsite-card.tsx';
import { useMicrosites } from '../microsites/use-microsites.ts';

export function MicrositesPage(): ReactElement {
  const { data, error, refetch } = useMicrosites();
  return (
    <>
      <PageTitle>Your microsites</PageTitle>
      <div className="page-head">
        <h1>Your microsites</h1>
        <Link to="/microsites/new" className="button">
          New microsite
        </Link>
      </div>
      {data && <Microsites list={data} />}
      {!data && error && <Failure error={error} action="list_microsites" onRetry={refetch} />}
      {!data && !error && <Skeleton height="card" label="Loading microsites" />}
    </>
  );
}

function Microsites({ list: { items, total } }: { readonly list: MicrositeList }): ReactElement {
  if (items.length === 0) {
    return (
      <div className="card message">
        <h2>No microsites yet</h2>
        <p>
          A microsite is a small page with your links: menu, opening hours, map. One QR code leads to all of them, and
          you can change them after it has been printed.
        </p>
        <p>Give it a title, add the links, publish it, then make a QR code for it.</p>
        <div className="actions">
          <Link to="/microsites/new" className="button">
            Make your first microsite
          </Link>
        </div>
      </div>
    );
  }
  return (
    <>
      <ul className="microsites">
        {items.map((microsite) => (
          <li key={microsite.id}>
            <MicrositeCard microsite={microsite} />
          </li>
        ))}
      </ul>
      {total > items.length && (
        <p className="aside">
          The newest {items.length} of {total}.
        </p>
      )}
    </>
  );
}
