import type { CSSProperties, ReactElement, ReactNode } from 'react';
import { spanTitle } from '../../../src/query/spans.ts';
import type { StoredError, StoredEvent, StoredSpan } from '../../../src/store/records.ts';
import { countOf, countText, durationText, valueText } from '../shared/format.ts';
import { hrefWith, issueHref, Link, recordHref, usePlace } from '../shared/location.tsx';
import { Badge, Facts, Time } from '../shared/parts.tsx';
import { describe } from '../shared/records.tsx';
import type { AssetsRow as Row, WaterfallRow } from './waterfall-rows.ts';

const MAX_ROWS = 500;

interface WaterfallProps {
  readonly rows: readonly WaterfallRow[];
  readonly from: number;
  readonly to: number;
}

export function Waterfall({ rows, from, to }: WaterfallProps): ReactElement {
  const open = usePlace().query.get('span');
  const total = Math.max(to - from, 0.001);
  const share = (time: number): number => ((time - from) / total) * 100;
  return (
    <>
      <ol className="waterfall">
        {rows.slice(0, MAX_ROWS).map((row) =>
          'assets' in row ? (
            <li key={`assets ${row.assets[0]?.id}`}>
              <AssetsRow row={row} left={share(row.from)} width={((row.to - row.from) / total) * 100} />
            </li>
          ) : (
            <li key={row.record.id} className={row.record.kind}>
              {row.record.kind === 'span' ? (
                <SpanRow
                  span={row.record}
                  depth={row.depth}
                  left={share(row.record.time)}
                  width={(row.record.durationMs / total) * 100}
                  isOpen={open === row.record.spanId}
                />
              ) : (
                <MarkRow record={row.record} depth={row.depth} left={share(row.record.time)} />
              )}
            </li>
          ),
        )}
      </ol>
      {rows.length > MAX_ROWS && <p className="others">{countText(rows.length - MAX_ROWS)} more rows not shown.</p>}
    </>
  );
}

interface SpanRowProps {
  readonly span: StoredSpan;
  readonly depth: number;
  /** Percent of the whole. */
  readonly left: number;
  readonly width: number;
  /** Whether its attributes are shown. */
  readonly isOpen: boolean;
}

function SpanRow({ span, depth, left, width, isOpen }: SpanRowProps): ReactElement {
  const place = usePlace();
  const hasFailed = span.status !== 'ok';
  return (
    <>
      <Bar
        position={{ '--depth': depth, '--left': `${left}%`, '--width': `${width}%`, '--hue': hueOf(span.service) }}
        href={hrefWith(place, { span: isOpen ? null : span.spanId })}
        isOpen={isOpen}
        about={[span.service, span.op, hasFailed ? span.status : null].filter(Boolean).join('  ')}
        duration={durationText(span.durationMs)}
      >
        <strong className={hasFailed ? 'bad' : ''}>{spanTitle(span)}</strong>
      </Bar>
      {isOpen && (
        <div className="card">
          <Facts
            facts={[
              ['begins', <Time key="begins" at={span.time} form="clock" />],
              ['status', span.status],
              ['span', span.spanId],
              ...Object.entries(span.attributes).map(([name, value]) => [name, valueText(value)] as const),
            ]}
          />
        </div>
      )}
    </>
  );
}

interface AssetsRowProps {
  readonly row: Row;
  /** Percent of the whole. */
  readonly left: number;
  readonly width: number;
}

/** Scripts, styles and images in one line, which leads to all of them. */
function AssetsRow({ row: { assets, depth, from, to }, left, width }: AssetsRowProps): ReactElement {
  const hue = hueOf(assets[0]?.service ?? null);
  return (
    <Bar
      className="assets"
      position={{ '--depth': depth, '--left': `${left}%`, '--width': `${width}%`, '--hue': hue }}
      href={hrefWith(usePlace(), { assets: '1' })}
      isOpen={false}
      about="scripts, styles, images"
      duration={durationText(to - from)}
    >
      <strong>{countOf(assets.length, 'asset')}</strong>
    </Bar>
  );
}

interface BarProps {
  readonly className?: string;
  /** Variables that its style reads. */
  readonly position: Readonly<Record<`--${string}`, string | number>>;
  readonly href: string;
  readonly isOpen: boolean;
  readonly about: string;
  readonly duration: string;
  /** Its name. */
  readonly children: ReactNode;
}

function Bar({ className = '', position, href, isOpen, about, duration, children }: BarProps): ReactElement {
  return (
    <Link className={`bar-row ${className}`} style={position as CSSProperties} href={href} aria-expanded={isOpen}>
      <span className="name">
        {children}
        <span className="muted">{about}</span>
      </span>
      <span className="track">
        <span className="span-bar" />
      </span>
      <span className="duration">{duration}</span>
    </Link>
  );
}

interface MarkRowProps {
  readonly record: StoredError | StoredEvent;
  readonly depth: number;
  /** Percent of the whole. */
  readonly left: number;
}

/** An error or event at its moment; leads to it. */
function MarkRow({ record, depth, left }: MarkRowProps): ReactElement {
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

/** From teal to violet: red and green would seem to say how it went. */
const HUES = { first: 165, count: 150 };

/** Spans of one service share a colour. */
function hueOf(service: string | null): number {
  let hash = 7;
  for (const character of service ?? '') hash = (hash * 31 + character.charCodeAt(0)) % 9973;
  return HUES.first + ((hash * 137) % HUES.count);
}
