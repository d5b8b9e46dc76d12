import type { ReactElement } from 'react';
import type { JsonObject } from '../../../src/store/records.ts';
import { Time } from './time.tsx';

/** What happened in the process before an error. */
export function Breadcrumbs({ crumbs }: { readonly crumbs: readonly JsonObject[] }): ReactElement | null {
  if (crumbs.length === 0) return null;
  return (
    <section>
      <h3>What happened before</h3>
      <ol className="crumbs">
        {crumbs.map(({ timestamp, category = '', message, data = '' }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: crumbs do not change, and may be the same twice
          <li key={index}>
            {typeof timestamp === 'number' && <Time at={timestamp * 1000} form="clock" />}
            <span className="category">{String(category)}</span>
            <span>{typeof message === 'string' && message !== '' ? message : JSON.stringify(data)}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
