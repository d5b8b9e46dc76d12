import type { ReactElement } from 'react';
import { usePlace } from '../shared/location.ts';
import { FindIssue } from './find-issue.tsx';
import { IssueDetail } from './issue-detail.tsx';
import { IssueList } from './issue-list.tsx';

/** Errors by cause, or one cause. */
export function IssuesTab(): ReactElement {
  const { query } = usePlace();
  const id = query.get('id');
  const eventId = query.get('event');
  // A key of its own: what one opens begins at its top, wherever the list was scrolled to.
  return (
    <div key={id ?? eventId} className="sheet">
      {id !== null && <IssueDetail id={id} eventId={eventId} />}
      {id === null && eventId !== null && <FindIssue eventId={eventId} />}
      {id === null && eventId === null && <IssueList />}
    </div>
  );
}
