import type { ReactElement } from 'react';
import { Link } from 'react-router';
import { type Code, kindName, lookOf, pictureUrl, titleOf } from '../api/codes.ts';
import { dateText } from '../days.ts';
import { failureMessage, useNotice } from '../notices/notice-provider.tsx';
import { type useCodeList, useSummary } from './queries.ts';

interface CodeListProps {
  readonly list: ReturnType<typeof useCodeList>;
  readonly total: number;
}

/** The codes that have been asked for so far, and a button for more: thousands at once would be slow to draw and hopeless to read. */
export function CodeList({ list, total }: CodeListProps): ReactElement {
  const notify = useNotice();
  const { data: summary } = useSummary();
  const scans = new Map(summary?.byCode.map((code) => [code.qrId, code.scans]));
  const codes = list.data?.pages.flatMap(({ items }) => items) ?? [];
  const showMore = async () => {
    const { error } = await list.fetchNextPage();
    if (error) notify(failureMessage(error, 'list_codes'));
  };
  return (
    <>
      <ul className="codes">
        {codes.map((code) => (
          <li key={code.id}>
            <CodeCard code={code} scans={summary && (scans.get(code.id) ?? 0)} />
          </li>
        ))}
      </ul>
      <div className="more">
        <p role="status">
          {codes.length} of {total} codes
        </p>
        {list.hasNextPage && (
          <button type="button" className="quiet" disabled={list.isFetchingNextPage} onClick={() => void showMore()}>
            {list.isFetchingNextPage ? 'Loading…' : 'Show more'}
          </button>
        )}
      </div>
    </>
  );
}

interface CodeCardProps {
  readonly code: Code;
  /** In the last 30 days; undefined while that is not known. */
  readonly scans: number | undefined;
}

/** One code in the list. */
function CodeCard({ code, scans }: CodeCardProps): ReactElement {
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
