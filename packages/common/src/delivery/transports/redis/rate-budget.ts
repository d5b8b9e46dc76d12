import type { Redis } from 'ioredis';

/**
 * A token bucket that may be overdrawn, as a batch must not be broken up: `owed` is what was taken and not yet earned back. By the clock of
 * Redis, which all shippers share; one that is set back earns nothing for a moment, one that jumps ahead forgives at most what is owed.
 */
const TAKE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local records, perMs = tonumber(ARGV[1]), tonumber(ARGV[2])
local bucket = redis.call('HMGET', KEYS[1], 'owed', 'at')
local earned = math.max(0, now - (tonumber(bucket[2]) or now)) * perMs
local owed = math.max(0, (tonumber(bucket[1]) or 0) - earned)
redis.call('HSET', KEYS[1], 'owed', string.format('%.3f', owed + records), 'at', string.format('%.3f', now))
redis.call('PEXPIRE', KEYS[1], math.ceil((owed + records) / perMs) + 1000)
return math.ceil(owed / perMs)
`;

/** Takes `records` out of a budget that all processes with this key share; returns how many milliseconds to wait before using them. */
export async function takeFromBudget(
  redis: Redis,
  key: string,
  records: number,
  recordsPerSecond: number,
): Promise<number> {
  return Number(await redis.eval(TAKE, 1, key, records, recordsPerSecond / 1000));
}
