import { Redis, type RedisOptions } from 'ioredis';

/**
 * First line of a script that has to run while Redis is full. Redis refuses commands that may need memory only until a script has written something,
 * and a deletion is never refused. Works in every version of Redis, unlike the flag `allow-oom`.
 */
export const RUN_WHEN_FULL = "redis.call('DEL', KEYS[1] .. ':none')\n";

/**
 * A connection whose scripts, those of BullMQ included, also run while Redis is at `maxmemory`: a shipper that could not claim a batch would never
 * free its memory. Plain commands are refused as usual.
 */
export class QueueRedis extends Redis {
  constructor(target: string | RedisOptions, options: RedisOptions = {}) {
    if (typeof target === 'string') super(target, options);
    else super({ ...target, ...options });
  }

  override defineCommand(name: string, definition: { lua: string; numberOfKeys?: number; readOnly?: boolean }): void {
    super.defineCommand(name, { ...definition, lua: RUN_WHEN_FULL + definition.lua });
  }

  /** A worker of BullMQ makes its connections from the one that it is given. */
  override duplicate(override: Partial<RedisOptions> = {}): QueueRedis {
    return new QueueRedis(this.options, override);
  }
}

/** Whether Redis refused to store something because it is full. */
export function isFullError(error: unknown): boolean {
  return error instanceof Error && error.message.includes('OOM command not allowed');
}
