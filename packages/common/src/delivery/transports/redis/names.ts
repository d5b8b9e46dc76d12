import type { LaneName } from '../../record.ts';

/** Before every key in Redis. Projects that share a Redis need one each: the rate limit holds within it. */
export const DEFAULT_PREFIX = 'qr-delivery';

/** A sealed batch in the queue of its lane; the job's id is the batch's. Its body has a key of its own: a job's data is JSON, which holds no bytes. */
export interface BatchJob {
  readonly records: number;
}

/** The key of a job, as BullMQ forms it. */
export function jobKey(prefix: string, lane: LaneName, batchId: string): string {
  return `${prefix}:${lane}:${batchId}`;
}

/** The compressed body of a batch. */
export function bodyKey(prefix: string, batchId: string): string {
  return `${prefix}:body:${batchId}`;
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
