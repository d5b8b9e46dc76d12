/** First wait, doubled at each attempt. Mixpanel reference, import-events. */
const FIRST_DELAY_MS = 2000;
const MAX_DELAY_MS = 60_000;
const MIN_JITTER_MS = 1000;
const MAX_JITTER_MS = 5000;

/** What to do with a batch after an answer. */
export type Decision =
  | { readonly action: 'delivered' }
  | { readonly action: 'retry'; readonly delayMs: number }
  /** The receiver does not accept some or all records; the answer says which. */
  | { readonly action: 'rejected' }
  /** The receiver does not accept our credentials: sending on would only burn the rate limit. */
  | { readonly action: 'pause'; readonly delayMs: number }
  | { readonly action: 'split' };

/** What {@link decide} looks at; nothing else influences it. */
export interface Attempt {
  /** Absent when no answer came. */
  readonly status?: number;
  /** The `Retry-After` header: seconds or an HTTP date. */
  readonly retryAfter?: string;
  /** How often this batch was sent before, 0 at first. */
  readonly attempt: number;
  readonly now: number;
  /** From 0 to 1. */
  readonly random: number;
}

/** Decides what becomes of a batch. Pure, so that the whole policy can be read and tested as a table. */
export function decide({ status, retryAfter, attempt, now, random }: Attempt): Decision {
  if (status !== undefined && status >= 200 && status < 300) return { action: 'delivered' };
  if (status === 413) return { action: 'split' };
  if (status === 401 || status === 403) return { action: 'pause', delayMs: MAX_DELAY_MS };
  const isTransient = status === undefined || status === 408 || status === 429 || status >= 500;
  if (!isTransient) return { action: 'rejected' };
  const asked = parseRetryAfter(retryAfter, now);
  const backoff = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** attempt);
  const jitter = MIN_JITTER_MS + random * (MAX_JITTER_MS - MIN_JITTER_MS);
  return { action: 'retry', delayMs: asked ?? backoff + jitter };
}

function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
