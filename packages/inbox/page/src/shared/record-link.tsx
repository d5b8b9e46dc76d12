import type { ReactElement } from 'react';
import type { StoredRecord } from '../../../src/store/records.ts';
import { Badge } from './badge.tsx';
import { describe, timeOf } from './describe.ts';
import { Link } from './link.tsx';
import { issueHref, recordHref } from './paths.ts';
import { Time } from './time.tsx';

/** One record in one line; an error leads to its issue, all else to its detail. */
export function RecordLink({ record }: { readonly record: StoredRecord }): ReactElement {
  const { title, about } = describe(record);
  const href = record.kind === 'error' ? issueHref(record.issueId, record.eventId) : recordHref(record.id);
  return (
    <Link className={`line ${record.kind}`} href={href}>
      <Time at={timeOf(record)} form="clock" />
      <Badge kind={record.kind} />
      <strong className="title">{title}</strong>
      <span className="about">{about}</span>
    </Link>
  );
}
