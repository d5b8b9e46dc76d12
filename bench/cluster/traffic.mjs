import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { startChild } from './child.mjs';
import { PREFIX, startRedis } from './redis.mjs';

const PRODUCERS = 4;
const SHIPPERS = 2;
/** Until then everybody's code is compiled, as it is in a service that has run for a minute. */
const WARM_UP_SECONDS = 3;
const DRAIN_TIMEOUT_MS = 60_000;
const START_DELAY_MS = 300;

/**
 * Four processes track at a rate, by the clock. With `throughRedis` two shippers deliver from a Redis, otherwise each producer does by itself.
 *
 * @param {{ eventsPerSecond: number, seconds: number, throughRedis: boolean, into?: 'receiver' | 'inbox' }} options
 * @returns what arrived, how late, and what it cost whom.
 */
export async function runTraffic({ eventsPerSecond, seconds, throughRedis, into = 'receiver' }) {
  const spool = mkdtempSync(join(tmpdir(), 'bench-cluster-'));
  const redis = throughRedis ? await startRedis() : undefined;
  const receiver = startChild(into);
  const env = {
    NODE_ENV: 'production',
    MIXPANEL_TOKEN: 'benchmark-token',
    MIXPANEL_API_HOST: await receiver.ask('listen'),
    PII_HASH_KEY: 'a key of the benchmark, 32 characters',
    ...(redis && { OBSERVABILITY_REDIS_URL: redis.url, OBSERVABILITY_REDIS_PREFIX: PREFIX }),
  };
  const start = (name, count) =>
    Array.from({ length: count }, (_, index) =>
      startChild(name, { env: { ...env, OBSERVABILITY_SPOOL_DIR: join(spool, `${name}-${index}`) } }),
    );
  const producers = start('producer', PRODUCERS);
  const shippers = start('shipper', throughRedis ? SHIPPERS : 0);
  const all = { producers, shippers, receiver: [receiver] };
  const cpu = async () => {
    const groups = Object.entries(all).map(async ([name, children]) => {
      const each = await Promise.all(children.map((child) => child.ask('cpuSeconds')));
      return [name, each.reduce((sum, seconds) => sum + seconds, 0)];
    });
    return { ...Object.fromEntries(await Promise.all(groups)), ...(redis && { redis: redis.cpuSeconds() }) };
  };
  let tracked = 0;
  async function track(forSeconds) {
    const count = (eventsPerSecond * forSeconds) / PRODUCERS;
    const startAt = Date.now() + START_DELAY_MS;
    const settings = { count, ratePerSecond: eventsPerSecond / PRODUCERS, step: PRODUCERS, startAt };
    const runs = producers.map((producer, index) => producer.ask('track', { ...settings, offset: tracked + index }));
    const took = Math.max(...(await Promise.all(runs)).map((run) => run.seconds));
    tracked += count * PRODUCERS;
    return took;
  }
  const arrived = () => receiver.ask('arrived', { target: tracked, timeoutMs: DRAIN_TIMEOUT_MS });
  try {
    await Promise.all([...producers, ...shippers].map((child) => child.ask('stats')));
    await track(WARM_UP_SECONDS);
    await arrived();
    await receiver.ask('startLatency');
    const before = await cpu();
    const took = await track(seconds);
    const endedAt = performance.now();
    const depth = redis?.depth() ?? 0;
    const stats = await Promise.all(producers.map((producer) => producer.ask('stats')));
    await arrived();
    const drainMs = performance.now() - endedAt;
    const after = await cpu();
    const { latencyMs, ...received } = await receiver.ask('read');
    await Promise.all(producers.map((producer) => producer.ask('close')));
    await Promise.all(shippers.map((shipper) => shipper.ask('close')));
    // A copy would arrive late.
    const copies = (await receiver.ask('read')).received - tracked;
    return {
      ...{ throughRedis, into, eventsPerSecond, seconds, tracked, ...received, copies, latencyMs, drainMs },
      achievedPerSecond: (eventsPerSecond * seconds) / took,
      queuedBatches: depth,
      waitingRecords: stats.reduce((sum, { queued, pending }) => sum + queued + pending, 0),
      cpuSeconds: Object.fromEntries(Object.entries(after).map(([name, value]) => [name, value - before[name]])),
      loadAverage: loadavg()[0],
      problems: problemsOf(tracked, received),
    };
  } finally {
    for (const child of [...producers, ...shippers, receiver]) await child.stop();
    await redis?.stop();
    rmSync(spool, { recursive: true, force: true });
  }
}

function problemsOf(tracked, { distinct, insertIds }) {
  return [
    ...(distinct === tracked ? [] : [`expected ${tracked} events, ${distinct} arrived.`]),
    ...(insertIds === tracked ? [] : [`expected ${tracked} insert ids, ${insertIds} arrived.`]),
  ];
}
