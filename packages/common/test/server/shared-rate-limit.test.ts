import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { buildServer } from '../../src/server.ts';
import { redisAvailable, startOwnRedis } from '../real-redis.ts';
import { setEnv } from '../start-observed.ts';

describe.skipIf(!(await redisAvailable()))('a rate limit with OBSERVABILITY_REDIS_URL', () => {
  async function startTwo() {
    const redis = await startOwnRedis();
    const restore = setEnv({ OBSERVABILITY_REDIS_URL: redis.url, NODE_ENV: 'test' });
    const apps = ['one', 'other'].map(() => {
      const app = buildServer({ serviceName: 'limited', rateLimit: { max: 4, windowMs: 60_000 } });
      app.get('/x', async () => 'ok');
      return app;
    });
    onTestFinished(async () => {
      await Promise.all(apps.map((app) => app.close()));
      restore();
      await redis.close();
    });
    const ask = async (times: number, addressOf: (n: number) => string = () => '127.0.0.1') => {
      const statuses: number[] = [];
      for (let n = 0; n < times; n++) {
        statuses.push((await apps[n % 2]?.inject({ url: '/x', remoteAddress: addressOf(n) }))?.statusCode ?? 0);
      }
      return statuses;
    };
    const reader = new Redis(redis.url);
    onTestFinished(() => reader.disconnect());
    // Until both are connected, requests pass uncounted.
    await Promise.all(apps.map((app) => app.ready()));
    const counted = async () => {
      await reader.flushall();
      await ask(2);
      const [key = ''] = await reader.keys('*');
      return reader.get(key);
    };
    await expect.poll(counted).toBe('2');
    await reader.flushall();
    return { redis, ask, reader };
  }

  it('holds over all instances of a service', async () => {
    const { ask } = await startTwo();
    expect(await ask(6)).toEqual([200, 200, 200, 200, 429, 429]);
  });

  it('counts the addresses of one IPv6 network as one', async () => {
    const { ask } = await startTwo();
    expect(await ask(6, (n) => `2001:db8:1:2:${n}::${n}`)).toEqual([200, 200, 200, 200, 429, 429]);
    expect(await ask(2, (n) => `2001:db8:1:${n + 3}::1`)).toEqual([200, 200]);
    expect(await ask(6, () => '::ffff:192.0.2.1')).toContain(429);
    expect(await ask(1, () => '192.0.2.1')).toEqual([429]);
  });

  it('lets every request pass while Redis is away, and holds again when it is back', async () => {
    const { ask, redis } = await startTwo();
    expect(await ask(6)).toContain(429);
    await redis.kill();
    await expect.poll(() => ask(6)).toEqual([200, 200, 200, 200, 200, 200]);
    await redis.restart();
    await expect.poll(() => ask(6), { timeout: 10_000 }).toContain(429);
  });

  it('keeps no address in Redis', async () => {
    const { ask, reader } = await startTwo();
    await ask(2);
    const keys = await reader.keys('*');
    expect(keys).toEqual([expect.stringMatching(/^qr-delivery-test:limit:limited:all:[0-9a-f]{32}$/)]);
  });
});
