import type { ReactElement } from 'react';
import type { Issue } from '../../../src/query/issues.ts';
import { useFeedPart } from '../feed/feed-provider.tsx';
import { Back } from '../shared/back.tsx';
import { countOf, countText } from '../shared/format.ts';
import { Loading } from '../shared/loading.tsx';
import { Time } from '../shared/time.tsx';
import { useJson } from '../shared/use-json.ts';
import { ErrorView } from './error-view.tsx';

interface IssueDetailProps {
  readonly id: string;
  /** Which of its errors is shown; null: the latest. */
  readonly eventId: string | null;
}

export function IssueDetail({ id, eventId }: IssueDetailProps): ReactElement {
  const revision = useFeedPart((feed) => feed.revision);
  const loaded = useJson<Issue>(`/api/issues/${encodeURIComponent(id)}`, revision);
  return (
    <>
      <Back href="/issues">All issues</Back>
      <Loading loaded={loaded}>
        {(issue) => (
          <>
            <h2 className="bad">{issue.title}</h2>
            <p className="muted">
              {countOf(issue.count + issue.suppressed, 'error')}
              {issue.suppressed > 0 && ` (${countText(issue.suppressed)} only counted)`}, {countOf(issue.users, 'user')}
              . First <Time at={issue.firstSeen} />, last <Time at={issue.lastSeen} />.
            </p>
            <ErrorView eventId={eventId ?? issue.latestEventId} />
          </>
        )}
      </Loading>
    </>
  );
}
