const MIN_WAIT_MS = 1000;

/**
 * How long to wait after a 429, in milliseconds. `Retry-After` is in seconds; `X-Sentry-Rate-Limit-Reset` is a time, in seconds since the
 * epoch (https://docs.sentry.io/api/ratelimits/). When too many requests are open at once, that time may have passed.
 */
export function rateLimitWaitMs(headers: Headers, now: number): number {
  const after = Number(headers.get('retry-after') || Number.NaN) * 1000;
  const until = Number(headers.get('x-sentry-rate-limit-reset') || Number.NaN) * 1000 - now;
  const wait = Number.isFinite(after) ? after : until;
  return Number.isFinite(wait) ? Math.max(wait, MIN_WAIT_MS) : MIN_WAIT_MS;
}
