import { warnOnce } from './warn-once.ts';

/** A share from 0 to 1 as a variable names it; for what is none the fallback is used. */
export function sampleRate(name: string, text: unknown, fallback: number): number {
  const rate = Number(text || fallback);
  if (rate >= 0 && rate <= 1) return rate;
  if (import.meta.env.DEV) warnOnce(`${name} should be a number from 0 to 1, got "${text}"; ${fallback} is used`);
  return fallback;
}
