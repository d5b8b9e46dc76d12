import type { ReactElement } from 'react';
import { Link } from 'react-router';
import type { Microsite, MicrositeList } from '../api/microsites.ts';
import { Loaded, PageHead } from '../layout/page.tsx';
import { useMicrosites } from '../microsites/queries.ts';

export function MicrositesPage(): ReactElement {
  const query = useMicrosites();
  return (
    <>
      <PageHead title="Your microsites">
        <Link to="/microsites/new" className="button">
          New microsite
        </Link>
      </PageHead>
      <Loaded query={query} action="list_microsites" height="card" label="Loading microsites">
        {(list) => <Microsites list={list} />}
      </Loaded>
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

/** One microsite in the list. */
function MicrositeCard({ microsite }: { readonly microsite: Microsite }): ReactElement {
  const { id, title, url, links, status } = microsite;
  return (
    <article className="card microsite-card">
      <h2>
        <Link to={`/microsites/${id}`}>{title}</Link>
      </h2>
      <p className="address">{status === 'published' ? <a href={url}>{withoutScheme(url)}</a> : withoutScheme(url)}</p>
      <p className="microsite-facts">
        <Badge microsite={microsite} />
        {links.length === 1 ? '1 link' : `${links.length} links`}
      </p>
    </article>
  );
}

function Badge({ microsite: { status, hasUnpublishedChanges } }: { readonly microsite: Microsite }): ReactElement {
  if (status === 'draft') return <span className="microsite-badge">Draft</span>;
  if (hasUnpublishedChanges) return <span className="microsite-badge changed">Unpublished changes</span>;
  return <span className="microsite-badge published">Published</span>;
}

function withoutScheme(url: string): string {
  return url.replace(/^https?:\/\//, '');
}
