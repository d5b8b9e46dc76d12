import type { ReactElement } from 'react';
import { Link } from 'react-router';
import { type Code, lookOf, pictureUrl } from '../api/codes.ts';
import { kindName } from './code-kinds.ts';
import { dateText } from './date-text.ts';
import { titleOf } from './title-of.ts';

interface CodeCardProps {
  readonly code: Code;
  /** In the last 30 days; undefined while that is not known. */
  readonly scans: number | undefined;
}

/** One code in the list. */
export function CodeCard({ code, scans }: CodeCardProps): ReactElement {
  const title = titleOf(code);
  return (
    <article className="card code">
      <img src={pictureUrl(code.svgUrl, lookOf(code))} alt="" width="96" height="96" loading="lazy" />
      <div className="code-text">
        <h2>
          <Link to={`/qr/${code.id}`}>{title}</Link>
        </h2>
        {code.destinationUrl !== null && <p className="address">{code.destinationUrl.replace(/^https?:\/\//, '')}</p>}
        <p className="badges">
          <span className="badge">{kindName(code.type)}</span>
          {code.status === 'disabled' && <span className="badge off">Switched off</span>}
          {code.scanUrl !== null && scans !== undefined && <span>{scans === 1 ? '1 scan' : `${scans} scans`}</span>}
          <time dateTime={code.createdAt}>{dateText(code.createdAt)}</time>
        </p>
      </div>
    </article>
  );
}
