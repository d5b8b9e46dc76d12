import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Queue } from 'bullmq';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readRecords } from '../../src/body.ts';
import type { Reply, SealedBatch, Transport } from '../../src/lanes.ts';
import { createRedisQueueTransport, type Shipper, type ShipperOptions, startShipper } from '../../src/redis/queue.ts';
import { createHttpTransport, lanes } from '../lanes.ts';
import { openScratchRedis, redisAvailable, type ScratchRedis, startOwnRedis } from './real-redis.ts';
import { shippedLanes } from './redis-parts.ts';

/** More jobs in a second than a test has: whoever is over it was held back on purpose. */
const HELD = 1_000_000;
const PATIENCE = { timeout: 15_000, interval: 20 };
/** What the receiver of events says to so many. */
const acceptedOf = (records: number): Reply => ({
  status: 200,
  headers: {},
  body: JSON.stringify({ code: 200, num_records_imported: records, status: 'OK' }),
});
const answer = (status: number, headers: Record<string, string> = {}, body = ''): Reply => ({ status, headers, body });

/** A receiver that answers as told, then accepts; keeps the bytes of every copy that it was sent. */
function createReceiver(...answers: Reply[]) {
  const copies: { readonly id: string; readonly body: string }[] = [];
  const transport: Transport = {
    async send(_lane, { id, records, body }) {
      copies.push({ id, body: body.toString('base64') });
      return answers.shift() ?? acceptedOf(records);
    },
    close: async () => {},
  };
  return { transport, copies };
}

function sealed(id: string, numbers: readonly number[]): SealedBatch {
  const records = numbers.map((n) => ({ event: 'logout', properties: { $insert_id: `${id}-${n}` } }));
  return { id, records: records.length, body: gzipSync(JSON.stringify(records)) };
}
const numbers = (count: number) => Array.from({ length: count }, (_, n) => n);

/** Sends a batch until it is answered, as the sender of a pipeline does. */
async function persist(transport: Transport, batch: SealedBatch): Promise<Reply> {
  let reply = await transport.send('import', batch);
  while ('networkError' in reply) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    reply = await transport.send('import', batch);
  }
  return reply;
}

