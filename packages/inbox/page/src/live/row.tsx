import { type CSSProperties, memo, type ReactElement } from 'react';
import type { LiveRow } from '../../../src/query/live/live-rows.ts';
import { Badge } from '../shared/badge.tsx';
import { type Description, describe, timeOf } from '../shared/describe.ts';
import { countOf, durationText } from '../shared/format.ts';
import { Link } from '../shared/link.tsx';
import { traceHref } from '../shared/paths.ts';
import { Repeats } from '../shared/repeats.tsx';
import { Time } from '../shared/time.tsx';

interface RowProps {
  readonly row: LiveRow;
  /** Where a record is shown; a trace leads to its waterfall. */
  readonly href: string;
  readonly isSelected: boolean;
  readonly isByArrival: boolean;
}

/** Draws again only when what it shows has changed: each answer of the inbox has the same rows again. */
export const Row = memo(PlainRow, (before, after) => {
  const isSameView = before.href === after.href && before.isSelected === after.isSelected;
  return isSameView && before.isByArrival === after.isByArrival && isSameRow(before.row, after.row);
});

function PlainRow({ row, href, isSelected, isByArrival }: RowProps): ReactElement {
  const { title, about } = descriptionOf(row);
  const { kind, traceId } = row;
  const hue = traceId === null ? undefined : ({ '--hue': String(hueOf(traceId)) } as CSSProperties);
  return (
    <Link href={kind === 'trace' ? traceHref(row.traceId) : href} className={`row ${kind}`} aria-current={isSelected}>
      <Time at={momentOf(row, isByArrival)} form="clock" />
      <Badge kind={kind} />
      <span className="trace-mark" style={hue} title={traceId === null ? 'no trace' : `trace ${traceId}`} />
      <strong className="title">
        {title}
        {kind !== 'trace' && <Repeats count={row.repeats} />}
      </strong>
      <span className="about">{about}</span>
      <span className="user">{kind === 'trace' ? '' : row.userId}</span>
    </Link>
  );
}

/** A stored record does not change; its user may become known, and a trace may get more spans. */
function isSameRow(before: LiveRow, after: LiveRow): boolean {
  if (before.kind === 'trace' || after.kind === 'trace') return JSON.stringify(before) === JSON.stringify(after);
  return before.id === after.id && before.repeats === after.repeats && before.userId === after.userId;
}

/** The moment that a row shows: of its arrival, or of what happened. */
export function momentOf(row: LiveRow, isByArrival: boolean): number {
  if (isByArrival) return row.receivedAt;
  return row.kind === 'trace' ? row.time : timeOf(row.record);
}

function descriptionOf(row: LiveRow): Description {
  if (row.kind !== 'trace') return describe(row.record);
  const { title, spans, services, durationMs } = row;
  const parts = [countOf(spans, 'span')];
  if (services.length > 0) parts.push(countOf(services.length, 'service'));
  return { title, about: [...parts, durationText(durationMs)].join(', ') };
}

/** Records of one trace share a colour, so that they are seen together at a glance. */
function hueOf(trace: string): number {
  let hash = 0;
  for (const character of trace) hash = (hash * 31 + character.charCodeAt(0)) % 9973;
  return (hash * 137) % 360;
}
