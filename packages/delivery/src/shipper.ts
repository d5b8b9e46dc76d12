import { setTimeout as sleep } from 'node:timers/promises';
import type { Lanes } from './lanes.ts';
import type { Transport } from './transport.ts';
import { resendAfterFailover } from './transports/redis/failover.ts';
import type { LaneShipperStats } from './transports/redis/lane-shipper.ts';
import { DEFAULT_PREFIX } from './transports/redis/names.ts';
import { assertRedisUrl } from './transports/redis/redis-url.ts';

/** How long a shipper that had to be cut off may take to give its batches back. */
const GIVE_BACK_MS = 1000;
const MAX_RECONNECT_DELAY_MS = 5000;

/** What {@link startShipper} takes. */
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
 * Starts to deliver batches from Redis. Any number of shippers may run, in any number of processes.
 *
 * @throws when `redisUrl` is not the address of a Redis. One that is away is waited for.
 */
export async function startShipper(options: ShipperOptions): Promise<Shipper> {
  const { redisUrl, transport, lanes, prefix = DEFAULT_PREFIX } = options;
  const { concurrency = 4, maxEventsPerSecond = 30_000, stalledAfterMs = 30_000, warn } = options;
  assertRedisUrl(redisUrl);
  // BullMQ and its client take 0.3 s to load: only a process that ships pays for it.
  const [{ QueueRedis }, { LaneShipper }] = await Promise.all([
    import('./transports/redis/queue-redis.ts'),
    import('./transports/redis/lane-shipper.ts'),
  ]);
  let isClosed = false;
  const redis = new QueueRedis(redisUrl, {
    // A shipper has nothing else to do than to wait for Redis.
    maxRetriesPerRequest: null,
    reconnectOnError: resendAfterFailover,
    // Also for the connections that BullMQ derives from this one: without it they would try for ever, and keep the process alive.
    retryStrategy: (attempt) => (isClosed ? null : Math.min(MAX_RECONNECT_DELAY_MS, attempt * 250)),
  });
  redis.on('error', (error) => warn(`The shipper cannot reach Redis: ${error.message}. It keeps trying.`));
  const said = new Set<string>();
  const warnOfLeft = (message: string) => {
    if (!said.has(message)) warn(message);
    said.add(message);
  };
  const pulse = { deliveredAt: 0 };
  const settings = {
    redis,
    prefix,
    pulse,
    transport,
    concurrency,
    maxEventsPerSecond,
    stalledAfterMs,
    warn,
    warnOfLeft,
  };
  const shippers = new Map(
    Object.entries(lanes).map(([lane, definition]) => [lane, new LaneShipper({ lane, definition, ...settings })]),
  );
  let closing: Promise<void> | undefined;

  async function close(timeoutMs: number): Promise<void> {
    const closed = Promise.all([...shippers.values()].map((shipper) => shipper.close()));
    const within = (ms: number) => Promise.race([closed, sleep(ms, undefined, { ref: false })]);
    await within(timeoutMs);
    await transport.close();
    await within(GIVE_BACK_MS);
    isClosed = true;
    redis.disconnect();
  }

  return {
    stats: () => Object.fromEntries([...shippers].map(([lane, shipper]) => [lane, shipper.stats])),
    close: (timeoutMs) => {
      closing ??= close(timeoutMs);
      return closing;
    },
  };
}
