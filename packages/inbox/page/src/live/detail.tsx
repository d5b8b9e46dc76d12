import type { ReactElement } from 'react';
import { sentUserOf, serviceOf } from '../../../src/query/records.ts';
import type { StoredError, StoredRecord } from '../../../src/store/records.ts';
import type { ErrorDetail } from '../../../src/views/error-detail.ts';
import { Breadcrumbs, Exceptions } from '../shared/error-parts.tsx';
import { useLiveJson } from '../shared/feed.tsx';
import { durationText } from '../shared/format.ts';
import {
  ButtonLink,
  hrefOf,
  hrefWith,
  issueHref,
  Link,
  liveHref,
  traceHref,
  usePlace,
  userHref,
} from '../shared/location.tsx';
import { Badge, Facts, Json, Loading, Repeats, Time } from '../shared/parts.tsx';
import { describe, placementText, RecordLink, timeOf, traceOf } from '../shared/records.tsx';
import { useJson } from '../shared/use-json.ts';

/** Everything about one record, with the ways to what belongs to it. */
export function Detail({ id }: { readonly id: string }): ReactElement {
  const place = usePlace();
  const loaded = useJson<StoredRecord>(`/api/records/${encodeURIComponent(id)}`);
  return (
    <aside className="detail" aria-label="Selected record">
      <Link className="button close" href={hrefWith(place, { record: null })} title="Esc">
        Close
      </Link>
      <Loading loaded={loaded}>{(record) => <Content record={record} />}</Loading>
    </aside>
  );
}

function Content({ record }: { readonly record: StoredRecord }): ReactElement {
  return (
    <>
      <Badge kind={record.kind} />
      <h2>
        {describe(record).title}
        {record.kind === 'event' && <Repeats count={record.repeats} />}
      </h2>
      <DetailFacts record={record} />
      <DetailLinks record={record} />
      <Related record={record} />
      {record.kind === 'error' && <ErrorParts error={record} />}
      <h3>JSON</h3>
      <Json value={record} />
    </>
  );
}

function DetailFacts({ record }: { readonly record: StoredRecord }): ReactElement {
  return (
    <Facts
      facts={[
        ['time', <Time key="time" at={timeOf(record)} />],
        ['arrived', <Time key="arrived" at={record.receivedAt} />],
        ['user', sentUserOf(record)],
        ['service', serviceOf(record)],
        ['location', 'placement' in record && record.placement !== undefined && placementText(record.placement)],
        ['trace', traceOf(record)],
        ['duration', record.kind === 'span' ? durationText(record.durationMs) : null],
        ['reason', record.kind === 'rejected' ? record.message : null],
      ]}
    />
  );
}

/** Leads from a record to its issue, trace and user. */
function DetailLinks({ record }: { readonly record: StoredRecord }): ReactElement {
  const trace = traceOf(record);
  const user = sentUserOf(record);
  return (
    <p className="links">
      {record.kind === 'error' && <ButtonLink href={issueHref(record.issueId, record.eventId)}>View issue</ButtonLink>}
      {trace !== null && (
        <>
          <ButtonLink href={traceHref(trace)}>View trace</ButtonLink>
          <ButtonLink href={liveHref({ trace })}>Filter by trace</ButtonLink>
        </>
      )}
      {user !== null && (
        <>
          <ButtonLink href={userHref(user)}>View user</ButtonLink>
          <ButtonLink href={liveHref({ user })}>Filter by user</ButtonLink>
        </>
      )}
    </p>
  );
}

const MAX_SHOWN = 10;

/** Events and errors of the same trace: from what a person did to what broke, and back. */
function Related({ record }: { readonly record: StoredRecord }): ReactElement | null {
  const events = useOfTrace(record, 'event');
  const errors = useOfTrace(record, 'error');
  const related = [...errors, ...events].filter(({ id }) => id !== record.id).slice(0, MAX_SHOWN);
  if (related.length === 0) return null;
  return (
    <section>
      <h3>In the same trace</h3>
      <ul className="related">
        {related.map((each) => (
          <li key={each.id}>
            <RecordLink record={each} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function useOfTrace(record: StoredRecord, kind: 'event' | 'error'): readonly StoredRecord[] {
  const trace = traceOf(record);
  const path = trace === null ? null : hrefOf('/api/timeline', { trace_id: trace, kind, limit: '20' });
  return useLiveJson<{ records: readonly StoredRecord[] }>(path).data?.records ?? [];
}

/** Stack and breadcrumbs; the inbox knows where in an event they are. */
function ErrorParts({ error }: { readonly error: StoredError }): ReactElement | null {
  const { data } = useJson<ErrorDetail>(`/api/errors/${error.eventId}`);
  if (data === undefined) return null;
  return (
    <>
      <Exceptions exceptions={data.exceptions} />
      <Breadcrumbs crumbs={data.breadcrumbs} />
    </>
  );
}
