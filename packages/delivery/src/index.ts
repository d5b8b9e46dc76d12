export { MAX_BODY_BYTES, readRecords } from './compress.ts';
export type { LaneDefinition, Lanes, ReadReply, Refusal, Verdict } from './lanes.ts';
export { createPipeline, type Deletion, type FlushOutcome, type Pipeline, type PipelineOptions } from './pipeline.ts';
export type { DropReason } from './record.ts';
export { type Shipper, type ShipperOptions, startShipper } from './shipper.ts';
export { hasEnded, newOwnerName, ownerOf } from './spool-folder.ts';
export type { LaneStats } from './stats.ts';
export type { HttpReply, Reply, SealedBatch, Transport } from './transport.ts';
export { createRedisQueueTransport, type RedisQueueOptions } from './transports/redis-queue.ts';
