import { MAX_BODY_BYTES } from './compress.ts';
import type { RetryOptions } from './retry-policy.ts';
import type { HttpReply } from './transport.ts';

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
  /** Records gathered into a JSON array, or one finished envelope per request: lines of JSON, as Sentry's protocol has them. */
  readonly format: 'array' | 'envelope';
  /** Returns the owner of a record, in a lane whose records of one owner must arrive in order because the last update wins. */
  readonly subjectOf?: (record: string) => string;
  /** Whether all records ask for the erasure of a person, and so name that person for good reason. @default false */
  readonly requestsErasure?: boolean;
  /** Returns whether this record does. */
  readonly isErasureRequest?: (record: string) => boolean;
  readonly readReply: ReadReply;
  /** Records in a batch of the format `array`. @default 2000 */
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
    for (const [field, ms] of Object.entries(definition.retry ?? {})) {
      expectInteger(`lane "${name}", retry.${field}`, ms, 0, 2 ** 31 - 1);
    }
  }
}

function expectInteger(subject: string, value: number, min: number, max: number): void {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  throw new TypeError(`${subject}: expected a whole number from ${min} to ${max}, got ${value}`);
}
