import type { CSSProperties, ReactElement } from 'react';
import type { StoredError, StoredEvent } from '../../../src/store/records.ts';
import { Badge } from '../shared/badge.tsx';
import { describe } from '../shared/describe.ts';
import { Link } from '../shared/link.tsx';
import { issueHref, recordHref } from '../shared/paths.ts';

interface MarkRowProps {
  readonly record: StoredError | StoredEvent;
  readonly depth: number;
  /** Percent of the whole. */
  readonly left: number;
}

/** An error or event at its moment; leads to it. */
export function MarkRow({ record, depth, left }: MarkRowProps): ReactElement {
  const href = record.kind === 'error' ? issueHref(record.issueId, record.eventId) : recordHref(record.id);
  const style = { '--depth': depth, '--left': `${left}%` };
  return (
    <Link className={`bar-row ${record.kind}`} style={style as CSSProperties} href={href}>
      <span className="name">
        <Badge kind={record.kind} />
        <strong>{describe(record).title}</strong>
      </span>
      <span className="track">
        <span className="mark" />
      </span>
    </Link>
  );
}
