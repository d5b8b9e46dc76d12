import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { joinBudget, type Sharers } from '../../../telemetry/src/errors/budget-shares.ts';
import { buildServer, startSchedule } from '../../src/server.ts';
import { redisAvailable, startFailoverRedis } from '../real-redis.ts';
import { setEnv } from '../start-observed.ts';
import { batchOf, createReceiver, PATIENCE, persist, produce, ship } from './redis-parts.ts';

describe.skipIf(!(await redisAvailable()))('after a failover in Redis', () => {
  async function start() {
    const redis = await startFailoverRedis();
    onTestFinished(() => redis.close());
    return redis;
  }

  it('producers and shippers go on with the new server', async () => {
    const redis = await start();
    const receiver = createReceiver();
    await ship(redis.url, receiver.transport, { maxEventsPerSecond: 50 });
    const producers = [produce(redis.url), produce(redis.url)];
    const sent = Array.from({ length: 60 }, (_, n) => batchOf(`b-${n}`));
    const replies = sent.map((batch, n) => persist(producers[n % 2] ?? produce(redis.url), batch));
    await vi.waitFor(() => expect(receiver.ids.length).toBeGreaterThan(10), PATIENCE);
    await redis.failOver();
    expect(receiver.ids.length).toBeLessThan(60);
    for (const reply of await Promise.all(replies)) expect(reply).toMatchObject({ status: 200 });
    expect(new Set(receiver.ids).size).toBe(60);
  }, 30_000);

  it('a producer that only waits notices that its answers are left elsewhere', async () => {
    const redis = await start();
    const producer = produce(redis.url);
    const sending = producer.send('import', batchOf('b-1'));
    await producer.recall('import', 'none');
    await redis.failOver();
    expect(await sending).toEqual({ networkError: expect.stringContaining('READONLY') });
    await ship(redis.url, createReceiver().transport);
    expect(await persist(producer, batchOf('b-1'))).toMatchObject({ status: 200 });
  });

  it('the shares of the error budget are counted again', async () => {
    const redis = await start();
    const known = new Map<string, Sharers>();
    for (const owner of ['a', 'b']) {
      const onChange = (sharers: Sharers) => void known.set(owner, sharers);
      onTestFinished(
        joinBudget({
          ...{ redisUrl: redis.url, prefix: 'qr-test', service: 'scans', owner, intervalMs: 50, onChange },
          warn() {},
        }),
      );
    }
    await expect.poll(() => known.get('a')).toEqual({ all: 2, ofService: 2 });
    await redis.failOver();
    onTestFinished(
      joinBudget({
        ...{ redisUrl: redis.url, prefix: 'qr-test', service: 'scans', owner: 'c', intervalMs: 50 },
        onChange() {},
        warn() {},
      }),
    );
    await expect.poll(() => known.get('a'), PATIENCE).toEqual({ all: 3, ofService: 3 });
  });

  it('a rate limit holds again', async () => {
    const redis = await start();
    onTestFinished(setEnv({ OBSERVABILITY_REDIS_URL: redis.url }));
    const app = buildServer({ serviceName: 'limited', rateLimit: { max: 2, windowMs: 60_000 } });
    onTestFinished(() => app.close());
    app.get('/x', async () => 'ok');
    const ask = async () => (await app.inject('/x')).statusCode;
    await expect.poll(ask, PATIENCE).toBe(429);
    await redis.failOver();
    await expect.poll(ask, PATIENCE).toBe(200);
    await expect.poll(ask, PATIENCE).toBe(429);
  });

  it('a schedule goes on', async () => {
    const redis = await start();
    onTestFinished(setEnv({ OBSERVABILITY_REDIS_URL: redis.url }));
    const run = vi.fn(async () => {});
    onTestFinished(startSchedule({ name: 'tidy-up', everyMs: 100, run }));
    await vi.waitFor(() => expect(run.mock.calls.length).toBeGreaterThan(2), PATIENCE);
    await redis.failOver();
    const before = run.mock.calls.length;
    await vi.waitFor(() => expect(run.mock.calls.length).toBeGreaterThan(before + 2), PATIENCE);
  });
});
