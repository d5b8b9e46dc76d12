import type { ReactElement } from 'react';
import type { Issue } from '../../../src/query/issues.ts';
import type { IssueTrends } from '../../../src/views/issue-trends.ts';
import { useFeedPart } from '../feed/feed-provider.tsx';
import { Empty } from '../shared/empty.tsx';
import { countOf, countText } from '../shared/format.ts';
import { Link } from '../shared/link.tsx';
import { Loading } from '../shared/loading.tsx';
import { issueHref } from '../shared/paths.ts';
import { Time } from '../shared/time.tsx';
import { useJson } from '../shared/use-json.ts';
import { Trend } from './trend.tsx';

/** What has broken, the last first. */
export function IssueList(): ReactElement {
  const revision = useFeedPart((feed) => feed.revision);
  const loaded = useJson<{ total: number; issues: readonly Issue[] }>('/api/issues', revision);
  const trends = useJson<IssueTrends>('/api/issues/trends', revision).data;
  return (
    <Loading loaded={loaded}>
      {({ total, issues }) =>
        issues.length === 0 ? (
          <Empty title="Nothing has broken yet">
            <p>
              An error appears here the moment it is reported. To see one, open{' '}
              <a href="http://localhost:3001/debug/error">a page that fails on purpose</a>.
            </p>
          </Empty>
        ) : (
          <>
            <ul className="list" aria-label="Issues, the one seen last first">
              {issues.map((issue) => (
                <li key={issue.id}>
                  <IssueEntry issue={issue} counts={trends?.counts[issue.id] ?? []} />
                </li>
              ))}
            </ul>
            {total > issues.length && (
              <p className="others">{countText(total - issues.length)} older ones are not shown.</p>
            )}
          </>
        )
      }
    </Loading>
  );
}

function IssueEntry({ issue, counts }: { readonly issue: Issue; readonly counts: readonly number[] }): ReactElement {
  const total = issue.count + issue.suppressed;
  return (
    <Link className="entry issue" href={issueHref(issue.id)}>
      <strong className="title">{issue.title}</strong>
      <span className="about">
        {issue.service !== null && <span>{issue.service}</span>}
        {issue.level !== 'error' && <span>{issue.level}</span>}
        <span>{countOf(issue.users, 'user')}</span>
        {issue.suppressed > 0 && <span>{countText(issue.suppressed)} only counted</span>}
      </span>
      <Trend counts={counts} label={countOf(total, 'error')} />
      <b className="count">{countText(total)}</b>
      <Time at={issue.lastSeen} />
    </Link>
  );
}
