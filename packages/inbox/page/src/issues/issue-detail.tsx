import { type ReactElement, useState } from 'react';
import type { Issue } from '../../../src/query/issues.ts';
import { useFeedPart } from '../feed/feed-provider.tsx';
import { Back } from '../shared/back.tsx';
import { countOf, countText } from '../shared/format.ts';
import { Loading } from '../shared/loading.tsx';
import { hrefWith, usePlace } from '../shared/location.ts';
import { Time } from '../shared/time.tsx';
import { useJson } from '../shared/use-json.ts';
import { ErrorView } from './error-view.tsx';
import { IssueActions } from './issue-actions.tsx';
import { IssueCost } from './issue-cost.tsx';

interface IssueDetailProps {
  readonly id: string;
  /** Which of its errors is shown; null: the latest. */
  readonly eventId: string | null;
}

export function IssueDetail({ id, eventId }: IssueDetailProps): ReactElement {
  const place = usePlace();
  const revision = useFeedPart((feed) => feed.revision);
  const [changes, setChanges] = useState(0);
  const loaded = useJson<Issue>(`/api/issues/${encodeURIComponent(id)}`, revision + changes);
  return (
    <>
      <Back href={hrefWith(place, { id: null, event: null, steps: null })}>All issues</Back>
      <Loading loaded={loaded}>
        {(issue) => (
          <>
            <h2 className="bad">{issue.title}</h2>
            <p className="muted">
              {countOf(issue.count + issue.suppressed, 'error')}
              {issue.suppressed > 0 && ` (${countText(issue.suppressed)} only counted)`}, {countOf(issue.users, 'user')}
              . First <Time at={issue.firstSeen} />, last <Time at={issue.lastSeen} />.
            </p>
            <IssueActions issue={issue} onChange={() => setChanges((before) => before + 1)} />
            <ErrorView eventId={eventId ?? issue.latestEventId} />
            <IssueCost id={id} />
          </>
        )}
      </Loading>
    </>
  );
}
