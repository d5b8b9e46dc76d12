export { MAX_BODY_BYTES, readRecords } from './body.ts';
export type { PersonIds } from './erasure.ts';
export type {
  HttpReply,
  LaneDefinition,
  Lanes,
  ReadReply,
  Refusal,
  Reply,
  SealedBatch,
  Transport,
  Verdict,
} from './lanes.ts';
export { createPipeline, type Deletion, type FlushOutcome, type Pipeline, type PipelineOptions } from './pipeline.ts';
export {
  createRedisQueueTransport,
  type RedisQueueOptions,
  type Shipper,
  type ShipperOptions,
  startShipper,
} from './redis/queue.ts';
export type { RetryOptions } from './retry-policy.ts';
export { hasEnded, newOwnerName, ownerOf } from './spool/owners.ts';
export type { DropReason, LaneStats } from './stats.ts';
