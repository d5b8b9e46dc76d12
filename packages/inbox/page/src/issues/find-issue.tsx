import type { ReactElement } from 'react';
import type { Issue } from '../../../src/query/issues.ts';
import { Back } from '../shared/back.tsx';
import { Empty } from '../shared/empty.tsx';
import { Loading } from '../shared/loading.tsx';
import { hrefOf } from '../shared/location.ts';
import { useJson } from '../shared/use-json.ts';
import { IssueDetail } from './issue-detail.tsx';

/** The issue of an error by the id that the user was shown, also when that error was only counted. */
export function FindIssue({ eventId }: { readonly eventId: string }): ReactElement {
  const loaded = useJson<{ issues: readonly Issue[] }>(hrefOf('/api/issues', { event_id: eventId }));
  return (
    <Loading loaded={loaded}>
      {({ issues: [issue] }) =>
        issue === undefined ? (
          <>
            <Back href="/issues">All issues</Back>
            <Empty title="No error has this id">
              <p>Check the id. The error may not have arrived yet, or have been evicted by later ones.</p>
            </Empty>
          </>
        ) : (
          <IssueDetail id={issue.id} eventId={null} />
        )
      }
    </Loading>
  );
}
