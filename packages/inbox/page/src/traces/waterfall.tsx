import type { ReactElement } from 'react';
import { countText } from '../shared/format.ts';
import { usePlace } from '../shared/location.ts';
import { AssetsRow } from './assets-row.tsx';
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
