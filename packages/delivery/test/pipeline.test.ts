import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Reply } from '../src/lanes.ts';
import { createPipeline, type Pipeline } from '../src/pipeline.ts';
import { createMemoryTransport, lanes, type MemoryTransport, personIds } from './lanes.ts';

/** Compressing and writing take real time, also while the clock is a fake. */
const realSetTimeout = globalThis.setTimeout;

const answer = (status: number, body = '', headers: Record<string, string> = {}): Reply => ({ status, body, headers });

describe('createPipeline', () => {
  let transport: MemoryTransport;
  let pipeline: Pipeline;
  let warnings: string[];

  beforeEach(() => {
    // Not setImmediate: batches are compressed and written for real, which takes turns of the loop.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] });
    transport = createMemoryTransport();
    warnings = [];
    pipeline = createPipeline({
      lanes,
      personIds,
      transports: { import: transport, engage: transport },
      flushIntervalMs: 1000,
      warn: (message) => warnings.push(message),
      random: () => 0,
    });
  });
  afterEach(async () => {
    vi.useRealTimers();
    await pipeline.close(0);
  });

  const push = (n: number, distinctId = 'u1') =>
    pipeline.push('import', JSON.stringify({ n, distinct_id: distinctId }));
  /** Lets time pass, and then all work that it set off. */
  const pass = async (ms: number) => {
    await vi.advanceTimersByTimeAsync(ms);
    let before = '';
    for (let quiet = 0; quiet < 5; ) {
      await new Promise((resolve) => realSetTimeout(resolve, 20));
      const now = JSON.stringify(pipeline.stats());
      quiet = now === before ? quiet + 1 : 0;
      before = now;
    }
  };
  const received = () => transport.records('import').map((record) => (record as { n: number }).n);
  const stats = () => {
    const { import: lane } = pipeline.stats();
    if (!lane) throw new Error('expected the import lane');
    return lane;
  };

  it('waits for company until the flush interval has passed', async () => {
    push(1);
    await pass(999);
    expect(received()).toEqual([]);
    push(2);
    await pass(1);
    expect(received()).toEqual([1, 2]);
    expect(stats()).toMatchObject({ delivered: 2, queued: 0 });
  });

  it('seals a batch at 2000 records without waiting', async () => {
    for (let n = 0; n < 2001; n++) push(n);
    await pass(0);
    expect(received()).toHaveLength(2000);
    expect(stats().queued).toBe(1);
  });

  it('seals a batch before it would pass 1.9 MB', async () => {
    const json = JSON.stringify({ n: 'x'.repeat(900_000) });
    for (let count = 0; count < 3; count++) pipeline.push('import', json);
    await pass(0);
    expect(received()).toHaveLength(2);
  });

  it('refuses a record over 1 MB and counts it', () => {
    pipeline.push('import', JSON.stringify('x'.repeat(1_000_001)));
    expect(stats()).toMatchObject({ queued: 0, dropped: { too_large: 1 } });
  });

  it('sends again after the wait that the policy asks for, in order, and loses nothing', async () => {
    transport.answerNext(answer(503));
    transport.answerNext({ networkError: 'connect ECONNREFUSED' });
    push(1);
    await pass(1000);
    push(2);
    await pass(2999);
    expect(received()).toEqual([]);
    expect(stats()).toMatchObject({ pending: 2, lastError: 'status 503: (empty body)' });
    await pass(1 + 5000);
    expect(received()).toEqual([1, 2]);
    expect(stats()).toMatchObject({ pending: 0, delivered: 2, retried: 2 });
  });

  it('obeys a wait that comes while the lane waits for another batch that was under way', async () => {
    const answers = [answer(503), answer(429, '', { 'retry-after': '120' })];
    const pending: ((reply: Reply) => void)[] = [];
    const { send } = transport;
    const many = createPipeline({
      lanes,
      personIds,
      transports: {
        import: {
          ...transport,
          maxInFlight: 2,
          send: (lane, batch) =>
            pending.length < answers.length ? new Promise((resolve) => pending.push(resolve)) : send(lane, batch),
        },
      },
      flushIntervalMs: 1000,
      warn: () => {},
      random: () => 0,
    });
    many.push('import', '{"n":1}');
    await pass(1000);
    many.push('import', '{"n":2}');
    await pass(1000);
    for (const [index, reply] of answers.entries()) pending[index]?.(reply);
    await pass(119_000);
    await many.flush(100);
    expect(received()).toEqual([]);
    await pass(1000);
    expect(received().sort()).toEqual([1, 2]);
    await many.close(0);
  });

  it('counts only the records that a partial failure names', async () => {
    transport.answerNext(answer(400, '{"failed_records":[{"index":1,"message":"bad time"}]}'));
    push(1);
    push(2);
    push(3);
    await pass(1000);
    expect(stats()).toMatchObject({ delivered: 2, dropped: { rejected: 1 } });
    expect(warnings).toEqual([
      '1 of 3 records of the import lane were rejected and put into dead/import.ndjson: bad time',
    ]);
  });

  it('splits a batch that the receiver finds too large', async () => {
    transport.answerNext(answer(413));
    transport.answerNext(answer(413));
    for (const n of [1, 2, 3, 4]) push(n);
    await pass(1000);
    expect(received()).toEqual([1, 2, 3, 4]);
  });

  it('drops a single record that the receiver finds too large, and goes on', async () => {
    transport.answerNext(answer(413));
    push(1);
    await pass(1000);
    push(2);
    await pass(1000);
    expect(received()).toEqual([2]);
    expect(stats().dropped).toEqual({ too_large: 1 });
  });

  it('keeps everything and says so once when the credentials are refused', async () => {
    for (let times = 0; times < 3; times++) transport.answerNext(answer(401, 'Invalid credentials'));
    push(1);
    await pass(1000);
    expect(stats().pending).toBe(1);
    expect(warnings).toHaveLength(1);
    await pass(60_000);
    expect(warnings).toHaveLength(1);
    expect(received()).toEqual([1]);
  });

  it('drops the oldest batches, counted, when 16 MiB wait in memory', async () => {
    for (let times = 0; times < 100; times++) transport.answerNext(answer(503));
    // Random bytes: compressed they stay as large as they are. Each is a batch of its own.
    for (let n = 0; n < 30; n++) {
      pipeline.push('import', JSON.stringify({ n, x: randomBytes(720_000).toString('base64') }));
      await pass(1000);
    }
    const { queued, pending, dropped } = stats();
    expect(pending).toBeGreaterThan(15);
    expect(pending).toBeLessThan(25);
    expect(queued + pending + (dropped.memory_overflow ?? 0)).toBe(30);
  });

  it('keeps the lanes apart: one that is stuck does not hold up another', async () => {
    const other = createMemoryTransport();
    const apart = createPipeline({
      lanes,
      personIds,
      transports: { import: transport, engage: other },
      flushIntervalMs: 1000,
      warn: () => {},
      random: () => 0,
    });
    transport.answerNext(answer(503));
    transport.answerNext(answer(503));
    apart.push('import', '{"n":1}');
    apart.push('engage', '{"n":9}');
    expect(await apart.flush(60_000)).toEqual({ delivered: 1, pending: 1, spooled: 0 });
    expect(other.records('engage')).toEqual([{ n: 9 }]);
    await apart.close(0);
  });

  it('forgets a person: what waits is removed, what comes later refused, and the deletion is sent', async () => {
    transport.answerNext(answer(503));
    push(1, 'gone');
    push(2, 'stays');
    await pass(1000);
    push(3, 'gone');
    await pipeline.forget('gone', [{ lane: 'engage', json: '{"$delete":null}' }]);
    push(4, 'gone');
    await pass(10_000);
    expect(received()).toEqual([2]);
    expect(transport.records('engage')).toEqual([{ $delete: null }]);
    expect(stats().dropped).toEqual({ forgotten: 3 });
  });

  describe('flush', () => {
    it('sends at once and says what was delivered', async () => {
      push(1);
      expect(await pipeline.flush(100)).toEqual({ delivered: 1, pending: 0, spooled: 0 });
    });

    it('returns at the first failure instead of waiting for the retry', async () => {
      // Once by itself, and once because of the flush.
      transport.answerNext(answer(503));
      transport.answerNext(answer(503));
      push(1);
      expect(await pipeline.flush(60_000)).toEqual({ delivered: 0, pending: 1, spooled: 0 });
    });

    it('gives up after its time when the receiver hangs', async () => {
      transport.send = () => new Promise(() => {});
      push(1);
      const flushed = pipeline.flush(500);
      await pass(0);
      await pass(500);
      expect(await flushed).toEqual({ delivered: 0, pending: 1, spooled: 0 });
    });
  });

  it('counts what comes after it was closed', async () => {
    await pipeline.close(100);
    push(1);
    expect(stats().dropped).toEqual({ closed: 1 });
  });
});
