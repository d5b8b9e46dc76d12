import { createServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SealedBatch, Transport } from '../../src/lanes.ts';
import {
  createRedisQueueTransport,
  type RedisQueueOptions,
  type Shipper,
  startShipper,
} from '../../src/redis/queue.ts';
import { createMemoryTransport, lanes } from '../lanes.ts';
import { describeTransportContract } from '../transport-contract.ts';
import { openScratchRedis, redisAvailable, type ScratchRedis, startOwnRedis } from './real-redis.ts';
import { shippedLanes } from './redis-parts.ts';

const batch = (id: string): SealedBatch => ({ id, records: 1, body: gzipSync(JSON.stringify([{ id }])) });

it.each([
  ['localhost', 'no URL'],
  ['http://:secret@localhost:6379', 'http:'],
])('createRedisQueueTransport refuses %s as an address, without repeating it', (url, got) => {
  expect(() => createRedisQueueTransport({ lanes, warn: () => {}, url })).toThrow(
    `Expected the address of a Redis, as in redis://localhost:6379, got ${got}. Set OBSERVABILITY_REDIS_URL.`,
  );
});

describe.skipIf(!(await redisAvailable()))('createRedisQueueTransport', () => {
  let scratch: ScratchRedis;
  let opened: (() => Promise<unknown>)[];

  beforeEach(() => {
    scratch = openScratchRedis();
    opened = [];
  });
  afterEach(async () => {
    for (const close of opened.reverse()) await close();
    await scratch.close();
  });

  function openTransport(options: Partial<RedisQueueOptions> = {}): Transport {
    const { url, prefix } = scratch;
    const transport = createRedisQueueTransport({ lanes, warn: () => {}, url, prefix, pollIntervalMs: 10, ...options });
    opened.push(() => transport.close());
    return transport;
  }

  async function ship(receiver: Transport, redisUrl = scratch.url): Promise<Shipper> {
    const shipper = await startShipper({
      ...{ lanes: shippedLanes, redisUrl, prefix: scratch.prefix, transport: receiver },
      warn: () => {},
    });
    opened.push(() => shipper.close(1000));
    return shipper;
  }

  describeTransportContract('Redis with a shipper behind it', async () => {
    const receiver = createMemoryTransport();
    await ship(receiver);
    return {
      transport: openTransport(),
      received: (lane) => receiver.records(lane),
      answerNext: (status, body) => receiver.answerNext({ status, headers: {}, body }),
    };
  });

  it('does not answer before a shipper has delivered the batch', async () => {
    const sending = openTransport().send('import', batch('b-1'));
    await vi.waitFor(async () => expect(await scratch.redis.exists(`${scratch.prefix}:import:b-1`)).toBe(1));
    const answered = vi.fn();
    void sending.then(answered);
    await scratch.redis.ping();
    expect(answered).not.toHaveBeenCalled();
    await ship(createMemoryTransport());
    expect(await sending).toMatchObject({ status: 200 });
  });

  it('leaves nothing of a delivered batch in Redis but its mark, which expires', async () => {
    await ship(createMemoryTransport());
    await openTransport().send('import', batch('b-1'));
    await vi.waitFor(async () => expect(await scratch.redis.exists(`${scratch.prefix}:import:b-1`)).toBe(0));
    expect(await scratch.redis.exists(`${scratch.prefix}:v2:body:b-1`)).toBe(0);
    expect(await scratch.redis.ttl(`${scratch.prefix}:v2:reply:b-1`)).toBeGreaterThan(3000);
  });

  it('gets the answer of a batch that was delivered while its producer was away, without another delivery', async () => {
    const receiver = createMemoryTransport();
    const before = openTransport();
    const sending = before.send('import', batch('b-1'));
    await vi.waitFor(async () => expect(await scratch.redis.exists(`${scratch.prefix}:import:b-1`)).toBe(1));
    await before.close();
    expect(await sending).toEqual({ networkError: 'the transport is closed' });
    await ship(receiver);
    await vi.waitFor(() => expect(receiver.records()).toHaveLength(1), 5000);
    await vi.waitFor(async () => expect(await scratch.redis.exists(`${scratch.prefix}:import:b-1`)).toBe(0));
    expect(await openTransport().send('import', batch('b-1'))).toMatchObject({ status: 200 });
    expect(receiver.records()).toHaveLength(1);
    // It was queued once more to get the answer, with its body.
    await vi.waitFor(async () => expect(await scratch.redis.exists(`${scratch.prefix}:v2:body:b-1`)).toBe(0));
  });

  it('queues a batch again that Redis has forgotten', async () => {
    const sending = openTransport().send('import', batch('b-1'));
    await vi.waitFor(async () => expect(await scratch.redis.exists(`${scratch.prefix}:import:b-1`)).toBe(1));
    await scratch.forgetAll();
    const receiver = createMemoryTransport();
    await ship(receiver);
    expect(await sending).toMatchObject({ status: 200 });
    expect(receiver.records()).toHaveLength(1);
  });

  it('queues a batch again that is left in no queue, because Redis evicted the queue alone', async () => {
    const sending = openTransport({ suspectAfterMs: 100 }).send('import', batch('b-1'));
    await vi.waitFor(async () => expect(await scratch.redis.llen(`${scratch.prefix}:import:wait`)).toBe(1));
    await scratch.redis.del(`${scratch.prefix}:import:wait`);
    await ship(createMemoryTransport());
    expect(await sending).toMatchObject({ status: 200 });
  });

  it('queues a batch again whose body was evicted', async () => {
    const sending = openTransport({ suspectAfterMs: 100 }).send('import', batch('b-1'));
    await vi.waitFor(async () => expect(await scratch.redis.exists(`${scratch.prefix}:import:b-1`)).toBe(1));
    await scratch.redis.del(`${scratch.prefix}:v2:body:b-1`);
    const receiver = createMemoryTransport();
    await ship(receiver);
    expect(await sending).toMatchObject({ status: 200 });
    expect(receiver.records()).toHaveLength(1);
  });

  it('lets the body of a batch that nobody asks for expire', async () => {
    void openTransport().send('import', batch('b-1'));
    await vi.waitFor(async () =>
      expect(await scratch.redis.ttl(`${scratch.prefix}:v2:body:b-1`)).toBeGreaterThan(80_000),
    );
  });

  it('queues a batch again whose reply was evicted', async () => {
    const receiver = createMemoryTransport();
    receiver.answerNext({ status: 400, headers: {}, body: '{"code":400,"error":"no"}' });
    await ship(receiver);
    await openTransport().send('import', batch('b-1'));
    await scratch.redis.del(`${scratch.prefix}:v2:reply:b-1`);
    const again = openTransport({ suspectAfterMs: 100 }).send('import', batch('b-1'));
    expect(await again).toMatchObject({ status: 200 });
  });

  describe('when Redis is away', () => {
    it('fails at once if nothing listens, naming the reason', async () => {
      const reply = await openTransport({ url: 'redis://127.0.0.1:1' }).send('import', batch('b-1'));
      expect(reply).toEqual({ networkError: 'Redis cannot be reached: connect ECONNREFUSED 127.0.0.1:1' });
    });

    it('fails within about a second if somebody listens who never answers', async () => {
      const silent = createServer(() => {});
      await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
      opened.push(async () => silent.close());
      const { port } = silent.address() as { port: number };
      const startedAt = performance.now();
      const reply = await openTransport({ url: `redis://127.0.0.1:${port}` }).send('import', batch('b-1'));
      expect(reply).toEqual({ networkError: 'Redis cannot be reached: no answer within 1000 ms' });
      expect(performance.now() - startedAt).toBeLessThan(2500);
    });

    it('fails what waits if Redis stops answering', async () => {
      const own = await startOwnRedis();
      opened.push(() => own.close());
      const transport = openTransport({ url: own.url });
      const sending = transport.send('import', batch('b-1'));
      await vi.waitFor(async () => expect(await queuedIn(own.url)).toBe(1));
      own.freeze();
      expect(await transport.send('import', batch('b-2'))).toEqual({ networkError: 'Command timed out' });
      expect(await sending).toHaveProperty('networkError');
    });

    it('fails what waits when Redis dies, and sends it when Redis is back and empty', async () => {
      const own = await startOwnRedis();
      opened.push(() => own.close());
      const transport = openTransport({ url: own.url });
      const sending = [transport.send('import', batch('b-1')), transport.send('import', batch('b-2'))];
      await vi.waitFor(async () => expect(await queuedIn(own.url)).toBe(2));
      await own.kill();
      for (const reply of await Promise.all(sending)) expect(reply).toHaveProperty('networkError');
      expect(await transport.send('import', batch('b-1'))).toHaveProperty('networkError');
      await own.restart();
      await ship(createMemoryTransport(), own.url);
      // As a sender does: again after each network error.
      for (const id of ['b-1', 'b-2']) {
        const delivered = async () => expect(await transport.send('import', batch(id))).toMatchObject({ status: 200 });
        await vi.waitFor(delivered, 10_000);
      }
    });
  });

  it('closes promptly while batches wait, and leaves them to the shippers', async () => {
    const transport = openTransport();
    const sending = transport.send('import', batch('b-1'));
    await vi.waitFor(async () => expect(await scratch.redis.exists(`${scratch.prefix}:import:b-1`)).toBe(1));
    const startedAt = performance.now();
    await transport.close();
    expect(performance.now() - startedAt).toBeLessThan(500);
    expect(await sending).toEqual({ networkError: 'the transport is closed' });
    const receiver = createMemoryTransport();
    await ship(receiver);
    await vi.waitFor(() => expect(receiver.records()).toHaveLength(1), 5000);
  });

  async function queuedIn(url: string): Promise<number> {
    const { Redis } = await import('ioredis');
    const redis = new Redis(url);
    try {
      return await redis.llen(`${scratch.prefix}:import:wait`);
    } finally {
      redis.disconnect();
    }
  }
});
