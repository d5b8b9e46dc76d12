import type { Redis } from 'ioredis';

/** How long an answer about memory holds. */
const VALID_MS = 1000;
/** The part of `maxmemory` that producers may fill. The rest is for what shippers write while they deliver, and for others. */
const USABLE_PART = 0.8;

/** Redis must not be given more: the batch stays on disk. */
export class NoRoomError extends Error {}

/** Knows whether Redis has room for further batches. One that evicts always has; so has one that does not say. */
export class Room {
  readonly #redis: Redis;
  #validUntil = 0;
  #problem: string | undefined;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  /** What to tell the sender of a batch that must stay on disk for now. */
  async problem(): Promise<string | undefined> {
    const now = performance.now();
    if (now < this.#validUntil) return this.#problem;
    this.#validUntil = now + VALID_MS;
    this.#problem = describe(await this.#redis.info('memory').catch(() => ''));
    return this.#problem;
  }
}

function describe(info: string): string | undefined {
  const fieldOf = (name: string) => new RegExp(`^${name}:(.*)$`, 'm').exec(info)?.[1]?.trim() ?? '';
  const max = Number(fieldOf('maxmemory'));
  const used = Number(fieldOf('used_memory'));
  if (fieldOf('maxmemory_policy') !== 'noeviction' || !(max > 0) || used < max * USABLE_PART) return undefined;
  return `Redis is nearly full: ${megabytes(used)} of ${megabytes(max)} MB (maxmemory) are used`;
}

function megabytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(1);
}
