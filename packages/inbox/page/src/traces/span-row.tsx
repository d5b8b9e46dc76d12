import type { CSSProperties, ReactElement } from 'react';
import type { StoredSpan } from '../../../src/store/records.ts';
import { spanTitle } from '../../../src/views/assets.ts';
import { Facts } from '../shared/facts.tsx';
import { durationText, valueText } from '../shared/format.ts';
import { Link } from '../shared/link.tsx';
import { hrefWith, usePlace } from '../shared/location.ts';
import { Time } from '../shared/time.tsx';
import { hueOf } from './service-hue.ts';

interface SpanRowProps {
  readonly span: StoredSpan;
  readonly depth: number;
  /** Percent of the whole. */
  readonly left: number;
  readonly width: number;
  /** Whether its attributes are shown. */
  readonly isOpen: boolean;
}

export function SpanRow({ span, depth, left, width, isOpen }: SpanRowProps): ReactElement {
  const place = usePlace();
  const style = { '--depth': depth, '--left': `${left}%`, '--width': `${width}%`, '--hue': hueOf(span.service) };
  const hasFailed = span.status !== 'ok';
  return (
    <>
      <Link
        className="bar-row"
        style={style as CSSProperties}
        href={hrefWith(place, { span: isOpen ? null : span.spanId })}
        aria-expanded={isOpen}
      >
        <span className="name">
          <strong className={hasFailed ? 'bad' : ''}>{spanTitle(span)}</strong>
          <span className="muted">
            {[span.service, span.op, hasFailed ? span.status : null].filter(Boolean).join('  ')}
          </span>
        </span>
        <span className="track">
          <span className="span-bar" />
        </span>
        <span className="duration">{durationText(span.durationMs)}</span>
      </Link>
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
