import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';

/** The format of what producers and shippers leave each other. The first carried no version: its jobs have no `v`, its keys no number. */
const FORMAT = 2;
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

/** What a shipper can read of a job, or why it has to leave it to another. */
type ReadJob =
  | { readonly kind: 'batch'; readonly format: Format; readonly records: number }
  | { readonly kind: 'other_destination' }
  | { readonly kind: 'unknown_format' };

/** How long Redis keeps a body whose batch nobody asks for any more; of one that is needed longer its producer brings it again. */
const BODY_TTL_S = 24 * 3600;
/** How long an answer waits for its producer. One that comes later sends the batch again, which deduplication forgives. */
const REPLY_TTL_S = 3600;
/** An outage that nobody has tried to send into for so long is over. */
const FAILURES_TTL_S = 600;
/** Failures that come together, from all that was under way when the receiver went down, count as one. */
const BURST_MS = 500;
/** BullMQ holds a queue back only if it has a limit on jobs; ours is on records, so that this one is out of reach. */
export const MAX_JOBS_PER_SECOND = 1_000_000_000;

/**
 * First line of a script that has to run while Redis is full. Redis refuses commands that may need memory only until a script has written something,
 * and a deletion is never refused. Works in every version of Redis, unlike the flag `allow-oom`.
 */
export const RUN_WHEN_FULL = "redis.call('DEL', KEYS[1] .. ':none')\n";

/**
 * What a shipper has to know before it sends: whether, and when. The budget is a token bucket that may be overdrawn, as a batch must not be broken
 * up: `owed` is what was taken and not yet earned back. By the clock of Redis, which all shippers share; one that is set back earns nothing for a
 * moment, one that jumps ahead forgives at most what is owed.
 */
const CLAIM = `${RUN_WHEN_FULL}
if redis.call('EXISTS', KEYS[1]) == 1 then
  redis.call('DEL', KEYS[2])
  return 'answered'
end
if redis.call('EXISTS', KEYS[2]) == 0 then return 'lost' end
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local records, perMs = tonumber(ARGV[1]), tonumber(ARGV[2])
local bucket = redis.call('HMGET', KEYS[3], 'owed', 'at')
local earned = math.max(0, now - (tonumber(bucket[2]) or now)) * perMs
local owed = math.max(0, (tonumber(bucket[1]) or 0) - earned)
redis.call('HSET', KEYS[3], 'owed', string.format('%.3f', owed + records), 'at', string.format('%.3f', now))
redis.call('PEXPIRE', KEYS[3], math.ceil((owed + records) / perMs) + 1000)
return math.ceil(owed / perMs)
`;

/**
 * Takes the body away before it leaves the answer: a body that stayed would outlive an erasure, and a Redis that is full has room for the answer then.
 */
const SETTLE = `
local gone = tonumber(ARGV[3])
redis.call('DEL', unpack(KEYS, 1, gone))
for i = gone + 1, #KEYS do redis.call('SET', KEYS[i], ARGV[1], 'EX', ARGV[2]) end
`;

/** Takes a batch out of the queue, unless a shipper holds it or its answer is there. A job without a lock is in no shipper's hands. */
const RECALL = `
if redis.call('EXISTS', KEYS[1], KEYS[2]) > 0 then return 0 end
redis.call('DEL', KEYS[3], KEYS[4], KEYS[5])
for i = 6, 8 do redis.call('LREM', KEYS[i], 0, ARGV[1]) end
for i = 9, 10 do redis.call('ZREM', KEYS[i], ARGV[1]) end
return 1
`;

/** Counts failures that come together once; 0 while the lane is held already. */
const FAIL = `${RUN_WHEN_FULL}
if not redis.call('SET', KEYS[2], 1, 'PX', ARGV[1], 'NX') then return 0 end
if tonumber(redis.call('GET', KEYS[3]) or 0) >= tonumber(ARGV[3]) then return 0 end
local failures = redis.call('INCR', KEYS[1])
redis.call('EXPIRE', KEYS[1], ARGV[2])
return failures
`;

const HOLD = `
redis.call('DEL', KEYS[1])
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
`;

/** What {@link claimBatch} takes out of the budget that all processes with this prefix share. */
interface Share {
  readonly records: number;
  readonly recordsPerSecond: number;
}

/** A batch to be sent after so many milliseconds; one that needs no sending, or whose body Redis no longer has. */
type Claim = { readonly waitMs: number; readonly body: Buffer } | 'answered' | 'lost';

/** Makes the data of a job. */
export function makeJob(records: number, destination: string | undefined): BatchJob {
  return { v: FORMAT, records, ...(destination !== undefined && { to: hashDestination(destination) }) };
}

