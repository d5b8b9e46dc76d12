import type { ReactElement } from 'react';
import { usePlace } from '../shared/location.ts';
import { IssueDetail } from './issue-detail.tsx';
import { IssueList } from './issue-list.tsx';

/** Errors by cause, or one cause. */
export function IssuesTab(): ReactElement {
  const { query } = usePlace();
  const id = query.get('id');
  // A key of its own: what one opens begins at its top, wherever the list was scrolled to.
  return (
    <div key={id} className="sheet">
      {id === null ? <IssueList /> : <IssueDetail id={id} eventId={query.get('event')} />}
    </div>
  );
}
