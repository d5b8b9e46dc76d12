import type { ReactElement } from 'react';
import { countText } from '../shared/format.ts';
import { usePlace } from '../shared/location.ts';
import { MarkRow } from './mark-row.tsx';
import { SpanRow } from './span-row.tsx';
import type { WaterfallRow } from './waterfall-rows.ts';

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
        {rows.slice(0, MAX_ROWS).map(({ record, depth }) => (
          <li key={record.id} className={record.kind}>
            {record.kind === 'span' ? (
              <SpanRow
                span={record}
                depth={depth}
                left={share(record.time)}
                width={(record.durationMs / total) * 100}
                isOpen={open === record.spanId}
              />
            ) : (
              <MarkRow record={record} depth={depth} left={share(record.time)} />
            )}
          </li>
        ))}
      </ol>
      {rows.length > MAX_ROWS && <p className="others">{countText(rows.length - MAX_ROWS)} more are not drawn.</p>}
    </>
  );
}