describe.skipIf(!(await redisAvailable()))('startShipper', () => {
  let scratch: ScratchRedis;
  let opened: (() => Promise<unknown>)[];
  let warnings: string[];

  beforeEach(() => {
    scratch = openScratchRedis();
    opened = [];
    warnings = [];
  });
  afterEach(async () => {
    for (const close of opened.reverse()) await close();
    await scratch.close();
  });

  function produce(url = scratch.url): Transport {
    const transport = createRedisQueueTransport({
      ...{ lanes, warn: () => {}, url, prefix: scratch.prefix },
      pollIntervalMs: 10,
    });
    opened.push(() => transport.close());
    return transport;
  }

  async function ship(transport: Transport, options: Partial<ShipperOptions> = {}): Promise<Shipper> {
    const { url: redisUrl, prefix } = scratch;
    const warn = (message: string) => warnings.push(message);
    const shipper = await startShipper({ lanes: shippedLanes, redisUrl, prefix, transport, warn, ...options });
    opened.push(() => shipper.close(1000));
    return shipper;
  }

  function openQueue(): Queue {
    const queue = new Queue('import', { connection: scratch.redis, prefix: scratch.prefix });
    opened.push(() => queue.close());
    return queue;
  }

  it('delivers what two producers queue through two shippers: every record, and all copies alike', async () => {
    const receiver = createReceiver();
    await ship(receiver.transport);
    await ship(receiver.transport);
    const sent = ['p1', 'p2'].flatMap((producer) => {
      const transport = produce();
      return numbers(50).map((n) => {
        const batch = sealed(`${producer}-${n}`, numbers(200));
        return { batch, reply: transport.send('import', batch) };
      });
    });
    for (const { reply } of sent) expect(await reply).toEqual(acceptedOf(200));
    const bytes = new Map(receiver.copies.map(({ id, body }) => [id, body]));
    for (const { batch } of sent) expect(bytes.get(batch.id)).toBe(batch.body.toString('base64'));
    expect(sent.reduce((sum, { batch }) => sum + batch.records, 0)).toBe(20_000);
    // No outage: no copies either.
    expect(receiver.copies).toHaveLength(sent.length);
  });

  it('takes only the batches of its lanes', async () => {
    const receiver = createReceiver();
    const producer = produce();
    await ship(receiver.transport, { lanes: { analytics: lanes.analytics } });
    const events = producer.send('import', sealed('b-1', [1]));
    expect(await producer.send('analytics', sealed('b-2', [1]))).toEqual(acceptedOf(1));
    expect(receiver.copies.map(({ id }) => id)).toEqual(['b-2']);
    await ship(receiver.transport);
    expect(await events).toEqual(acceptedOf(1));
  });

  it('refuses an address that is not of a Redis', async () => {
    await expect(ship(createReceiver().transport, { redisUrl: 'localhost' })).rejects.toThrow(
      'Expected the address of a Redis',
    );
  });

  it('waits for a Redis that is not there yet', async () => {
    const own = await startOwnRedis();
    opened.push(() => own.close());
    await own.kill();
    await ship(createReceiver().transport, { redisUrl: own.url });
    await vi.waitFor(() => expect(warnings.length).toBeGreaterThan(0), PATIENCE);
    await own.restart();
    expect(await produce(own.url).send('import', sealed('b-1', [1]))).toEqual(acceptedOf(1));
  });

  describe('when the receiver does not accept a batch', () => {
    it.each([408, 429, 500, 503])('sends it again after status %i, when Retry-After says so', async (status) => {
      const receiver = createReceiver(answer(status, { 'retry-after': '1' }));
      const shipper = await ship(receiver.transport);
      expect(await produce().send('import', sealed('b-1', [1, 2]))).toEqual(acceptedOf(2));
      expect(receiver.copies).toHaveLength(2);
      expect(receiver.copies[0]).toEqual(receiver.copies[1]);
      expect(shipper.stats().import).toEqual({
        delivered: 2,
        retried: 2,
        refused: 0,
        lastError: `status ${status}: (empty body)`,
      });
    });

    it.each([
      ['a dead network', { networkError: 'connect ECONNREFUSED' } as const, 500, 7000],
      ['status 503', answer(503), 500, 7000],
      ['Retry-After', answer(429, { 'retry-after': '90' }), 80_000, 90_000],
    ])('holds the lane back, for all shippers, after %s', async (_name, reply, minMs, maxMs) => {
      const receiver = createReceiver(reply);
      const queue = openQueue();
      await ship(receiver.transport);
      await ship(receiver.transport);
      const producer = produce();
      void producer.send('import', sealed('b-1', [1]));
      await vi.waitFor(async () => expect(await queue.getDelayedCount()).toBe(1), PATIENCE);
      const heldMs = await queue.getRateLimitTtl(HELD);
      expect(heldMs).toBeGreaterThan(minMs);
      expect(heldMs).toBeLessThanOrEqual(maxMs);
      void producer.send('import', sealed('b-2', [1]));
      // By the time that another lane has delivered, an open one would have too.
      expect(await producer.send('engage', sealed('b-3', [1]))).toEqual(acceptedOf(1));
      expect(await queue.getWaitingCount()).toBe(1);
      expect(receiver.copies.map(({ id }) => id)).toEqual(['b-1', 'b-3']);
    });

    it('counts failures in a row, for the wait to grow, and starts anew after a success', async () => {
      const failures = `${scratch.prefix}:failures:import`;
      const receiver = createReceiver(answer(503, { 'retry-after': '1' }), answer(503, { 'retry-after': '1' }));
      await ship(receiver.transport);
      const sending = produce().send('import', sealed('b-1', [1]));
      await vi.waitFor(async () => expect(await scratch.redis.get(failures)).toBe('2'), PATIENCE);
      await sending;
      expect(await scratch.redis.exists(failures)).toBe(0);
    });

    it('counts what fails together once', async () => {
      const receiver = createReceiver(...numbers(8).map(() => answer(503)));
      const queue = openQueue();
      const producer = produce();
      for (const n of numbers(8)) void producer.send('import', sealed(`b-${n}`, [1]));
      await vi.waitFor(async () => expect(await queue.getWaitingCount()).toBe(8), PATIENCE);
      await Promise.all([ship(receiver.transport), ship(receiver.transport)]);
      await vi.waitFor(async () => expect(await queue.getDelayedCount()).toBeGreaterThan(1), PATIENCE);
      await vi.waitFor(async () => expect(await queue.getActiveCount()).toBe(0), PATIENCE);
      expect(await scratch.redis.get(`${scratch.prefix}:failures:import`)).toBe('1');
    });

    it.each([
      [401, 'Invalid credentials'],
      [404, 'no such host'],
      [200, '<html>Log in to the network</html>'],
    ])('keeps the batches after status %i and %s, and says so once', async (status, body) => {
      const receiver = createReceiver(...numbers(4).map(() => answer(status, { 'retry-after': '60' }, body)));
      const queue = openQueue();
      const producer = produce();
      for (const n of numbers(4)) void producer.send('import', sealed(`b-${n}`, [1]));
      await vi.waitFor(async () => expect(await queue.getWaitingCount()).toBe(4), PATIENCE);
      await ship(receiver.transport);
      await vi.waitFor(async () => expect(await queue.getRateLimitTtl(HELD)).toBeGreaterThan(40_000), PATIENCE);
      await vi.waitFor(async () => expect(await queue.getActiveCount()).toBe(0), PATIENCE);
      expect(await queue.getDelayedCount()).toBeGreaterThan(0);
      expect(await scratch.redis.keys(`${scratch.prefix}:*reply*`)).toEqual([]);
      expect(warnings).toEqual([
        `The import lane is paused: status ${status}: ${body}. Check the token, the host and the network of the shipper. Batches stay queued meanwhile.`,
      ]);
    });

    it.each([
      [400, '{"code":400,"error":"not like this"}'],
      [413, 'too large'],
    ])('leaves status %i to the producer, and nothing in Redis', async (status, body) => {
      const receiver = createReceiver(answer(status, {}, body));
      const queue = openQueue();
      const shipper = await ship(receiver.transport);
      expect(await produce().send('import', sealed('b-1', [1, 2, 3]))).toEqual(answer(status, {}, body));
      await vi.waitFor(async () => expect(await queue.getActiveCount()).toBe(0), PATIENCE);
      expect(await scratch.redis.keys(`${scratch.prefix}:*b-1*`)).toEqual([]);
      expect(await queue.getFailedCount()).toBe(0);
      expect(shipper.stats().import).toMatchObject({ refused: 3, delivered: 0 });
      expect(receiver.copies).toHaveLength(1);
    });

    it('gives a batch back to its producer that the receiver never takes while it takes others', async () => {
      const never = answer(500, { 'retry-after': '1' }, 'no');
      const ids: string[] = [];
      const receiver: Transport = {
        async send(_lane, { id, records }) {
          ids.push(id);
          return id === 'b-1' ? never : acceptedOf(records);
        },
        close: async () => {},
      };
      await ship(receiver);
      const producer = produce();
      const first = producer.send('import', sealed('b-1', [1]));
      const answered = vi.fn();
      void first.then(answered);
      for (let n = 2; answered.mock.calls.length === 0; n++) {
        expect(await producer.send('engage', sealed(`b-${n}`, [1]))).toEqual(acceptedOf(1));
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      expect(await first).toEqual(never);
      expect(ids.filter((id) => id === 'b-1').length).toBeGreaterThanOrEqual(5);
      await vi.waitFor(async () => expect(await scratch.redis.keys(`${scratch.prefix}:*:b-1`)).toEqual([]), PATIENCE);
      // As the sender does: later.
      const again = producer.send('import', sealed('b-1', [1]));
      const attempts = ids.filter((id) => id === 'b-1').length;
      await vi.waitFor(() => expect(ids.filter((id) => id === 'b-1').length).toBeGreaterThan(attempts), PATIENCE);
      void again;
    }, 30_000);

    it('keeps a batch in Redis through an outage, however many attempts fail', async () => {
      const receiver = createReceiver(...numbers(7).map(() => answer(503, { 'retry-after': '1' })));
      await ship(receiver.transport);
      expect(await produce().send('import', sealed('b-1', [1]))).toEqual(acceptedOf(1));
      expect(receiver.copies).toHaveLength(8);
    }, 30_000);

    it('treats a transport that throws like a dead network', async () => {
      const queue = openQueue();
      const shipper = await ship({ send: () => Promise.reject(new Error('broken')), close: async () => {} });
      void produce().send('import', sealed('b-1', [1]));
      await vi.waitFor(async () => expect(await queue.getDelayedCount()).toBe(1), PATIENCE);
      expect(shipper.stats().import?.lastError).toBe('broken');
    });
  });

  it('keeps the rate over two shippers, counted in records', async () => {
    const receiver = createReceiver();
    await ship(receiver.transport, { maxEventsPerSecond: 1000 });
    await ship(receiver.transport, { maxEventsPerSecond: 1000 });
    const producer = produce();
    const startedAt = performance.now();
    await Promise.all(numbers(11).map((n) => producer.send('import', sealed(`b-${n}`, numbers(200)))));
    // The first batch is free; 2000 records follow it.
    const tookMs = performance.now() - startedAt;
    expect(tookMs).toBeGreaterThan(1950);
    expect(tookMs).toBeLessThan(6000);
    expect(receiver.copies).toHaveLength(11);
  });

  it('loses nothing when Redis is restarted empty in the middle', async () => {
    const own = await startOwnRedis();
    opened.push(() => own.close());
    const receiver = createReceiver();
    const options = { redisUrl: own.url, maxEventsPerSecond: 4000 };
    await ship(receiver.transport, options);
    await ship(receiver.transport, options);
    const producers = [produce(own.url), produce(own.url)];
    const sent = numbers(40).map((n) => sealed(`b-${n}`, numbers(100)));
    const replies = sent.map((batch, n) => persist(producers[n % 2] ?? produce(), batch));
    await vi.waitFor(() => expect(receiver.copies.length).toBeGreaterThan(5), PATIENCE);
    await own.restart();
    expect(receiver.copies.length).toBeLessThan(sent.length);
    for (const reply of await Promise.all(replies)) expect(reply).toEqual(acceptedOf(100));
    const bytes = new Map<string, Set<string>>();
    for (const { id, body } of receiver.copies) bytes.set(id, (bytes.get(id) ?? new Set()).add(body));
    expect([...bytes.keys()].sort()).toEqual(sent.map(({ id }) => id).sort());
    for (const { id, body } of sent) expect([...(bytes.get(id) ?? [])]).toEqual([body.toString('base64')]);
  }, 30_000);

  it('loses nothing when a shipper is killed in the middle: another takes over what it had', async () => {
    const received = new Map<string, number>();
    // Answers late, so that the kill finds requests under way.
    const server = createServer(async (request, response) => {
      const records = await readRecords(Buffer.concat(await request.toArray()));
      for (const record of records as { properties: { $insert_id: string } }[]) {
        const id = record.properties.$insert_id;
        received.set(id, (received.get(id) ?? 0) + 1);
      }
      setTimeout(() => response.end(JSON.stringify({ code: 200, num_records_imported: records.length })), 100);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    opened.push(async () => server.close());
    const apiHost = `http://127.0.0.1:${port}`;

    const sent = numbers(30).map((n) => sealed(`b-${n}`, numbers(20)));
    const producer = produce();
    const replies = sent.map((batch) => producer.send('import', batch));
    const script = join(import.meta.dirname, 'shipper-process.ts');
    const args = ['--import', 'tsx', '--conditions=@qr/source', script, scratch.url, scratch.prefix, apiHost];
    const child = spawn(process.execPath, args, { stdio: 'inherit' });
    opened.push(async () => child.kill('SIGKILL'));
    await vi.waitFor(() => expect(received.size).toBeGreaterThan(100), PATIENCE);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(received.size).toBeLessThan(600);

    await ship(createHttpTransport(apiHost), { stalledAfterMs: 1000 });
    for (const reply of await Promise.all(replies)) expect(reply).toMatchObject({ status: 200 });
    expect(received.size).toBe(600);
    // Two requests were under way at the most.
    expect([...received.values()].filter((copies) => copies > 1).length).toBeLessThanOrEqual(2 * 20);
  }, 30_000);

  describe('close', () => {
    it('finishes what is being sent, and leaves the rest queued', async () => {
      const queue = openQueue();
      const producer = produce();
      let finish = (_reply: Reply) => {};
      const send = vi.fn(() => new Promise<Reply>((resolve) => (finish = resolve)));
      const shipper = await ship({ send, close: async () => {} }, { concurrency: 1 });
      const first = producer.send('import', sealed('b-1', [1]));
      await vi.waitFor(() => expect(send).toHaveBeenCalledOnce(), PATIENCE);
      void producer.send('import', sealed('b-2', [1]));
      await vi.waitFor(async () => expect(await queue.getWaitingCount()).toBe(1), PATIENCE);
      const closed = shipper.close(5000);
      finish(acceptedOf(1));
      await closed;
      expect(await first).toEqual(acceptedOf(1));
      expect(send).toHaveBeenCalledOnce();
      expect(await queue.getWaitingCount()).toBe(1);
    });

    it('cuts off what takes longer, and gives it back at once', async () => {
      const queue = openQueue();
      let cutOff = () => {};
      const send = vi.fn(() => new Promise<Reply>((resolve) => (cutOff = () => resolve({ networkError: 'cut off' }))));
      const shipper = await ship({ send, close: async () => cutOff() });
      const sending = produce().send('import', sealed('b-1', [1]));
      await vi.waitFor(() => expect(send).toHaveBeenCalledOnce(), PATIENCE);
      await shipper.close(50);
      expect(await queue.getWaitingCount()).toBe(1);
      expect(await queue.getRateLimitTtl(HELD)).toBeLessThanOrEqual(0);
      await ship(createReceiver().transport);
      expect(await sending).toEqual(acceptedOf(1));
    });

    it('gives back what waits for its turn within the rate', async () => {
      const queue = openQueue();
      const receiver = createReceiver();
      const shipper = await ship(receiver.transport, { maxEventsPerSecond: 1 });
      const producer = produce();
      await producer.send('import', sealed('b-1', numbers(100)));
      void producer.send('import', sealed('b-2', [1]));
      await vi.waitFor(async () => expect(await queue.getActiveCount()).toBe(1), PATIENCE);
      await shipper.close(5000);
      expect(await queue.getWaitingCount()).toBe(1);
      expect(receiver.copies).toHaveLength(1);
    });

    it('does not wait for a Redis that is away, however little time there is', async () => {
      const own = await startOwnRedis();
      opened.push(() => own.close());
      const shipper = await ship(createReceiver().transport, { redisUrl: own.url });
      await own.kill();
      await vi.waitFor(() => expect(warnings.length).toBeGreaterThan(0), PATIENCE);
      const startedAt = performance.now();
      await shipper.close(100);
      expect(performance.now() - startedAt).toBeLessThan(2000);
      expect(warnings[0]).toMatch(/^The shipper cannot reach Redis: .*\. It keeps trying\.$/);
    });
  });
});
