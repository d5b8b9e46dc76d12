import type { ReactElement } from 'react';
import type { JsonObject } from '../../../src/store/records.ts';
import { SourceLines } from './source-lines.tsx';

/** The calls of an error, the one that threw first. */
export function Stack({ frames }: { readonly frames: readonly JsonObject[] }): ReactElement | null {
  if (frames.length === 0) return null;
  return (
    <section>
      <h3>Stack</h3>
      <ol className="stack">
        {frames.toReversed().map((frame, index) => {
          const isInApp = frame['in_app'] === true;
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: a stack does not change, and may hold the same call twice
            <li key={index} className={isInApp ? 'in-app' : ''}>
              <span>{placeOf(frame)}</span>
              {isInApp && <SourceLines frame={frame} />}
            </li>
          );
        })}
      </ol>
    </section>
  );
}

function placeOf({ function: name, filename, module, lineno }: JsonObject): string {
  return `${name ?? '?'}  ${filename ?? module ?? '?'}:${lineno ?? '?'}`;
}
