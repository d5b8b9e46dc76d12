import type { ReactElement } from 'react';
import type { StoredRecord } from '../../../src/store/records.ts';
import { traceOf, userOf } from '../shared/describe.ts';
import { Link } from '../shared/link.tsx';
import { issueHref, liveHref, traceHref, userHref } from '../shared/paths.ts';

/** Leads from a record to its issue, trace and user. */
export function DetailLinks({ record }: { readonly record: StoredRecord }): ReactElement {
  const trace = traceOf(record);
  const user = userOf(record);
  return (
    <p className="links">
      {record.kind === 'error' && (
        <Link className="button" href={issueHref(record.issueId, record.eventId)}>
          View issue
        </Link>
      )}
      {trace !== null && (
        <>
          <Link className="button" href={traceHref(trace)}>
            View trace
          </Link>
          <Link className="button" href={liveHref({ trace })}>
            Filter by trace
          </Link>
        </>
      )}
      {user !== null && (
        <>
          <Link className="button" href={userHref(user)}>
            View user
          </Link>
          <Link className="button" href={liveHref({ user })}>
            Filter by user
          </Link>
        </>
      )}
    </p>
  );
}
