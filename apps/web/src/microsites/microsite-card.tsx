import type { ReactElement } from 'react';
import { Link } from 'react-router';
import type { Microsite } from '../api/microsites.ts';

/** One microsite in the list. */
export function MicrositeCard({ microsite }: { readonly microsite: Microsite }): ReactElement {
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