/** Reads what a producer of any version has left, for a shipper that sends to `destination`; `undefined` takes batches for every destination. */
export function readJob(data: unknown, destination: string | undefined): ReadJob {
  const {
    v = 1,
    records,
    to,
  } = (data ?? {}) as { readonly v?: unknown; readonly records?: unknown; readonly to?: unknown };
  const isKnown = v === 1 || v === FORMAT;
  if (!isKnown || typeof records !== 'number') return { kind: 'unknown_format' };
  const isForUs = to === undefined || destination === undefined || to === hashDestination(destination);
  return isForUs ? { kind: 'batch', format: v, records } : { kind: 'other_destination' };
}

/**
 * Stores the body of a batch, unless Redis is full or has the answer; without a body says only whether the batch is known. A script would copy the
 * body twice.
 */
export async function storeBody(
  redis: Redis,
  batch: BatchName,
  body: Buffer | undefined,
): Promise<'known' | 'full' | 'stored'> {
  const key = bodyKey(batch);
  const storing = body !== undefined && redis.set(key, body, 'EX', BODY_TTL_S).then(() => true, falseWhenFull);
  // Asked after the body is stored: a shipper that answers later takes the body away, and one that has answered is seen.
  const [stored, jobs, replies] = await Promise.all([
    storing,
    redis.exists(jobKey(batch)),
    redis.exists(replyKey(batch)),
  ]);
  if (replies > 0) await redis.del(key);
  if (jobs + replies > 0) return 'known';
  return stored ? 'stored' : 'full';
}

export async function claimBatch(redis: Redis, batch: BatchName, format: Format, share: Share): Promise<Claim> {
  const body = bodyKey(batch, format);
  const keys = [replyKey(batch, format), body, rateKey(batch.prefix, batch.lane)];
  // In one trip, as both are written before either is waited for. A script that returned the body would copy it twice within Redis.
  const [answer, bytes] = await Promise.all([
    redis.call('EVAL', CLAIM, 3, ...keys, share.records, share.recordsPerSecond / 1000),
    redis.getBuffer(body),
  ]);
  if (answer === 'answered') return answer;
  return bytes === null ? 'lost' : { waitMs: Number(answer), body: bytes };
}

/** A batch that is done with: `isUp` says that the receiver is, whatever it was before. */
interface Settled {
  readonly format: Format;
  readonly answer: string;
  readonly isUp: boolean;
}

/** Leaves the receiver's answer for the producer. */
export async function settleBatch(redis: Redis, batch: BatchName, { format, answer, isUp }: Settled): Promise<void> {
  const gone = [bodyKey(batch, format)];
  if (isUp) gone.push(failuresKey(batch.prefix, batch.lane));
  const replies = [replyKey(batch)];
  // Its producer may be of either version by now.
  if (format === 1) replies.push(replyKey(batch, 1));
  const keys = [...gone, ...replies];
  await redis.call('EVAL', SETTLE, keys.length, ...keys, answer, REPLY_TTL_S, gone.length);
}

/** Whether nothing of the batch is left in the queue; `false` when it is being sent, or has been. */
export async function recallBatch(redis: Redis, batch: BatchName): Promise<boolean> {
  const job = jobKey(batch);
  const keys = [`${job}:lock`, replyKey(batch), bodyKey(batch), bodyKey(batch, 1), job];
  const lists = ['wait', 'paused', 'active', 'delayed', 'failed'].map((part) => laneKey(batch, part));
  return (await redis.call('EVAL', RECALL, 10, ...keys, ...lists, batch.id)) === 1;
}

/** Counts a failure of a lane's receiver; returns how many there were in a row, or 0 when others have counted this one. */
export async function countFailure(redis: Redis, prefix: string, lane: string): Promise<number> {
  const failures = failuresKey(prefix, lane);
  const keys = [failures, `${failures}:burst`, laneKey({ prefix, lane }, 'limiter')];
  return Number(await redis.call('EVAL', FAIL, 3, ...keys, BURST_MS, FAILURES_TTL_S, MAX_JOBS_PER_SECOND));
}

/** Lets no shipper take a batch of a lane for a while: BullMQ's own rate limit, which `Queue.rateLimit` could not set while Redis is full. */
export async function holdLane(redis: Redis, prefix: string, lane: string, ms: number): Promise<void> {
  const key = laneKey({ prefix, lane }, 'limiter');
  await redis.call('EVAL', HOLD, 1, key, Number.MAX_SAFE_INTEGER, Math.max(1, Math.ceil(ms)));
}

/** A short hash of a destination, which holds a token. */
function hashDestination(destination: string): string {
  return createHash('sha256').update(destination).digest('hex').slice(0, 16);
}

/** One of the keys that BullMQ keeps of a lane. */
function laneKey({ prefix, lane }: Omit<BatchName, 'id'>, part: string): string {
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
function failuresKey(prefix: string, lane: string): string {
  return `${prefix}:failures:${lane}`;
}

/** What the receiver of a lane was sent lately. */
function rateKey(prefix: string, lane: string): string {
  return `${prefix}:rate:${lane}`;
}

/** Whether Redis refused to store something because it is full. @throws any other error. */
function falseWhenFull(error: unknown): false {
  if (error instanceof Error && error.message.includes('OOM command not allowed')) return false;
  throw error;
}
