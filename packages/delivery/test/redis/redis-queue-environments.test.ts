import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { redisAvailable, startOwnRedis } from './real-redis.ts';
import { acknowledgement, batchOf, createReceiver, PATIENCE, produce, ship } from './redis-parts.ts';

const OURS = 'api.example.com token-of-ours';
const THEIRS = 'api.example.com token-of-theirs';

describe.skipIf(!(await redisAvailable()))('a queue in Redis that others use too', () => {
  async function start() {
    const own = await startOwnRedis();
    const redis = new Redis(own.url, { maxRetriesPerRequest: null });
    const queue = new Queue('import', { connection: redis, prefix: 'qr-delivery' });
    const warnings: string[] = [];
    onTestFinished(async () => {
      await queue.close();
      redis.disconnect();
      await own.close();
    });
    return { url: own.url, redis, queue, warnings, warn: (message: string) => void warnings.push(message) };
  }

  it('keeps prefixes apart', async () => {
    const { url } = await start();
    const staging = createReceiver();
    await ship(url, staging.transport, { prefix: 'qr-delivery-staging' });
    const answered = vi.fn();
    void produce(url, { prefix: 'qr-delivery-production' }).send('import', batchOf('b-1')).then(answered);
    expect(await produce(url, { prefix: 'qr-delivery-staging' }).send('import', batchOf('b-2'))).toEqual(
      acknowledgement(),
    );
    expect(staging.ids).toEqual(['b-2']);
    expect(answered).not.toHaveBeenCalled();
  });

  it('leaves batches for another destination queued, warns once, and ships its own meanwhile', async () => {
    const { url, queue, redis, warnings, warn } = await start();
    const theirs = createReceiver(undefined, THEIRS);
    const shipper = await ship(url, theirs.transport, { warn });
    const ours = produce(url, { destination: OURS });
    const waiting = ['b-1', 'b-2', 'b-3'].map((id) => ours.send('import', batchOf(id)));
    await vi.waitFor(async () => expect(await queue.getDelayedCount()).toBe(3), PATIENCE);
    expect(await produce(url, { destination: THEIRS }).send('import', batchOf('b-4'))).toEqual(acknowledgement());
    expect(theirs.ids).toEqual(['b-4']);
    // Counted once the answer has been left for the producer.
    const counted = { delivered: 1, refused: 0, retried: 0, lastError: undefined };
    await vi.waitFor(() => expect(shipper.stats().import).toEqual(counted), PATIENCE);
    expect(await redis.exists('qr-delivery:failures:import')).toBe(0);
    expect(warnings).toEqual([expect.stringMatching(/another host or project.*OBSERVABILITY_REDIS_PREFIX/)]);

    const receiver = createReceiver(undefined, OURS);
    await ship(url, receiver.transport);
    for (const reply of waiting) expect(await reply).toEqual(acknowledgement());
    expect(receiver.ids.sort()).toEqual(['b-1', 'b-2', 'b-3']);
    expect(warnings).toHaveLength(1);
  });

  it('does not spin on batches for another destination', async () => {
    const { url, queue } = await start();
    const shipper = await ship(url, createReceiver(undefined, THEIRS).transport);
    void produce(url, { destination: OURS }).send('import', batchOf('b-1'));
    // Left, tried after a second, and left for longer.
    await vi.waitFor(async () => expect((await queue.getDelayed())[0]?.delay).toBeGreaterThan(1500), PATIENCE);
    expect((await queue.getDelayed())[0]?.attemptsStarted).toBeLessThanOrEqual(3);
    expect(shipper.stats().import?.retried).toBe(0);
  });

  it('keeps no token in Redis', async () => {
    const { url, redis, queue } = await start();
    void produce(url, { destination: OURS }).send('import', batchOf('b-1'));
    await vi.waitFor(async () => expect(await queue.getWaitingCount()).toBe(1), PATIENCE);
    const keys = await redis.keys('*');
    const values = await Promise.all(keys.map((key) => redis.dumpBuffer(key)));
    expect(Buffer.concat(values.filter((value) => value !== null)).includes('token-of-ours')).toBe(false);
  });

  it('queues a batch again that was made for a destination which its producer no longer has', async () => {
    const { url, redis } = await start();
    const before = produce(url, { destination: THEIRS });
    void before.send('import', batchOf('b-1'));
    await vi.waitFor(async () => expect(await redis.exists('qr-delivery:import:b-1')).toBe(1), PATIENCE);
    await before.close();
    const receiver = createReceiver(undefined, OURS);
    await ship(url, receiver.transport);
    const now = produce(url, { destination: OURS, suspectAfterMs: 100 });
    expect(await now.send('import', batchOf('b-1'))).toEqual(acknowledgement());
  });

  it('leaves a batch in a newer format queued, and warns once', async () => {
    const { url, queue, warnings, warn } = await start();
    await queue.add('batch', { v: 3, records: 1 }, { jobId: 'b-1' });
    await queue.add('batch', { v: 3, records: 1 }, { jobId: 'b-2' });
    const receiver = createReceiver();
    await ship(url, receiver.transport, { warn });
    await vi.waitFor(async () => expect(await queue.getDelayedCount()).toBe(2), PATIENCE);
    expect(await produce(url).send('import', batchOf('b-3'))).toEqual(acknowledgement());
    expect(receiver.ids).toEqual(['b-3']);
    expect(warnings).toEqual([
      expect.stringMatching(/in a format that this shipper does not know.*update the shippers/),
    ]);
  });

  it('delivers what a producer of the version before has queued, and answers it where it looks', async () => {
    const { url, redis, queue } = await start();
    await redis.set('qr-delivery:body:b-1', batchOf('b-1').body, 'EX', 86_400);
    await queue.add('batch', { records: 1 }, { jobId: 'b-1' });
    // The same producer, updated meanwhile, asks for it.
    const asking = produce(url, { destination: OURS }).send('import', batchOf('b-1'));
    const receiver = createReceiver(undefined, OURS);
    await ship(url, receiver.transport);
    expect(await asking).toEqual(acknowledgement());
    expect(JSON.parse((await redis.get('qr-delivery:reply:b-1')) ?? '')).toEqual(acknowledgement());
    expect(await redis.exists('qr-delivery:body:b-1')).toBe(0);
    expect(receiver.ids).toEqual(['b-1']);
  });

  it('hands an answer on once that is no receiver’s, and sends the batch again', async () => {
    const { url, redis } = await start();
    const page = { status: 200, headers: {}, body: '<html>Log in</html>' };
    await redis.set('qr-delivery:v2:reply:b-1', JSON.stringify(page), 'EX', 3600);
    const producer = produce(url);
    expect(await producer.send('import', batchOf('b-1'))).toEqual(page);
    expect(await redis.exists('qr-delivery:v2:reply:b-1')).toBe(0);
    await ship(url, createReceiver().transport);
    expect(await producer.send('import', batchOf('b-1'))).toEqual(acknowledgement());
  });

  it('hands a refusal on once, and keeps an acknowledgement', async () => {
    const { url, redis } = await start();
    const refusal = { status: 400, headers: {}, body: '{"code":400,"error":"no"}' };
    const receiver = createReceiver((id) => (id === 'b-1' ? refusal : acknowledgement()));
    await ship(url, receiver.transport);
    const producer = produce(url);
    expect(await producer.send('import', batchOf('b-1'))).toEqual(refusal);
    expect(await producer.send('import', batchOf('b-2'))).toEqual(acknowledgement());
    expect(await redis.keys('*:reply:*')).toEqual(['qr-delivery:v2:reply:b-2']);
  });
});
