import type { ReactElement } from 'react';
import type { StoredRecord } from '../../../src/store/records.ts';
import { traceOf, userOf } from '../shared/describe.ts';
import { Link } from '../shared/link.tsx';
import { issueHref, liveHref, traceHref, userHref } from '../shared/paths.ts';

/** From a record to its issue, its trace and its user. */
export function DetailLinks({ record }: { readonly record: StoredRecord }): ReactElement {
  const trace = traceOf(record);
  const user = userOf(record);
  return (
    <p className="links">
      {record.kind === 'error' && (
        <Link className="button" href={issueHref(record.issueId, record.eventId)}>
          Its issue
        </Link>
      )}
      {trace !== null && (
        <>
          <Link className="button" href={traceHref(trace)}>
            Waterfall of its trace
          </Link>
          <Link className="button" href={liveHref({ trace })}>
            Everything of this trace
          </Link>
        </>
      )}
      {user !== null && (
        <>
          <Link className="button" href={userHref(user)}>
            Story of this user
          </Link>
          <Link className="button" href={liveHref({ user })}>
            Everything of this user
          </Link>
        </>
      )}
    </p>
  );
}
