import { AppError } from '@qr/common';
import { addDays, countDays, type Day, dayOf } from './days.ts';

const DEFAULT_DAYS = 30;
const MAX_DAYS = 366;

/** Days in UTC, both included. */
export interface Period {
  readonly from: Day;
  readonly to: Day;
}

/**
 * The days that a query asks for: up to today unless it says otherwise, and the 30 that end there.
 *
 * @throws AppError 400 that names the wrong end.
 */
export function readPeriod(query: Partial<Period>, now: number): Period {
  const { to = dayOf(now) } = query;
  const { from = addDays(to, 1 - DEFAULT_DAYS) } = query;
  if (from > to) refuse(`from must not be after ${query.to === undefined ? 'today' : 'to'}, which is ${to}`);
  const days = countDays(from, to);
  if (days > MAX_DAYS) refuse(`from must be at most ${MAX_DAYS - 1} days before ${to}: choose a shorter period`);
  return { from, to };
}

function refuse(message: string): never {
  throw new AppError({ code: 'invalid_period', message, field: 'from' });
}
