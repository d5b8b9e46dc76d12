import { MAX_BODY_BYTES } from './body.ts';
import { type RetryOptions, retryOptionsOf } from './retry-policy.ts';

/** An answer over HTTP. */
export interface HttpReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The receiver's answer, or why there is none. */
export type Reply = HttpReply | { readonly networkError: string };

/** The network error of a batch that was recalled: it says nothing about the receiver. */
export const RECALLED = 'recalled';

/** Records of one request, sealed: whatever carries them, the bytes stay the same. */
export interface SealedBatch {
  /** Unique over all processes; `[A-Za-z0-9-]`. */
  readonly id: string;
  readonly records: number;
  /** Gzipped: a JSON array, lines of JSON or an envelope. */
  readonly body: Buffer;
}

/** How a sealed batch leaves the process. Never throws: a failure is a {@link Reply}. */
export interface Transport {
  /** Batches of one lane that may be under way at once. @default 1 */
  readonly maxInFlight?: number;
  /** The receiver and the project in it. A batch in a queue that shippers share is taken only by those with the same one. */
  readonly destination?: string;
  /** Resolves once the receiver has answered for good; the batch is kept until then. */
  send(lane: string, batch: SealedBatch): Promise<Reply>;
  /**
   * Takes a batch back that was handed over and is not being delivered yet; its `send` then resolves with the network error {@link RECALLED}. Called for a batch that
   * may name an erased person; needed of a transport that keeps batches elsewhere. Never throws.
   */
  recall?(lane: string, batchId: string): Promise<void>;
  close(): Promise<void>;
}

/** Why a receiver refused one record. */
export interface Refusal {
  readonly reason: string;
  readonly field?: string;
}

/**
 * What a reply says about the records of a batch. `foreign` is a reply that the receiver would not write: of a proxy, a captive portal, or a
 * receiver whose count does not match. It says nothing about the records.
 */
export type Verdict =
  | { readonly kind: 'accepted' }
  /** The named records are refused, all others are stored. */
  | { readonly kind: 'refused'; readonly refusals: ReadonlyMap<number, Refusal> }
  /** Some or all records are refused, and the reply does not say which. */
  | { readonly kind: 'refused_unnamed'; readonly reason: string }
  | { readonly kind: 'foreign' };

/** Reads the body of a 2xx or a 400. Pure. */
export type ReadReply = (reply: HttpReply, records: number) => Verdict;

/** One endpoint of a destination: how its records travel, and how its receiver answers. */
export interface LaneDefinition {
  /**
   * Records gathered into a JSON array, or sent as one line of JSON each (on disk they are an array, too), or one finished envelope per request: lines of
   * JSON, as Sentry's protocol has them.
   */
  readonly format: 'array' | 'ndjson' | 'envelope';
  /** Returns the owner of a record, in a lane whose records of one owner must arrive in order because the last update wins. */
  readonly subjectOf?: (record: string) => string;
  /** Whether all records ask for the erasure of a person, and so name that person for good reason. @default false */
  readonly requestsErasure?: boolean;
  /** Returns whether this record does. */
  readonly isErasureRequest?: (record: string) => boolean;
  readonly readReply: ReadReply;
  /** Records in a batch of several. @default 2000 */
  readonly maxBatchRecords?: number;
  /** Bytes of such a batch before compression, from 262,144 to 4,194,304. @default 1_900_000 */
  readonly maxBatchBytes?: number;
  /** Bytes of a record of such a batch; a larger one is dropped as `too_large`. At most `maxBatchBytes` - 2. @default 1_000_000 */
  readonly maxRecordBytes?: number;
  /** Waits between attempts. */
  readonly retry?: Partial<RetryOptions>;
  /** Returns the body with which the receiver accepts a batch. Test doubles answer with it. */
  readonly acknowledge: (records: number) => unknown;
}

/** The lanes of a process by name. A name is lower-case letters: it begins the names of the lane's files. */
export type Lanes<Name extends string = string> = Readonly<Record<Name, LaneDefinition>>;

/** Limits of a batch, complete. */
export interface BatchLimits {
  readonly maxRecords: number;
  readonly maxBytes: number;
  readonly maxRecordBytes: number;
}

/** Below it a batch could not hold what a journal gathers before it measures. */
const MIN_BATCH_BYTES = 256 * 1024;
/** Around the records of an array. */
const BRACKETS = 2;
/** Waits of which the first may not be longer than the second. */
const RETRY_BOUNDS = [
  ['firstDelayMs', 'maxDelayMs'],
  ['minJitterMs', 'maxJitterMs'],
  ['minJitterMs', 'maxAskedMs'],
] as const;

export function batchLimitsOf({
  maxBatchRecords: maxRecords = 2000,
  maxBatchBytes: maxBytes = 1_900_000,
  maxRecordBytes = Math.min(1_000_000, maxBytes - BRACKETS),
}: LaneDefinition): BatchLimits {
  return { maxRecords, maxBytes, maxRecordBytes };
}

/** Checks the definitions of lanes. @throws TypeError that names the lane, the field, what was expected and what came. */
export function checkLanes(lanes: Lanes): void {
  for (const [name, definition] of Object.entries(lanes)) {
    if (!/^[a-z]{1,32}$/.test(name)) {
      throw new TypeError(
        `lane "${name}": expected a name of 1 to 32 letters from a to z, which begins the names of its files`,
      );
    }
    const { maxRecords, maxBytes, maxRecordBytes } = batchLimitsOf(definition);
    expectInteger(`lane "${name}", maxBatchRecords`, maxRecords, 1, 999_999);
    expectInteger(`lane "${name}", maxBatchBytes`, maxBytes, MIN_BATCH_BYTES, MAX_BODY_BYTES);
    expectInteger(`lane "${name}", maxRecordBytes`, maxRecordBytes, 1, maxBytes - BRACKETS);
    const retry = retryOptionsOf(definition.retry);
    for (const [field, ms] of Object.entries(retry)) {
      expectInteger(`lane "${name}", retry.${field}`, ms, 0, 2 ** 31 - 1);
    }
    for (const [lower, upper] of RETRY_BOUNDS) {
      if (retry[lower] <= retry[upper]) continue;
      throw new TypeError(
        `lane "${name}", retry.${lower}: expected at most retry.${upper}, which is ${retry[upper]}, got ${retry[lower]}`,
      );
    }
  }
}

function expectInteger(subject: string, value: number, min: number, max: number): void {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  throw new TypeError(`${subject}: expected a whole number from ${min} to ${max}, got ${value}`);
}

/** Returns the message of an error, for a reply or a warning. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
