import { Redis, type RedisOptions } from 'ioredis';
import { reasonOf } from '../lanes.ts';
import { RUN_WHEN_FULL } from './protocol.ts';

/** How long Redis may take to accept us. */
const CONNECT_TIMEOUT_MS = 1000;
/** How long it may take to answer; a batch of 2 MB has to fit. */
const COMMAND_TIMEOUT_MS = 3000;

/** How long an answer about memory holds at most. */
const VALID_MS = 1000;
/** The part of `maxmemory` that producers may fill. The rest is for what shippers write while they deliver, and for others. */
const USABLE_PART = 0.8;
/** The part of what is left that a producer takes before it asks again: others take theirs meanwhile. */
const OWN_PART = 0.25;

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

/**
 * Whether a server refuses to write because it became a replica, which it says over a connection that stays open. Only a new connection can reach
 * the server that took over.
 */
export function isReplicaError(error: unknown): boolean {
  // Before version 7 scripts wrap the code in a message of their own. UNBLOCKED ends what was waiting when the role changed.
  return error instanceof Error && /\b(READONLY|MASTERDOWN|UNBLOCKED)\b/.test(error.message);
}

/** `reconnectOnError` for commands that may fail: the command that met the replica is rejected. */
export function reconnectAfterFailover(error: Error): boolean {
  return isReplicaError(error);
}

/** `reconnectOnError` for commands that must arrive: they are sent again over the new connection. */
export function resendAfterFailover(error: Error): 2 | false {
  return isReplicaError(error) && 2;
}

/**
 * A connection that fails rather than waits. Whoever uses it has the batches on disk and a retry policy of its own, so commands are never
 * queued here, and it connects when asked to instead of by itself.
 */
export class ProducerConnection {
  readonly redis: QueueRedis;
  #connecting: Promise<void> | undefined;
  #lastError = 'the connection was closed';

  /** @param onLost called whenever an established connection ends. */
  constructor(url: string, onLost: (reason: string) => void) {
    this.redis = new QueueRedis(url, {
      lazyConnect: true,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      retryStrategy: () => null,
      connectTimeout: CONNECT_TIMEOUT_MS,
      commandTimeout: COMMAND_TIMEOUT_MS,
    });
    this.redis.on('error', (error) => {
      this.#lastError = reasonOf(error);
    });
    this.redis.on('end', () => onLost(`Redis cannot be reached: ${this.#lastError}`));
  }

  /** @throws when Redis does not answer in time. */
  async ready(): Promise<void> {
    if (this.redis.status === 'ready') return;
    this.#connecting ??= this.#connect().finally(() => {
      this.#connecting = undefined;
    });
    await this.#connecting;
  }

  close(): void {
    if (this.redis.status === 'end') return;
    this.redis.disconnect();
    // A server that hangs would not answer our goodbye.
    this.redis.stream?.destroy();
  }

  async #connect(): Promise<void> {
    // One that hangs, or is still loading its data, accepts a connection and then says nothing of use.
    const timer = setTimeout(() => {
      this.#lastError = `no answer within ${CONNECT_TIMEOUT_MS} ms`;
      this.close();
    }, CONNECT_TIMEOUT_MS);
    try {
      await this.redis.connect();
      // What waits here is on disk: no reason to keep a process alive.
      this.redis.stream.unref();
    } catch {
      throw new Error(`Redis cannot be reached: ${this.#lastError}`);
    } finally {
      clearTimeout(timer);
    }
  }
}

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
