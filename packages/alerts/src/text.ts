import type { AlertRule, Measure } from './rule.ts';
import type { AlertState } from './state.ts';

const numbers = new Intl.NumberFormat('en-US', { maximumFractionDigits: 2 });

/** A value as people write it: `1,034`, `5,210 ms`, `4.2 %`. Comparisons use the value itself. */
export function valueText({ kind }: Measure, value: number): string {
  if (kind === 'conversion') return `${numbers.format(value * 100)} %`;
  return kind === 'request_duration' ? `${numbers.format(value)} ms` : numbers.format(value);
}

/** When a rule fires: `above 100`. */
export function boundText({ measure, condition }: Pick<AlertRule, 'measure' | 'condition'>): string {
  return 'above' in condition
    ? `above ${valueText(measure, condition.above)}`
    : `below ${valueText(measure, condition.below)}`;
}

/** The time that a state is about, to the minute: `2026-11-20 11:00 to 12:00 UTC`. */
export function windowText({ from, to }: Pick<AlertState, 'from' | 'to'>): string {
  const [start, end] = [from, to].map((time) => new Date(time).toISOString().slice(0, 16).replace('T', ' '));
  const isOneDay = start?.slice(0, 10) === end?.slice(0, 10);
  return `${start} to ${isOneDay ? end?.slice(11) : end} UTC`;
}
