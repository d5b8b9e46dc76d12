import type { Redis } from 'ioredis';

/** How long an answer about memory holds at most. */
const VALID_MS = 1000;
/** The part of `maxmemory` that producers may fill. The rest is for what shippers write while they deliver, and for others. */
const USABLE_PART = 0.8;
/** The part of what is left that a producer takes before it asks again: others take theirs meanwhile. */
const OWN_PART = 0.25;

/** Redis must not be given more: the batch stays on disk. */
export class NoRoomError extends Error {}

/** Knows whether Redis has room for further batches. One that evicts always has; so has one that does not say. */
export class Room {
  readonly #redis: Redis;
  #asking: Promise<void> | undefined;
  #validUntil = 0;
  #allowedBytes = 0;
  #problem: string | undefined;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  /** What to tell the sender of a batch that must stay on disk for now; `undefined` when there is room for so many bytes. */
  async problem(bytes: number): Promise<string | undefined> {
    if (performance.now() >= this.#validUntil || this.#allowedBytes < bytes) {
      this.#asking ??= this.#ask().finally(() => {
        this.#asking = undefined;
      });
    }
    await this.#asking;
    this.#allowedBytes -= bytes;
    return this.#problem;
  }

  async #ask(): Promise<void> {
    const info = await this.#redis.info('memory').catch(() => '');
    const isBounded = /^maxmemory_policy:noeviction/m.test(info) && numberIn(info, 'maxmemory') > 0;
    const max = isBounded ? numberIn(info, 'maxmemory') : Number.POSITIVE_INFINITY;
    const used = numberIn(info, 'used_memory');
    const free = max * USABLE_PART - used;
    this.#validUntil = performance.now() + VALID_MS;
    this.#allowedBytes = free > 0 ? free * OWN_PART : Number.POSITIVE_INFINITY;
    this.#problem =
      free > 0 ? undefined : `Redis is nearly full: ${megabytes(used)} of ${megabytes(max)} MB (maxmemory) are used`;
  }
}

function numberIn(info: string, field: string): number {
  return Number(new RegExp(`^${field}:(\\d+)`, 'm').exec(info)?.[1] ?? 0);
}

function megabytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(1);
}
