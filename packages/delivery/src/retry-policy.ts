import { parseJson } from './body.ts';
import type { HttpReply, ReadReply, Refusal, Reply } from './lanes.ts';
import type { StoredBatch } from './spool/batch.ts';

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
/** How long a suspect stands back, so that another batch can be sent right after it has failed. Shorter than any wait of the lane. */
export const STAND_BACK_MS = 1000;
/** Failures in a row after which a batch lets others go first. */
export const LETS_OTHERS_GO_FIRST = 2;
/** First wait of a batch that fails while others are taken, doubled each time. */
const FIRST_OWN_DELAY_MS = 5000;
const MAX_OWN_DELAY_MS = 600_000;
/** Such a batch is split once it was kept this often: most of its records are innocent. */
const FAILURES_BEFORE_SPLIT = 3;
/** In a lane that keeps an order, where later records wait for it, a single record is rejected once it was kept this often, */
const FAILURES_BEFORE_REJECTION = 5;
/** for this long. */
const FAILING_BEFORE_REJECTION_MS = 60_000;
/** Splits while nothing is delivered: enough to find one record among 2000. An outage must not leave a file for each record. */
const MAX_BLIND_SPLITS = 11;

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
  const waits = retryOptionsOf(retry);
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

/** Waits between attempts, complete. */
export function retryOptionsOf(retry: Partial<RetryOptions> | undefined): RetryOptions {
  return { ...DEFAULTS, ...retry };
}

/** A reply in a few words, for warnings and statistics. */
export function describeReply(reply: Reply): string {
  return 'status' in reply ? `status ${reply.status}: ${excerpt(reply)}` : reply.networkError;
}

/** What to do with a batch whose answer keeps it, as one that the path dislikes has no end. */
export type Remedy =
  /** The receiver may be down: the lane waits. */
  | 'wait'
  /** Others are taken: only this one waits. */
  | 'step_aside'
  | 'split'
  | 'reject';

interface Failing {
  readonly batch: StoredBatch;
  readonly isOrdered: boolean;
  /** Whether others were taken since it first failed: it is the batch then, not the receiver. */
  readonly isAlone: boolean;
  /** Splits since something was delivered last. */
  readonly blindSplits: number;
  readonly now: number;
}

/** Decides about a batch that was kept once more. Pure. */
export function remedyFor({ batch, isOrdered, isAlone, blindSplits, now }: Failing): Remedy {
  if (!isAlone) {
    // In a lane that keeps an order everything else may be waiting for it: for people who are in both.
    const isDue = batch.isDisliked || (isOrdered && isStubborn(batch, now));
    if (isDue && batch.records > 1 && blindSplits < MAX_BLIND_SPLITS) return 'split';
    // What is new must not wait for one that is known.
    return batch.isDisliked && !isOrdered ? 'step_aside' : 'wait';
  }
  if (batch.records > 1) return batch.failures >= FAILURES_BEFORE_SPLIT ? 'split' : 'step_aside';
  return isOrdered && isStubborn(batch, now) ? 'reject' : 'step_aside';
}

/** Whether a single record was kept so often, and for so long, that one delivery of another right after shows that it is the culprit. */
export function isSuspect(batch: StoredBatch, now: number): boolean {
  return batch.records === 1 && isStubborn(batch, now);
}

/** How long a batch that failed alone waits before it is sent again. */
export function ownDelayMs({ failures }: StoredBatch): number {
  return Math.min(MAX_OWN_DELAY_MS, FIRST_OWN_DELAY_MS * 2 ** (failures - 1));
}

/** Whether a batch lets others go first: it may be what the path dislikes. */
export function letsOthersGoFirst({ failures }: StoredBatch): boolean {
  return failures >= LETS_OTHERS_GO_FIRST;
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
  const { code } = (parseJson(body) ?? {}) as { readonly code?: unknown };
  return typeof code === 'number' && Number.isInteger(code) && code >= 300 && code < 600 ? code : status;
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

function isStubborn({ failures, failedAt }: StoredBatch, now: number): boolean {
  return failures >= FAILURES_BEFORE_REJECTION && now - failedAt >= FAILING_BEFORE_REJECTION_MS;
}
