import { STATUS_CODES } from 'node:http';
import type { FaultEndpoint, FaultOf } from './fault.ts';

/** A status with the body and the headers that the vendor gives it. */
interface VendorAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
}

const IMPORT_ERRORS: Readonly<Record<number, string>> = {
  400: 'some data points in the request failed validation',
  401: 'Invalid credentials',
  413: 'request exceeds max limit of 10485760 bytes',
  429: 'Project exceeded rate limits. Please retry the request with exponential backoff.',
};

const SENTRY_DETAILS: Readonly<Record<number, string>> = {
  400: 'invalid event envelope',
  401: 'missing authorization information',
  403: 'event submission rejected with_reason: ProjectId',
  413: "envelope exceeded size limits for type 'event' (https://develop.sentry.dev/sdk/envelopes/#size-limits)",
  429: 'Sentry dropped data due to a quota or internal rate limit being reached. This will not affect your application. See https://docs.sentry.io/product/accounts/quotas/ for more information.',
  503: 'failed to queue envelope',
};

const STATUS_WORDS: Readonly<Record<number, string>> = { 413: 'Request Entity Too Large' };

/**
 * What the vendor answers with this status, as documented; else the status in words, in the shape of the endpoint.
 * @param strict - profile updates with `strict=1` are answered like events
 */
export function vendorAnswer(endpoint: FaultEndpoint, status: number, strict = false): VendorAnswer {
  const words = STATUS_WORDS[status] ?? STATUS_CODES[status] ?? 'Unknown';
  if (endpoint === 'envelope') return sentryAnswer(status, words);
  const isProfile = endpoint === 'engage' || endpoint === 'groups';
  if (endpoint !== 'import' && !(isProfile && strict)) {
    const body = status < 400 ? { status: 1, error: null } : { error: words, status: 'error' };
    return { status, body, headers: {} };
  }
  const count = isProfile ? 'num_good_events' : 'num_records_imported';
  if (status < 400) return { status, body: { code: status, [count]: 0, status: 'OK' }, headers: {} };
  const body = { code: status, error: IMPORT_ERRORS[status] ?? words, status: words };
  const partial = status === 400 ? { [count]: 0, failed_records: [] } : {};
  return { status, body: { ...body, ...partial }, headers: {} };
}

function sentryAnswer(status: number, words: string): VendorAnswer {
  if (status < 400) return { status, body: {}, headers: {} };
  const detail = SENTRY_DETAILS[status] ?? words;
  return { status, body: { detail, causes: [] }, headers: { 'x-sentry-error': detail } };
}

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
