import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createPipeline, type Pipeline } from '../../src/delivery/pipeline.ts';
import type { Reply } from '../../src/delivery/transport.ts';
import { createMemoryTransport, type MemoryTransport } from '../../src/testing/index.ts';

const answer = (status: number, body = '', headers: Record<string, string> = {}): Reply => ({ status, body, headers });

describe('createPipeline', () => {
  let transport: MemoryTransport;
  let pipeline: Pipeline;
  let warnings: string[];

  beforeEach(() => {
    vi.useFakeTimers();
    transport = createMemoryTransport();
    warnings = [];
    pipeline = createPipeline({
      transport,
      flushIntervalMs: 1000,
      warn: (message) => warnings.push(message),
      random: () => 0,
    });
  });
  afterEach(async () => {
    vi.useRealTimers();
    await pipeline.close(0);
  });

  const push = (n: number, distinctId = 'u1') => pipeline.push('import', { json: JSON.stringify({ n }), distinctId });
  const received = () => transport.records('import').map((record) => (record as { n: number }).n);
  const stats = () => pipeline.stats().import;

  it('waits for company until the flush interval has passed', async () => {
    push(1);
    await vi.advanceTimersByTimeAsync(999);
    expect(received()).toEqual([]);
    push(2);
    await vi.advanceTimersByTimeAsync(1);
    expect(received()).toEqual([1, 2]);
    expect(stats()).toMatchObject({ delivered: 2, queued: 0 });
  });

  it('seals a batch at 2000 records without waiting', async () => {
    for (let n = 0; n < 2001; n++) push(n);
    await vi.advanceTimersByTimeAsync(0);
    expect(received()).toHaveLength(2000);
    expect(stats().queued).toBe(1);
  });

  it('seals a batch before it would pass 1.9 MB', async () => {
    const json = JSON.stringify({ n: 'x'.repeat(900_000) });
    for (let count = 0; count < 3; count++) pipeline.push('import', { json, distinctId: 'u1' });
    await vi.advanceTimersByTimeAsync(0);
    expect(received()).toHaveLength(2);
  });

  it('refuses a record over 1 MB and counts it', () => {
    pipeline.push('import', { json: JSON.stringify('x'.repeat(1_000_001)), distinctId: 'u1' });
    expect(stats()).toMatchObject({ queued: 0, dropped: { too_large: 1 } });
  });

  it('sends again after the wait that the policy asks for, in order, and loses nothing', async () => {
    transport.answerNext(answer(503));
    transport.answerNext({ networkError: 'connect ECONNREFUSED' });
    push(1);
    await vi.advanceTimersByTimeAsync(1000);
    push(2);
    await vi.advanceTimersByTimeAsync(2999);
    expect(received()).toEqual([]);
    expect(stats()).toMatchObject({ queued: 2, lastError: 'status 503: ' });
    await vi.advanceTimersByTimeAsync(1 + 5000);
    expect(received()).toEqual([1, 2]);
    expect(stats()).toMatchObject({ queued: 0, delivered: 2, retried: 2 });
  });

  it('counts only the records that a partial failure names', async () => {
    transport.answerNext(answer(400, '{"failed_records":[{"index":1,"message":"bad time"}]}'));
    push(1);
    push(2);
    push(3);
    await vi.advanceTimersByTimeAsync(1000);
    expect(stats()).toMatchObject({ delivered: 2, dropped: { rejected: 1 } });
    expect(warnings).toEqual(['1 of 3 records of the import lane were rejected: bad time']);
  });

  it('splits a batch that the receiver finds too large', async () => {
    transport.answerNext(answer(413));
    transport.answerNext(answer(413));
    for (const n of [1, 2, 3, 4]) push(n);
    await vi.advanceTimersByTimeAsync(1000);
    expect(received()).toEqual([1, 2, 3, 4]);
  });

  it('drops a single record that the receiver finds too large, and goes on', async () => {
    transport.answerNext(answer(413));
    push(1);
    await vi.advanceTimersByTimeAsync(1000);
    push(2);
    await vi.advanceTimersByTimeAsync(1000);
    expect(received()).toEqual([2]);
    expect(stats().dropped).toEqual({ too_large: 1 });
  });

  it('keeps everything and says so once when the credentials are refused', async () => {
    for (let times = 0; times < 3; times++) transport.answerNext(answer(401, 'Invalid credentials'));
    push(1);
    await vi.advanceTimersByTimeAsync(1000 + 60_000 + 60_000);
    expect(stats().queued).toBe(1);
    expect(warnings).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(received()).toEqual([1]);
  });

  it('drops the oldest batches, counted, when 32 MiB wait', async () => {
    // Sealed at 1.9 MB: each batch holds one of these.
    const json = JSON.stringify({ n: 'x'.repeat(960_000) });
    for (let times = 0; times < 100; times++) transport.answerNext(answer(503));
    for (let count = 0; count < 50; count++) pipeline.push('import', { json, distinctId: 'u1' });
    await vi.advanceTimersByTimeAsync(1000);
    const { queued, dropped } = stats();
    expect(queued * 960_000).toBeLessThan(36 * 1024 * 1024);
    expect(queued + (dropped.queue_overflow ?? 0)).toBe(50);
  });

  it('keeps the lanes apart: one that is stuck does not hold up another', async () => {
    transport.answerNext(answer(503));
    push(1);
    pipeline.push('engage', { json: '{"n":9}', distinctId: 'u1' });
    await vi.advanceTimersByTimeAsync(1000);
    expect(transport.records('engage')).toEqual([{ n: 9 }]);
    expect(received()).toEqual([]);
  });

  it('forgets a person: what waits is removed, what comes later refused, and the deletion is sent', async () => {
    push(1, 'gone');
    push(2, 'stays');
    pipeline.forget('gone', { lane: 'engage', record: { json: '{"$delete":null}', distinctId: 'gone' } });
    push(3, 'gone');
    await vi.advanceTimersByTimeAsync(1000);
    expect(received()).toEqual([2]);
    expect(transport.records('engage')).toEqual([{ $delete: null }]);
    expect(stats().dropped).toEqual({ forgotten: 2 });
  });

  describe('flush', () => {
    it('sends at once and says what was delivered', async () => {
      push(1);
      expect(await pipeline.flush(100)).toEqual({ delivered: 1, pending: 0 });
    });

    it('returns at the first failure instead of waiting for the retry', async () => {
      transport.answerNext(answer(503));
      push(1);
      expect(await pipeline.flush(60_000)).toEqual({ delivered: 0, pending: 1 });
    });

    it('gives up after its time when the receiver hangs', async () => {
      transport.send = () => new Promise(() => {});
      push(1);
      const flushed = pipeline.flush(500);
      await vi.advanceTimersByTimeAsync(500);
      expect(await flushed).toEqual({ delivered: 0, pending: 1 });
    });
  });

  it('counts what comes after it was closed', async () => {
    await pipeline.close(100);
    push(1);
    expect(stats().dropped).toEqual({ closed: 1 });
  });
});
