import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { redisAvailable, startOwnRedis } from './real-redis.ts';
import { acknowledgement, batchOf, createReceiver, PATIENCE, persist, produce, ship } from './redis-parts.ts';

const MAX_MEMORY = 20 * 1024 * 1024;
/** What no compression makes smaller: 150 KB. */
const filling = () => randomBytes(112_500).toString('base64');

describe.skipIf(!(await redisAvailable()))('a Redis that is full', () => {
  async function start() {
    const own = await startOwnRedis('--maxmemory', String(MAX_MEMORY), '--maxmemory-policy', 'noeviction');
    const redis = new Redis(own.url);
    onTestFinished(async () => {
      redis.disconnect();
      await own.close();
    });
    const usedMemory = async () => Number(/^used_memory:(\d+)/m.exec(await redis.info('memory'))?.[1]);
    /** Takes all memory there is, as data of others does. */
    async function fillUp(): Promise<void> {
      for (let size = 1024 * 1024; size >= 64; size /= 2) {
        for (let n = 0; n < 30; n++) {
          const isStored = await redis.set(`others:${size}:${n}`, 'x'.repeat(size)).catch(() => null);
          if (isStored === null) break;
        }
      }
    }
    return { url: own.url, redis, usedMemory, fillUp };
  }

  it('keeps batches on disk well before there is no memory left, and says why', async () => {
    const { url, usedMemory } = await start();
    const producer = produce(url, { maxInFlight: 1000 });
    const refused: string[] = [];
    for (let n = 0; refused.length === 0; n++) {
      void producer.send('import', batchOf(`b-${n}`, 'u-1', filling())).then((reply) => {
        if ('networkError' in reply) refused.push(reply.networkError);
      });
      if (n % 8 === 0) await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(refused[0]).toMatch(/^Redis is (nearly )?full/);
    expect(await usedMemory()).toBeLessThan(MAX_MEMORY);
  }, 30_000);

  it('is drained by a shipper: everything is delivered and nothing is stuck', async () => {
    const { url, redis, usedMemory, fillUp } = await start();
    const producer = produce(url);
    const batches = Array.from({ length: 100 }, (_, n) => batchOf(`b-${n}`, 'u-1', filling()));
    const queued = batches.slice(0, 60).map((batch) => persist(producer, batch));
    await vi.waitFor(async () => expect(await redis.llen('qr-delivery:import:wait')).toBe(60), PATIENCE);
    await fillUp();
    await expect(redis.set('one-more', 'x'.repeat(100))).rejects.toThrow('OOM command not allowed');
    const late = batches.slice(60).map((batch) => persist(producer, batch));

    let failures = 2;
    const receiver = createReceiver(() =>
      failures-- > 0 ? { status: 503, headers: { 'retry-after': '1' }, body: '' } : acknowledgement(),
    );
    const others = await redis.keys('others:*');
    await ship(url, receiver.transport);
    for (const reply of await Promise.all(queued)) expect(reply).toEqual(acknowledgement());
    // The others have made room.
    await redis.del(others);
    for (const reply of await Promise.all(late)) expect(reply).toEqual(acknowledgement());
    expect(new Set(receiver.ids).size).toBe(100);
    expect(await redis.keys('*:body:*')).toEqual([]);
    await vi.waitFor(async () => expect(await redis.llen('qr-delivery:import:active')).toBe(0), PATIENCE);
    expect(await redis.llen('qr-delivery:import:wait')).toBe(0);
    expect(await redis.zcard('qr-delivery:import:delayed')).toBe(0);
    expect(await usedMemory()).toBeLessThan(MAX_MEMORY / 4);
  }, 60_000);

  it('is drained of what many producers have filled it with, and holds no body without a job', async () => {
    const { url, redis } = await start();
    const producers = Array.from({ length: 8 }, () => produce(url));
    const replies = producers.flatMap((producer, p) =>
      Array.from({ length: 25 }, (_, n) => persist(producer, batchOf(`b-${p}-${n}`, 'u-1', filling()))),
    );
    await vi.waitFor(async () => expect(await redis.llen('qr-delivery:import:wait')).toBeGreaterThan(60), PATIENCE);
    const bodies = await redis.keys('*:body:*');
    for (const key of bodies) {
      const id = key.slice(key.lastIndexOf(':') + 1);
      await expect.poll(() => redis.exists(`qr-delivery:import:${id}`), PATIENCE).toBe(1);
    }
    const receiver = createReceiver();
    await ship(url, receiver.transport);
    for (const reply of await Promise.all(replies)) expect(reply).toEqual(acknowledgement());
    expect(new Set(receiver.ids).size).toBe(200);
    expect(await redis.keys('*:body:*')).toEqual([]);
  }, 60_000);

  it('still answers for a batch that was delivered while it filled up', async () => {
    const { url, redis, fillUp } = await start();
    const before = produce(url);
    void before.send('import', batchOf('b-1'));
    await vi.waitFor(async () => expect(await redis.exists('qr-delivery:import:b-1')).toBe(1), PATIENCE);
    await before.close();
    await fillUp();
    const receiver = createReceiver();
    await ship(url, receiver.transport);
    expect(await produce(url).send('import', batchOf('b-1'))).toEqual(acknowledgement());
    expect(receiver.ids).toEqual(['b-1']);
  });

  it('takes a recall', async () => {
    const { url, redis, fillUp } = await start();
    const producer = produce(url);
    const sending = producer.send('import', batchOf('b-1'));
    await vi.waitFor(async () => expect(await redis.exists('qr-delivery:import:b-1')).toBe(1), PATIENCE);
    await fillUp();
    await producer.recall('import', 'b-1');
    expect(await sending).toEqual({ networkError: 'recalled' });
    expect(await redis.keys('*b-1*')).toEqual([]);
  });
});
