import type { ReactElement } from 'react';

const clock = new Intl.DateTimeFormat([], {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
  hourCycle: 'h23',
});
const full = new Intl.DateTimeFormat([], { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' });

/** A moment in local time; UTC is in the tooltip. */
export function Time({ at, form = 'full' }: { readonly at: number; readonly form?: 'clock' | 'full' }): ReactElement {
  // A client may send any number as a time.
  const iso = isoOf(at);
  if (iso === undefined) return <time>{String(at)}</time>;
  return (
    <time dateTime={iso} title={`${iso.replace('T', ' ').replace('Z', '')} UTC`}>
      {form === 'clock' ? clock.format(at) : full.format(at)}
    </time>
  );
}

function isoOf(at: number): string | undefined {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}
