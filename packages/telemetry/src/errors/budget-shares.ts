/** How many processes share a budget. */
export interface Sharers {
  /** All that use one DSN. */
  readonly all: number;
  /** Those of the same service, in which the same faults occur. */
  readonly ofService: number;
}

/** What {@link joinBudget} takes. */
export interface JoinOptions {
  readonly redisUrl: string;
  /** Before every key; the same in all processes of an environment. */
  readonly prefix: string;
  readonly service: string;
  /** A name that no other process has. */
  readonly owner: string;
  /** Called when the number changes. */
  readonly onChange: (sharers: Sharers) => void;
  readonly warn: (message: string) => void;
  /** Interval between two signs of life. @default 20_000 */
  readonly intervalMs?: number;
}

/** Missing signs of life after which a process counts as gone. */
const MISSED = 3;

/**
 * Announces in Redis that this process takes its share of the error budget, and counts the processes that do. While Redis is away the last number
 * holds: no error waits for it.
 *
 * @returns the function that leaves.
 */
export function joinBudget(options: JoinOptions): () => void {
  const { redisUrl, prefix, service, owner, onChange, warn, intervalMs = 20_000 } = options;
  const key = `${prefix}:budget:processes`;
  const member = `${service}/${owner}`;
  let known: Sharers = { all: 1, ofService: 1 };
  let isClosed = false;
  const complain = (error: unknown) =>
    warn(
      `The error budget cannot reach Redis: ${error instanceof Error ? error.message : String(error)}. It goes by the last known number of processes.`,
    );
  // Loading the client takes 0.1 s: only a process that shares pays for it. It connects on demand and keeps no process alive.
  const connected = Promise.all([import('ioredis'), import('@qr/delivery/redis')]).then(
    ([{ Redis }, { reconnectAfterFailover }]) => {
      const redis = new Redis(redisUrl, {
        lazyConnect: true,
        enableOfflineQueue: false,
        maxRetriesPerRequest: 0,
        retryStrategy: () => null,
        reconnectOnError: reconnectAfterFailover,
      });
      redis.on('error', complain);
      return redis;
    },
  );
  connected.catch(complain);

  async function announce(): Promise<void> {
    try {
      const redis = await connected;
      if (isClosed || redis.status === 'connecting') return;
      if (redis.status !== 'ready') await redis.connect();
      redis.stream.unref();
      const now = Date.now();
      await redis.zadd(key, now, member);
      await redis.zremrangebyscore(key, 0, now - MISSED * intervalMs);
      const members = await redis.zrange(key, 0, -1);
      const ofService = members.filter((name) => name.startsWith(`${service}/`)).length;
      const found = { all: Math.max(1, members.length), ofService: Math.max(1, ofService) };
      if (found.all === known.all && found.ofService === known.ofService) return;
      known = found;
      onChange(found);
    } catch {
      // The connection has reported it; the next round tries again.
    }
  }

  // At once, so that a new process does not spend a whole budget before the first round.
  void announce();
  const timer = setInterval(() => void announce(), intervalMs).unref();
  return () => {
    isClosed = true;
    clearInterval(timer);
    connected
      .then(async (redis) => {
        await redis.zrem(key, member).catch(() => {});
        redis.disconnect();
      })
      .catch(() => {});
  };
}
