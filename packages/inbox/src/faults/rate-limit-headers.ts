import type { FaultEndpoint, FaultOf } from './fault.ts';

const DEFAULT_RETRY_AFTER_SECONDS = 60;

/**
 * The headers of a rate limit. Mixpanel documents none, so there it takes a `retryAfterSeconds` to get one.
 * @see https://develop.sentry.dev/sdk/expected-features/rate-limiting/
 */
export function rateLimitHeaders(endpoint: FaultEndpoint, limit: FaultOf<'rate-limit'>): Record<string, string> {
  const { headers = 'all', categories = [], scope = 'organization', retryAfterSeconds } = limit;
  if (headers === 'none') return {};
  if (endpoint !== 'envelope') {
    return retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
  }
  const seconds = retryAfterSeconds ?? DEFAULT_RETRY_AFTER_SECONDS;
  // Whole seconds only: that is all the standard header can say.
  const retryAfter = { 'retry-after': String(Math.ceil(seconds)) };
  if (headers === 'retry-after') return retryAfter;
  return { ...retryAfter, 'x-sentry-rate-limits': `${seconds}:${categories.join(';')}:${scope}:quota_exceeded` };
}
