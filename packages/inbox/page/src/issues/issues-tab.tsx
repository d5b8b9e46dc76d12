import type { ReactElement } from 'react';
import { usePlace } from '../shared/location.ts';
import { IssueDetail } from './issue-detail.tsx';
import { IssueList } from './issue-list.tsx';

/** Errors by cause, or one cause. */
export function IssuesTab(): ReactElement {
  const { query } = usePlace();
  const id = query.get('id');
  return (
    <div className="sheet">
      {id === null ? <IssueList /> : <IssueDetail key={id} id={id} eventId={query.get('event')} />}
    </div>
  );
}
