/** First wait, doubled at each attempt. Mixpanel reference, import-events. */
const FIRST_DELAY_MS = 2000;
const MAX_DELAY_MS = 60_000;
const MIN_JITTER_MS = 1000;
export const MAX_JITTER_MS = 5000;
/** Longest wait that a receiver can ask for, as in the vendor's own browser client: a mistaken date must not silence a lane for good. */
const MAX_ASKED_MS = 600_000;

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
  /** What a 2xx says of the records. @default 'accepted' */
  readonly acknowledgement?: 'accepted' | 'refused' | 'foreign';
  /** How often this batch was sent before, 0 at first. */
  readonly attempt: number;
  readonly now: number;
  /** From 0 to 1. */
  readonly random: number;
}

/** Decides what becomes of a batch. Pure, so that the whole policy can be read and tested as a table. */
export function decide({ status, retryAfter, acknowledgement = 'accepted', attempt, now, random }: Attempt): Decision {
  const isSuccess = status !== undefined && status >= 200 && status < 300;
  if (isSuccess && acknowledgement === 'accepted') return { action: 'delivered' };
  if (isSuccess && acknowledgement === 'refused') return { action: 'rejected' };
  if (status === 413) return { action: 'split' };
  if (status === 401 || status === 403) return { action: 'pause', delayMs: MAX_DELAY_MS };
  const isTransient = status === undefined || isSuccess || status === 408 || status === 429 || status >= 500;
  if (!isTransient) return { action: 'rejected' };
  const asked = parseRetryAfter(retryAfter, now, attempt);
  const backoff = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** attempt);
  const jitter = MIN_JITTER_MS + random * (MAX_JITTER_MS - MIN_JITTER_MS);
  return { action: 'retry', delayMs: asked ?? backoff + jitter };
}

function parseRetryAfter(value: string | undefined, now: number, attempt: number): number | undefined {
  if (value === undefined || value.trim() === '') return undefined;
  const seconds = Number(value);
  const asked = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - now;
  // "At once" is obeyed once; after that it would be a loop without a pause.
  const least = attempt === 0 ? 0 : MIN_JITTER_MS;
  return Number.isNaN(asked) ? undefined : Math.min(MAX_ASKED_MS, Math.max(least, asked));
}
