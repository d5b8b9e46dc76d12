import type { Lanes, Transport } from '../lanes.ts';
import type { QueueProducer } from './producer.ts';
import type { LaneShipperStats } from './shipper.ts';

/** Before every key of a queue in Redis, unless told otherwise. */
const DEFAULT_PREFIX = 'qr-delivery';

export interface RedisQueueOptions {
  readonly lanes: Lanes;
  /** `redis://` or `rediss://`. */
  readonly url: string;
  /** Before every key; the shippers need the same. @default 'qr-delivery' */
  readonly prefix?: string;
  /** Where the batches are for, as `Transport.destination` of the shippers' transport says it; only a hash of it is kept in Redis. @default for any */
  readonly destination?: string;
  /** Batches of one lane in the queue at once. @default 32 */
  readonly maxInFlight?: number;
  /** How soon an answer is looked for; it takes longer, up to a second, while none comes. @default 50 */
  readonly pollIntervalMs?: number;
  /** After how long without an answer a batch that Redis still has is checked for being in some queue. @default 30_000 */
  readonly suspectAfterMs?: number;
  readonly warn: (message: string) => void;
}

export interface ShipperOptions {
  readonly redisUrl: string;
  /** How batches reach the receiver; closed with the shipper. Batches for another than its `destination` stay queued. */
  readonly transport: Transport;
  /** The lanes whose batches this transport can send. */
  readonly lanes: Lanes;
  /** Batches of a lane under way at once, in this shipper. @default 4 */
  readonly concurrency?: number;
  /** Records of a lane, over all shippers. @default 30_000 */
  readonly maxEventsPerSecond?: number;
  /** Before every key, as given to the producers. @default 'qr-delivery' */
  readonly prefix?: string;
  /** How long a shipper may give no sign of life before others take its batches over. @default 30_000 */
  readonly stalledAfterMs?: number;
  readonly warn: (message: string) => void;
}

/** A process's share in delivering what producers have queued in Redis. */
export interface Shipper {
  stats(): Partial<Record<string, LaneShipperStats>>;
  /** Finishes what is being sent, or cuts it off after `timeoutMs`; all else stays queued. */
  close(timeoutMs: number): Promise<void>;
}

/**
 * Hands batches to a queue in Redis, from which shippers deliver them (`startShipper`). A batch counts as sent once a shipper has the
 * receiver's answer: until then its producer keeps it, and queues it again if Redis has forgotten it. While Redis is away or nearly full,
 * sending fails within about a second.
 *
 * @throws when `url` is not the address of a Redis.
 */
export function createRedisQueueTransport(options: RedisQueueOptions): Transport {
  const { url, prefix = DEFAULT_PREFIX, maxInFlight = 32, pollIntervalMs = 50, suspectAfterMs = 30_000 } = options;
  assertRedisUrl(url);
  let producer: Promise<QueueProducer> | undefined;
  let isClosed = false;

  // BullMQ and its client take 0.3 s to load: only a process that sends through Redis pays for it.
  async function open(): Promise<QueueProducer> {
    const { QueueProducer } = await import('./producer.ts');
    return new QueueProducer({ ...options, prefix, maxInFlight, pollIntervalMs, suspectAfterMs });
  }

  return {
    maxInFlight,
    async send(lane, batch) {
      if (isClosed) return { networkError: 'the transport is closed' };
      producer ??= open();
      return (await producer).send(lane, batch);
    },
    async recall(lane, batchId) {
      if (isClosed) return;
      producer ??= open();
      await (await producer).recall(lane, batchId);
    },
    async close() {
      isClosed = true;
      await (await producer)?.close();
    },
  };
}

/**
 * Starts to deliver batches from Redis. Any number of shippers may run, in any number of processes.
 *
 * @throws when `redisUrl` is not the address of a Redis. One that is away is waited for.
 */
export async function startShipper(options: ShipperOptions): Promise<Shipper> {
  const { prefix = DEFAULT_PREFIX, concurrency = 4, maxEventsPerSecond = 30_000, stalledAfterMs = 30_000 } = options;
  assertRedisUrl(options.redisUrl);
  // Loaded late, as the producer is.
  const { shipBatches } = await import('./shipper.ts');
  return shipBatches({ ...options, prefix, concurrency, maxEventsPerSecond, stalledAfterMs });
}

/**
 * @throws when it is not the address of a Redis. The message leaves the address out, as it may hold a password.
 */
function assertRedisUrl(url: string): void {
  const protocol = URL.canParse(url) ? new URL(url).protocol : 'no URL';
  if (protocol === 'redis:' || protocol === 'rediss:') return;
  throw new Error(
    `Expected the address of a Redis, as in redis://localhost:6379, got ${protocol}. Set OBSERVABILITY_REDIS_URL.`,
  );
}
