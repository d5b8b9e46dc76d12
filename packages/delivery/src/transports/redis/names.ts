import { createHash } from 'node:crypto';

/** Before every key of a queue in Redis, unless told otherwise. */
export const DEFAULT_PREFIX = 'qr-delivery';

/** The format of what producers and shippers leave each other. The first carried no version: its jobs have no `v`, its keys no number. */
export const FORMAT = 2;
export type Format = 1 | typeof FORMAT;

/** A sealed batch in the queue of its lane; the job's id is the batch's. Its body has a key of its own: a job's data is JSON, which holds no bytes. */
export interface BatchJob {
  readonly v?: number;
  readonly records: number;
  /** A hash of where the batch is for: {@link hashDestination}. */
  readonly to?: string;
}

/** Which batch, and whose. */
export interface BatchName {
  readonly prefix: string;
  readonly lane: string;
  readonly id: string;
}

/** A short hash of a destination, which holds a token. */
export function hashDestination(destination: string): string {
  return createHash('sha256').update(destination).digest('hex').slice(0, 16);
}

/** One of the keys that BullMQ keeps of a lane. */
export function laneKey({ prefix, lane }: Omit<BatchName, 'id'>, part: string): string {
  return `${prefix}:${lane}:${part}`;
}

/** The key of a job, as BullMQ forms it. */
export function jobKey(batch: BatchName): string {
  return laneKey(batch, batch.id);
}

/** The compressed body of a batch. */
export function bodyKey({ prefix, id }: BatchName, format: Format = FORMAT): string {
  return format === 1 ? `${prefix}:body:${id}` : `${prefix}:v${format}:body:${id}`;
}

/** Marks a batch that needs no more sending, and holds the receiver's answer. */
export function replyKey({ prefix, id }: BatchName, format: Format = FORMAT): string {
  return format === 1 ? `${prefix}:reply:${id}` : `${prefix}:v${format}:reply:${id}`;
}

/** How often in a row the receiver of a lane has failed, over all shippers. */
export function failuresKey(prefix: string, lane: string): string {
  return `${prefix}:failures:${lane}`;
}

/** What the receiver of a lane was sent lately. */
export function rateKey(prefix: string, lane: string): string {
  return `${prefix}:rate:${lane}`;
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
