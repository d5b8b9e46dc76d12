import type { ReactElement } from 'react';
import { failureMessage } from '../notices/failure-message.ts';
import { useNotice } from '../notices/notice-provider.tsx';
import { CodeCard } from './code-card.tsx';
import type { useCodeList } from './use-codes.ts';
import { useSummary } from './use-statistics.ts';

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
