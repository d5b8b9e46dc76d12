const counts = new Intl.NumberFormat();

export function countText(count: number): string {
  return counts.format(count);
}

/** A count with its noun: `1 error`, `2 errors`. */
export function countOf(count: number, noun: string, plural = `${noun}s`): string {
  return `${countText(count)} ${count === 1 ? noun : plural}`;
}

/** A duration. It is never negative: the clocks of two processes may differ, and one may be set back. */
export function durationText(measuredMs: number): string {
  const ms = Math.max(0, measuredMs);
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < 3_600_000) return `${Math.round(ms / 60_000)} min`;
  return `${(ms / 3_600_000).toFixed(1)} h`;
}

export function bytesText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** Any value as one line of text. */
export function valueText(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

const numbers = new Intl.NumberFormat(undefined, { maximumFractionDigits: 2 });

export function numberText(value: number): string {
  return numbers.format(value);
}

const NAMES = new Intl.DateTimeFormat([], { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
const RELATIVE = new Intl.RelativeTimeFormat([], { numeric: 'auto' });

/** Returns a key for the local day of a time: equal for times of the same day. */
export function dayOf(at: number): string {
  return new Date(at).toDateString();
}

/** The name of a day: Today, Yesterday, else its date. */
export function dayText(at: number, now: number): string {
  if (Number.isNaN(new Date(at).getTime())) return 'Unknown date';
  const daysAgo = Math.round((startOfDay(now) - startOfDay(at)) / 86_400_000);
  if (daysAgo !== 0 && daysAgo !== 1) return NAMES.format(at);
  const name = RELATIVE.format(-daysAgo, 'day');
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function startOfDay(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}
