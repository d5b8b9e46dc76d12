import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, it, onTestFinished } from 'vitest';
import { createPipeline, type LaneDefinition, type Reply, readRecords } from '../src/index.ts';

const ACCEPTED: Reply = { status: 200, headers: {}, body: 'ok' };

const orders: LaneDefinition = {
  format: 'array',
  readReply: ({ body }) => ({ kind: body === 'ok' ? 'accepted' : 'foreign' }),
  acknowledge: () => 'ok',
};

/** A pipeline with one lane on a disk of its own, and the batches that its receiver was sent. */
function start(definition: Partial<LaneDefinition>, answer: () => Reply = () => ACCEPTED) {
  const root = mkdtempSync(join(tmpdir(), 'lane-options-'));
  const batches: unknown[][] = [];
  const texts: string[] = [];
  const pipeline = createPipeline({
    lanes: { orders: { ...orders, ...definition } },
    transports: {
      orders: {
        async send(_lane, { body }) {
          batches.push([...(await readRecords(body))]);
          texts.push(gunzipSync(body).toString());
          return answer();
        },
        async close() {},
      },
    },
    spoolRoot: root,
    flushIntervalMs: 60_000,
    warn: () => {},
    random: () => 0,
  });
  onTestFinished(async () => {
    await pipeline.close(1000);
    rmSync(root, { recursive: true });
  });
  return { pipeline, batches, texts };
}

it('sends at most maxBatchRecords records in a batch', async () => {
  const { pipeline, batches } = start({ maxBatchRecords: 3 });
  for (let id = 0; id < 7; id++) pipeline.push('orders', JSON.stringify({ id }));
  expect(await pipeline.flush(5000)).toMatchObject({ delivered: 7 });
  expect(batches.map((batch) => batch.length)).toEqual([3, 3, 1]);
});

it('sends at most maxBatchBytes bytes in a batch, and drops a record above maxRecordBytes', async () => {
  const { pipeline, batches } = start({ maxBatchBytes: 300_000, maxRecordBytes: 100_000 });
  const record = (bytes: number) => JSON.stringify({ text: 'x'.repeat(bytes) });
  for (let count = 0; count < 6; count++) pipeline.push('orders', record(90_000));
  pipeline.push('orders', record(100_000));
  expect(await pipeline.flush(5000)).toMatchObject({ delivered: 6 });
  expect(batches.length).toBeGreaterThan(1);
  for (const batch of batches) expect(JSON.stringify(batch).length).toBeLessThanOrEqual(300_000);
  expect(pipeline.stats().orders?.dropped).toEqual({ too_large: 1 });
});

it('sends lines of JSON where the receiver wants them, the same when it sends them again', async () => {
  let attempts = 0;
  const failOnce = () => (++attempts === 1 ? { status: 503, headers: {}, body: '' } : ACCEPTED);
  const { pipeline, texts } = start({ format: 'ndjson', retry: { firstDelayMs: 1, maxDelayMs: 1 } }, failOnce);
  pipeline.push('orders', JSON.stringify({ id: 1, text: 'a,\nb' }));
  pipeline.push('orders', JSON.stringify({ id: 2 }));
  await pipeline.flush(5000);
  await expect.poll(() => pipeline.stats().orders?.delivered, { timeout: 20_000 }).toBe(2);
  const lines = '{"id":1,"text":"a,\\nb"}\n{"id":2}\n';
  expect(texts).toEqual([lines, lines]);
});

it('waits between attempts as the lane says', async () => {
  let attempts = 0;
  const failTwice = () => (++attempts <= 2 ? { status: 503, headers: {}, body: '' } : ACCEPTED);
  const { pipeline } = start({ retry: { firstDelayMs: 20, minJitterMs: 1, maxJitterMs: 1 } }, failTwice);
  const startedAt = performance.now();
  pipeline.push('orders', '{"id":1}');
  await pipeline.flush(1000);
  await expect.poll(() => pipeline.stats().orders?.delivered, { timeout: 5000, interval: 5 }).toBe(1);
  expect(attempts).toBe(3);
  // 20 and 40 ms, one of jitter each.
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(60);
});

it.each([
  ['Orders', {}, 'lane "Orders": expected a name of 1 to 32 letters from a to z'],
  ['orders', { maxBatchRecords: 0 }, 'lane "orders", maxBatchRecords: expected a whole number from 1 to 999999, got 0'],
  ['orders', { maxBatchBytes: 1000 }, 'maxBatchBytes: expected a whole number from 262144 to 4194304, got 1000'],
  [
    'orders',
    { maxBatchBytes: 300_000, maxRecordBytes: 300_000 },
    'maxRecordBytes: expected a whole number from 1 to 299998',
  ],
  [
    'orders',
    { retry: { firstDelayMs: Number.NaN } },
    'retry.firstDelayMs: expected a whole number from 0 to 2147483647, got NaN',
  ],
  [
    'orders',
    { retry: { minJitterMs: 6000 } },
    'retry.minJitterMs: expected at most retry.maxJitterMs, which is 5000, got 6000',
  ],
  [
    'orders',
    { retry: { firstDelayMs: 100, maxDelayMs: 50 } },
    'retry.firstDelayMs: expected at most retry.maxDelayMs, which is 50, got 100',
  ],
  [
    'orders',
    { retry: { maxAskedMs: 500 } },
    'retry.minJitterMs: expected at most retry.maxAskedMs, which is 500, got 1000',
  ],
])('refuses the lane %s with %o', (name, options, message) => {
  const lanes = { [name]: { ...orders, ...options } };
  expect(() => createPipeline({ lanes, transports: {}, flushIntervalMs: 1, warn: () => {} })).toThrow(message);
});
