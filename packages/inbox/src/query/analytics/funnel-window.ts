import Type from 'typebox';
import { ParameterError } from './parameter-error.ts';
import { DAY_MS } from './time-zone.ts';

const UNIT_MS = { second: 1000, minute: 60_000, hour: 3_600_000, day: DAY_MS } as const;
/** The longest that the vendor's Query API takes. */
const MAX_WINDOW_DAYS = 90;

/** How long users have from the first step of a funnel to the last. */
export const windowParameters = {
  length: Type.Integer({ minimum: 1, default: 7, description: 'conversion window, in length_unit' }),
  length_unit: Type.Enum(['second', 'minute', 'hour', 'day'], { default: 'day' }),
};

/** Returns the conversion window in milliseconds. @throws ParameterError when it is longer than 90 days. */
export function windowOf(length: number, unit: keyof typeof UNIT_MS): number {
  const windowMs = length * UNIT_MS[unit];
  if (windowMs <= MAX_WINDOW_DAYS * DAY_MS) return windowMs;
  throw new ParameterError('length', `must be at most ${MAX_WINDOW_DAYS} days, got ${length} ${unit}s`);
}
