import type { ReactElement } from 'react';
import { Link } from 'react-router';
import { type Code, pictureUrl } from '../api/codes.ts';
import { dateText } from './date-text.ts';
import { ScanAddress } from './scan-address.tsx';
import { titleOf } from './title-of.ts';

/** One code in the list. */
export function CodeCard({ code }: { readonly code: Code }): ReactElement {
  const title = titleOf(code);
  return (
    <article className="card code">
      <img src={pictureUrl(code.svgUrl)} alt={`QR code: ${title}`} width="112" height="112" loading="lazy" />
      <div className="code-text">
        <h2>
          <Link to={`/qr/${code.id}`}>{title}</Link>
        </h2>
        {code.destinationUrl !== null && <p className="address">{code.destinationUrl}</p>}
        <dl>
          <ScanAddress code={code} />
          <dt>Created</dt>
          <dd>
            <time dateTime={code.createdAt}>{dateText(code.createdAt)}</time>
          </dd>
        </dl>
      </div>
    </article>
  );
}
