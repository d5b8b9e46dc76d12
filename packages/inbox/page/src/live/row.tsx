import { type CSSProperties, memo, type ReactElement } from 'react';
import type { StoredRecord } from '../../../src/store/records.ts';
import { Badge } from '../shared/badge.tsx';
import { describe, timeOf, traceOf, userOf } from '../shared/describe.ts';
import { Link } from '../shared/link.tsx';
import { Time } from '../shared/time.tsx';

interface RowProps {
  readonly record: StoredRecord;
  readonly href: string;
  readonly isSelected: boolean;
  readonly isByArrival: boolean;
}

export const Row = memo(function Row({ record, href, isSelected, isByArrival }: RowProps): ReactElement {
  const { title, about } = describe(record);
  const trace = traceOf(record);
  const hue = trace === null ? undefined : ({ '--hue': String(hueOf(trace)) } as CSSProperties);
  return (
    <Link href={href} className={`row ${record.kind}`} aria-current={isSelected}>
      <Time at={isByArrival ? record.receivedAt : timeOf(record)} form="clock" />
      <Badge kind={record.kind} />
      <span className="trace" style={hue} title={trace === null ? 'no trace' : `trace ${trace}`} />
      <strong className="title">{title}</strong>
      <span className="about">{about}</span>
      <span className="user">{userOf(record)}</span>
    </Link>
  );
});

/** Records of one trace share a colour, so that they are seen together at a glance. */
function hueOf(trace: string): number {
  let hash = 0;
  for (const character of trace) hash = (hash * 31 + character.charCodeAt(0)) % 9973;
  return (hash * 137) % 360;
}
