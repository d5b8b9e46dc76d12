import type { Redis } from 'ioredis';
import type { LaneName } from '../../record.ts';
import { bodyKey, failuresKey, rateKey, replyKey } from './names.ts';

/** How long an answer waits for its producer. One that comes later sends the batch again, which deduplication forgives. */
const REPLY_TTL_S = 3600;

/**
 * What a shipper has to know before it sends: whether, and when. The budget is a token bucket that may be overdrawn, as a batch must not be broken
 * up: `owed` is what was taken and not yet earned back. By the clock of Redis, which all shippers share; one that is set back earns nothing for a
 * moment, one that jumps ahead forgives at most what is owed.
 */
const CLAIM = `
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

/** Leaves the answer, and takes away at once what nobody needs from then on: a body that stayed would outlive a request to forget somebody. */
const SETTLE = `
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
redis.call('DEL', KEYS[2], KEYS[3])
`;

/** Which batch, and whose. */
interface BatchKeys {
  readonly prefix: string;
  readonly lane: LaneName;
  readonly id: string;
}

/** What {@link claimBatch} takes out of the budget that all processes with this prefix share. */
interface Share {
  readonly records: number;
  readonly recordsPerSecond: number;
}

/** A batch to be sent after so many milliseconds; one that needs no sending, or whose body Redis no longer has. */
type Claim = { readonly waitMs: number; readonly body: Buffer } | 'answered' | 'lost';

export async function claimBatch(redis: Redis, keys: BatchKeys, share: Share): Promise<Claim> {
  const { prefix, lane, id } = keys;
  const names = [replyKey(prefix, id), bodyKey(prefix, id), rateKey(prefix, lane)];
  // In one trip, as both are written before either is waited for. A script that returned the body would copy it twice within Redis.
  const [answer, body] = await Promise.all([
    redis.call('EVAL', CLAIM, 3, ...names, share.records, share.recordsPerSecond / 1000),
    redis.getBuffer(bodyKey(prefix, id)),
  ]);
  if (answer === 'answered') return answer;
  return body === null ? 'lost' : { waitMs: Number(answer), body };
}

/** Leaves the receiver's answer for the producer; the receiver is up, whatever it was before. */
export async function settleBatch(redis: Redis, { prefix, lane, id }: BatchKeys, answer: string): Promise<void> {
  const names = [replyKey(prefix, id), bodyKey(prefix, id), failuresKey(prefix, lane)];
  await redis.call('EVAL', SETTLE, 3, ...names, answer, REPLY_TTL_S);
}
