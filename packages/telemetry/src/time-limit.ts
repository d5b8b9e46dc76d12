// Taken when the module is loaded: a test that fakes timers fakes those of its own code, and must not stop ours.
const { setTimeout, clearTimeout } = globalThis;

/** `performance.now`, whatever a test puts in its place. */
export const monotonicNow = performance.now.bind(performance);

/** The longest that a timer of Node can wait; it treats a longer time as 1 ms. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** Returns a number of milliseconds that a timer can wait, for any argument: `Infinity` becomes the longest, no number the default. */
export function toTimeLimit(timeoutMs: unknown, defaultMs: number): number {
  const isNumeric = typeof timeoutMs === 'number' || typeof timeoutMs === 'string' || typeof timeoutMs === 'bigint';
  const limit = isNumeric && String(timeoutMs).trim() !== '' ? Number(timeoutMs) : Number.NaN;
  return Number.isNaN(limit) ? defaultMs : Math.min(MAX_TIMEOUT_MS, Math.max(0, limit));
}

/** Resolves with what `work` resolves to, or with `undefined` after `timeoutMs`, or when `work` rejects. */
export async function within<T>(work: PromiseLike<T>, timeoutMs: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), Math.min(MAX_TIMEOUT_MS, timeoutMs));
  });
  try {
    return await Promise.race([work, limit]);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}
