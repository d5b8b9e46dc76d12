import { setTimeout as sleep } from 'node:timers/promises';
import { QueueRedis, resendAfterFailover } from '@qr/delivery/redis';
import type { Core } from '@qr/telemetry/internal';
import { Queue, Worker } from 'bullmq';
import type { ScheduleOptions, StopSchedule } from './schedule.ts';

const MAX_RECONNECT_DELAY_MS = 5000;
/** How long a process may give no sign of life before another does its run again. */
const STALLED_AFTER_MS = 15_000;
/** How long the end waits for a run, and for a Redis that may be away; a run that is left is done again by another. */
const CLOSE_TIMEOUT_MS = 3000;

interface SharedScheduleOptions extends Omit<ScheduleOptions, 'telemetry'>, Pick<Core, 'warnOnce'> {
  readonly redisUrl: string;
  /** Before every key, the same in all processes of an environment. */
  readonly prefix: string;
}

/**
 * Keeps a schedule in Redis (a BullMQ job scheduler) and takes part in doing what is due. A Redis that has forgotten everything gets the schedule
 * again as soon as it is back.
 */
export function shareSchedule(options: SharedScheduleOptions): StopSchedule {
  const { name, everyMs, run, redisUrl, prefix, warnOnce } = options;
  let isClosed = false;
  const redis = new QueueRedis(redisUrl, {
    maxRetriesPerRequest: null,
    reconnectOnError: resendAfterFailover,
    // Also for the connections that BullMQ derives from this one: without it they would try for ever, and keep the process alive.
    retryStrategy: (attempt) => (isClosed ? null : Math.min(MAX_RECONNECT_DELAY_MS, attempt * 250)),
  });
  const complain = (error: Error) =>
    warnOnce(
      `The schedule "${name}" cannot reach Redis: ${error.message}. It keeps trying, and nothing runs meanwhile.`,
    );
  const shared = { connection: redis, prefix: `${prefix}:schedule` };
  const queue = new Queue(name, { ...shared, skipMetasUpdate: true, skipVersionCheck: true });
  const worker = new Worker(name, run, {
    ...shared,
    lockDuration: STALLED_AFTER_MS,
    stalledInterval: STALLED_AFTER_MS,
    removeOnComplete: { count: 0 },
    removeOnFail: { count: 0 },
  });
  redis.on('error', complain);
  queue.on('error', complain);
  worker.on('error', complain);

  // The same entry from every process, each time the connection is made anew: whoever comes first makes it, and the others change nothing.
  const enter = () => {
    queue.upsertJobScheduler(name, { every: everyMs }).catch((error: Error) => {
      if (!isClosed) complain(error);
    });
  };
  redis.on('ready', enter);

  return async () => {
    const closed = worker.close().catch(() => {});
    isClosed = true;
    await Promise.race([closed, sleep(CLOSE_TIMEOUT_MS, undefined, { ref: false })]);
    redis.disconnect();
  };
}
