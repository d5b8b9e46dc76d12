import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Reply } from '../../src/lanes.ts';
import { type OwnRedis, redisAvailable, startOwnRedis } from './real-redis.ts';
import { acknowledgement, batchOf, createReceiver, PATIENCE, produce, ship } from './redis-parts.ts';

const PERSON = 'somebody@example.com';

describe.skipIf(!(await redisAvailable()))('recall of a batch in Redis', () => {
  async function start() {
    const own: OwnRedis = await startOwnRedis();
    const redis = new Redis(own.url, { retryStrategy: () => 20 });
    redis.on('error', () => {});
    const queue = new Queue('import', { connection: redis, prefix: 'qr-delivery' });
    queue.on('error', () => {});
    onTestFinished(async () => {
      await queue.close();
      redis.disconnect();
      await own.close();
    });
    return { own, redis, queue };
  }

  /** Every value in Redis, whatever its type. */
  async function everything(redis: Redis): Promise<string> {
    const keys = await redis.keys('*');
    const values = await Promise.all(keys.map((key) => redis.dumpBuffer(key)));
    return [...keys, ...values.map((value) => value?.toString('latin1') ?? '')].join('\n');
  }

  it('takes out a batch that waits, leaves nothing of it, and lets others go on', async () => {
    const { own, redis, queue } = await start();
    const producer = produce(own.url);
    const recalled = producer.send('import', batchOf('b-1', PERSON));
    const others = [producer.send('import', batchOf('b-2')), producer.send('engage', batchOf('b-3'))];
    await vi.waitFor(async () => expect(await queue.getWaitingCount()).toBe(2), PATIENCE);
    await producer.recall('import', 'b-1');
    expect(await recalled).toEqual({ networkError: 'recalled' });
    expect(await everything(redis)).not.toContain('v2:body:b-1');
    expect((await queue.getWaiting()).map(({ id }) => id)).toEqual(['b-2']);
    expect(await redis.exists('qr-delivery:import:b-1')).toBe(0);

    const receiver = createReceiver();
    await ship(own.url, receiver.transport);
    for (const reply of others) expect(await reply).toMatchObject({ status: 200 });
    expect([...receiver.ids].sort()).toEqual(['b-2', 'b-3']);
  });

  it.each(['before it is connected', 'while it is connected'])(
    'takes out a batch handed over at once, %s',
    async (when) => {
      const { own, redis } = await start();
      const producer = produce(own.url);
      if (when === 'while it is connected') await producer.recall('import', 'none');
      const sending = producer.send('import', batchOf('b-1', PERSON));
      await producer.recall('import', 'b-1');
      expect(await sending).toEqual({ networkError: 'recalled' });
      expect(await redis.keys('*b-1*')).toEqual([]);
    },
  );

  it('leaves a batch that a shipper is sending, and takes it once it waits for another attempt', async () => {
    const { own, redis, queue } = await start();
    let answer = (_reply: Reply) => {};
    const receiver = createReceiver(() => new Promise<Reply>((resolve) => (answer = resolve)));
    await ship(own.url, receiver.transport);
    const producer = produce(own.url);
    const answered = vi.fn();
    const sending = producer.send('import', batchOf('b-1', PERSON));
    void sending.then(answered);
    await vi.waitFor(() => expect(receiver.ids).toEqual(['b-1']), PATIENCE);
    await producer.recall('import', 'b-1');
    expect(await redis.exists('qr-delivery:v2:body:b-1')).toBe(1);
    expect(answered).not.toHaveBeenCalled();
    answer({ status: 503, headers: {}, body: '' });
    await vi.waitFor(async () => expect(await queue.getDelayedCount()).toBe(1), PATIENCE);
    await producer.recall('import', 'b-1');
    expect(await sending).toEqual({ networkError: 'recalled' });
    expect(await queue.getDelayedCount()).toBe(0);
    expect(await redis.keys('*b-1*')).toEqual([]);
  });

  it('brings the reply of a batch that a shipper is sending as usual', async () => {
    const { own } = await start();
    let answer = (_reply: Reply) => {};
    const receiver = createReceiver(() => new Promise<Reply>((resolve) => (answer = resolve)));
    await ship(own.url, receiver.transport);
    const producer = produce(own.url);
    const sending = producer.send('import', batchOf('b-1', PERSON));
    await vi.waitFor(() => expect(receiver.ids).toEqual(['b-1']), PATIENCE);
    await producer.recall('import', 'b-1');
    answer(acknowledgement());
    expect(await sending).toEqual(acknowledgement());
  });

  it('takes out what an earlier life of the producer has queued', async () => {
    const { own, redis } = await start();
    const before = produce(own.url);
    void before.send('import', batchOf('b-1', PERSON));
    await vi.waitFor(async () => expect(await redis.exists('qr-delivery:import:b-1')).toBe(1), PATIENCE);
    await before.close();
    await produce(own.url).recall('import', 'b-1');
    expect(await redis.keys('*b-1*')).toEqual([]);
  });

  it('takes out a batch once Redis can be reached again, before anything else is queued', async () => {
    const own = await startOwnRedis('--appendonly', 'yes', '--appendfsync', 'always');
    onTestFinished(() => own.close());
    const producer = produce(own.url);
    const sending = producer.send('import', batchOf('b-1', PERSON));
    const reader = new Redis(own.url);
    await vi.waitFor(async () => expect(await reader.exists('qr-delivery:import:b-1')).toBe(1), PATIENCE);
    reader.disconnect();
    await own.kill();
    expect(await sending).toHaveProperty('networkError');
    await producer.recall('import', 'b-1');
    await own.restart();
    const receiver = createReceiver();
    const other = producer.send('import', batchOf('b-2'));
    await vi.waitFor(async () => {
      const redis = new Redis(own.url);
      const keys = await redis.keys('*import:b-*').finally(() => redis.disconnect());
      expect(keys).toEqual(['qr-delivery:import:b-2']);
    }, PATIENCE);
    await ship(own.url, receiver.transport);
    expect(await other).toEqual(acknowledgement());
    expect(receiver.ids).toEqual(['b-2']);
  });

  it('keeps no body and no reply that names a person once everything was answered', async () => {
    const { own, redis, queue } = await start();
    const refusal = { code: 400, failed_records: [{ index: 0, message: `bad id ${PERSON}` }] };
    const receiver = createReceiver((id) =>
      id === 'b-2' ? { status: 400, headers: {}, body: JSON.stringify(refusal) } : acknowledgement(),
    );
    await ship(own.url, receiver.transport);
    const producer = produce(own.url);
    const replies = ['b-1', 'b-2', 'b-3'].map((id) => producer.send('import', batchOf(id, PERSON)));
    const statuses = (await Promise.all(replies)).map((reply) => 'status' in reply && reply.status);
    expect(statuses).toEqual([200, 400, 200]);
    await vi.waitFor(async () => expect(await queue.getActiveCount()).toBe(0), PATIENCE);
    const left = await everything(redis);
    expect(left).not.toContain(PERSON);
    expect(left).not.toContain(':body:');
    expect(await redis.keys('*:reply:*')).toHaveLength(2);
    expect(await queue.getFailedCount()).toBe(0);
  });
});
