import type { TimeWindow } from '@qr/alerts';
import Type from 'typebox';
import { ParameterError } from '../../query/analytics/parameter-error.ts';

const Time = Type.String({ description: 'ISO 8601, in UTC unless it says otherwise: 2026-11-20T11:00:00' });

/** Sentry's `statsPeriod` is not taken: a time that depends on when one asks has no right answer in a test. */
export const windowParameters = { start: Time, end: Time };

export function windowOf({ start, end }: { readonly start: string; readonly end: string }): TimeWindow {
  const window = { from: timeOf('start', start), to: timeOf('end', end) };
  if (window.to > window.from) return window;
  throw new ParameterError('end', `must be after start ${start}, got ${end}`);
}

function timeOf(name: string, text: string): number {
  const time = Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`);
  if (!Number.isNaN(time)) return time;
  throw new ParameterError(name, `must be a time such as 2026-11-20T11:00:00, got "${text}"`);
}
