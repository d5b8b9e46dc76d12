import type { ReadReply, Refusal } from './lanes.ts';
import type { HttpReply, Reply } from './transport.ts';

/** Waits between attempts, in milliseconds. */
export interface RetryOptions {
  /** First wait, doubled at each attempt. @default 2000 */
  readonly firstDelayMs: number;
  /** @default 60_000 */
  readonly maxDelayMs: number;
  /** Least that is added to a wait, so that processes do not retry together; also the shortest wait that a receiver can ask for. @default 1000 */
  readonly minJitterMs: number;
  /** Most that is added to a wait. @default 5000 */
  readonly maxJitterMs: number;
  /** Longest wait that a receiver can ask for: a mistaken date must not silence a lane for good. @default 600_000 */
  readonly maxAskedMs: number;
}

const DEFAULTS: RetryOptions = {
  firstDelayMs: 2000,
  maxDelayMs: 60_000,
  minJitterMs: 1000,
  maxJitterMs: 5000,
  maxAskedMs: 600_000,
};
/** Statuses that a healthy path answers for a while; every other failure is worth a warning at once. */
const TRANSIENT = new Set([408, 425, 429]);

/** What to do with a batch after a reply. */
export type Decision =
  | { readonly action: 'delivered' }
  /** The receiver refuses the named records and has stored the others. */
  | { readonly action: 'reject'; readonly refusals: ReadonlyMap<number, Refusal> }
  /** Send it again in two halves; a single record is refused for `reason`. */
  | { readonly action: 'split'; readonly reason: string; readonly isTooLarge: boolean }
  | {
      readonly action: 'retry';
      readonly delayMs: number;
      /** Whether the receiver named the wait: then a flush does not shorten it. */
      readonly isAsked: boolean;
      /** Whether waiting alone may not help: a wrong host, credentials, a proxy in between. */
      readonly needsAttention: boolean;
    };

/** What {@link decide} looks at; nothing else influences it. */
export interface Attempt {
  /** Reads what the receiver says about the records. */
  readonly readReply: ReadReply;
  /** Records in the batch. */
  readonly records: number;
  readonly reply: Reply;
  /** Failures in a row before this reply. */
  readonly attempt: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** From 0 to 1. */
  readonly random: number;
  /** Of the lane. */
  readonly retry?: Partial<RetryOptions> | undefined;
}

/**
 * Decides what becomes of a batch. Pure, so that the whole policy can be read and tested as a table.
 *
 * Only what the receiver itself says about records rejects records. Whatever the path between may cause, a status or a body, keeps the batch.
 */
export function decide({ readReply, records, reply, attempt, now, random, retry }: Attempt): Decision {
  const waits = { ...DEFAULTS, ...retry };
  if ('networkError' in reply) return retryAfter(undefined, undefined, { attempt, now, random }, waits);
  const status = statusOf(reply);
  if (status === 413) return { action: 'split', reason: describeReply(reply), isTooLarge: true };
  if (status === 400 || isSuccess(status)) {
    const verdict = readReply(reply, records);
    if (verdict.kind === 'accepted') return { action: 'delivered' };
    if (verdict.kind === 'refused') return { action: 'reject', refusals: verdict.refusals };
    if (verdict.kind === 'refused_unnamed') return { action: 'split', reason: verdict.reason, isTooLarge: false };
  }
  // A date is meant by the receiver's clock, which ours may differ from.
  const receiverNow = Date.parse(reply.headers['date'] ?? '') || now;
  return retryAfter(status, reply.headers['retry-after'], { attempt, now: receiverNow, random }, waits);
}

/** A reply in a few words, for warnings and statistics. */
export function describeReply(reply: Reply): string {
  return 'status' in reply ? `status ${reply.status}: ${excerpt(reply)}` : reply.networkError;
}

function excerpt({ body }: HttpReply): string {
  return body.trim() === '' ? '(empty body)' : body.slice(0, 200);
}

function retryAfter(
  status: number | undefined,
  header: string | undefined,
  { attempt, now, random }: Pick<Attempt, 'attempt' | 'now' | 'random'>,
  waits: RetryOptions,
): Decision {
  const { firstDelayMs, maxDelayMs, minJitterMs, maxJitterMs } = waits;
  const jitter = minJitterMs + random * (maxJitterMs - minJitterMs);
  const backoff = Math.min(maxDelayMs, firstDelayMs * 2 ** attempt) + jitter;
  const asked = parseRetryAfter(header, now, waits);
  const isTransient = status === undefined || TRANSIENT.has(status) || status >= 500;
  // A wait of nothing, or a date in the past, must not turn into a loop without a pause.
  return {
    action: 'retry',
    delayMs: asked > 0 ? asked : backoff,
    isAsked: asked > 0,
    needsAttention: !isTransient,
  };
}

/** The status that counts: a receiver may answer 200 and name another status in the body. */
function statusOf({ status, body }: HttpReply): number {
  if (!isSuccess(status)) return status;
  const code = codeIn(body);
  return typeof code === 'number' && Number.isInteger(code) && code >= 300 && code < 600 ? code : status;
}

function codeIn(body: string): unknown {
  try {
    return (JSON.parse(body) as { readonly code?: unknown } | null)?.code;
  } catch {
    return undefined;
  }
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

/** Milliseconds; 0 without a usable wait, such as one of nothing. RFC 9110, section 10.2.3: seconds or an HTTP date. */
function parseRetryAfter(value: string | undefined, now: number, { minJitterMs, maxAskedMs }: RetryOptions): number {
  if (value === undefined || value.trim() === '') return 0;
  const seconds = Number(value);
  const asked = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - now;
  return asked >= minJitterMs ? Math.min(maxAskedMs, asked) : 0;
}
