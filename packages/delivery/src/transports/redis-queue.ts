import type { Lanes } from '../lanes.ts';
import type { Transport } from '../transport.ts';
import { DEFAULT_PREFIX } from './redis/names.ts';
import type { QueueProducer } from './redis/queue-producer.ts';
import { assertRedisUrl } from './redis/redis-url.ts';

/** What {@link createRedisQueueTransport} takes. */
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

/**
 * Hands batches to a queue in Redis, from which shippers deliver them (`startShipper`). A batch counts as sent once a shipper has the
 * receiver's answer: until then its producer keeps it, and queues it again if Redis has forgotten it. While Redis is away or nearly full,
 * sending fails within about a second.
 *
 * @throws when `url` is not the address of a Redis.
 */
export function createRedisQueueTransport(options: RedisQueueOptions): Transport {
  const { lanes, url, prefix = DEFAULT_PREFIX, destination, warn } = options;
  const { maxInFlight = 32, pollIntervalMs = 50, suspectAfterMs = 30_000 } = options;
  assertRedisUrl(url);
  let producer: Promise<QueueProducer> | undefined;
  let isClosed = false;

  // BullMQ and its client take 0.3 s to load: only a process that sends through Redis pays for it.
  async function open(): Promise<QueueProducer> {
    const { QueueProducer } = await import('./redis/queue-producer.ts');
    return new QueueProducer({ lanes, warn, url, prefix, destination, maxInFlight, pollIntervalMs, suspectAfterMs });
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
