import type { LaneName } from '../../record.ts';

/** Before every key in Redis. Projects that share a Redis need one each: the rate limit holds within it. */
export const DEFAULT_PREFIX = 'qr-delivery';

/** A sealed batch in the queue of its lane; the job's id is the batch's. */
export interface BatchJob {
  readonly records: number;
  /** The compressed body in base64, as a job's data is JSON. */
  readonly body: string;
}

/** The key of a job, as BullMQ forms it. */
export function jobKey(prefix: string, lane: LaneName, batchId: string): string {
  return `${prefix}:${lane}:${batchId}`;
}

/** Marks a batch that needs no more sending, and holds the receiver's answer. */
export function replyKey(prefix: string, batchId: string): string {
  return `${prefix}:reply:${batchId}`;
}

/** How often in a row the receiver of a lane has failed, over all shippers. */
export function failuresKey(prefix: string, lane: LaneName): string {
  return `${prefix}:failures:${lane}`;
}

/** What the receiver of a lane was sent lately. */
export function rateKey(prefix: string, lane: LaneName): string {
  return `${prefix}:rate:${lane}`;
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
