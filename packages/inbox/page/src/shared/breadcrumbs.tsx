import type { ReactElement } from 'react';
import type { JsonObject } from '../../../src/store/records.ts';
import { valueText } from './format.ts';
import { Time } from './time.tsx';

/** What happened in the process before an error, in order of time. */
export function Breadcrumbs({ crumbs }: { readonly crumbs: readonly JsonObject[] }): ReactElement | null {
  if (crumbs.length === 0) return null;
  return (
    <section>
      <h3>Breadcrumbs</h3>
      <ol className="crumbs">
        {crumbs.map((crumb, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: crumbs do not change, and may be the same twice
          <li key={index}>
            <Crumb crumb={crumb} />
          </li>
        ))}
      </ol>
    </section>
  );
}

function Crumb({
  crumb: { timestamp, category, type, level, message, data },
}: {
  readonly crumb: JsonObject;
}): ReactElement {
  const time = timeOf(timestamp);
  const isBad = level === 'error' || level === 'fatal' || level === 'critical';
  return (
    <>
      {time !== undefined && <Time at={time} form="clock" />}
      <span className="category">{String(category ?? type ?? 'default')}</span>
      {typeof level === 'string' && level !== 'info' && <span className={isBad ? 'bad' : 'muted'}>{level} </span>}
      <span>{[textOf(message), dataText(data)].filter((text) => text !== '').join('  ')}</span>
    </>
  );
}

/** Seconds, or a date in older SDKs. */
function timeOf(timestamp: unknown): number | undefined {
  if (typeof timestamp === 'number') return timestamp * 1000;
  const parsed = typeof timestamp === 'string' ? Date.parse(timestamp) : Number.NaN;
  return Number.isNaN(parsed) ? undefined : parsed;
}

function textOf(message: unknown): string {
  return message === undefined || message === null ? '' : valueText(message);
}

function dataText(data: unknown): string {
  if (typeof data !== 'object' || data === null) return textOf(data);
  return Object.entries(data)
    .map(([name, value]) => `${name} ${valueText(value)}`)
    .join('  ');
}
