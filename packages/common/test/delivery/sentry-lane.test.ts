import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { startInbox } from '@qr/inbox';
import { afterAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { ErasureList } from '../../../delivery/src/erasure.ts';
import { createPipeline, type PipelineOptions } from '../../../delivery/src/pipeline.ts';
import { lanes } from '../../../telemetry/src/destinations/lanes.ts';
import { personIdsOf } from '../../../telemetry/src/destinations/person-ids.ts';
import { createSentryHttpTransport } from '../../../telemetry/src/destinations/sentry.ts';

const inbox = await startInbox({ keepRaw: true });
beforeEach(() => {
  inbox.clear();
  inbox.faults.clear();
});
afterAll(() => inbox.close());

/** The folder of a process of this machine that is dead: no pid is so high. */
const DEAD = `${hostname()
  .toLowerCase()
  .replace(/[^a-z0-9]/g, '')
  .slice(0, 40)}-99999999-1-00000000`;

function start(options: Partial<PipelineOptions> = {}) {
  const root = mkdtempSync(join(tmpdir(), 'errors-'));
  return startAt(root, options);
}

function startAt(root: string, options: Partial<PipelineOptions> = {}) {
  const warnings: string[] = [];
  const url = `${inbox.url}/api/1/envelope/?sentry_version=7&sentry_key=public`;
  const pipeline = createPipeline({
    lanes,
    personIds: personIdsOf([]),
    transports: { sentry: createSentryHttpTransport({ url, timeoutMs: 500 }) },
    spoolRoot: root,
    flushIntervalMs: 60_000,
    warn: (message) => warnings.push(message),
    ...options,
  });
  onTestFinished(async () => {
    // Closing sends what waits: a request that is cut off would be seen by the next test, which shares the inbox.
    inbox.faults.clear();
    await pipeline.close(1000);
    rmSync(root, { recursive: true, force: true });
  });
  return {
    root,
    pipeline,
    warnings,
    push: (n: number, event: object = {}) => pipeline.push('sentry', envelope(n, event)),
    stats: () => pipeline.stats().sentry,
    /** The envelopes on disk, oldest first. */
    spooled: () =>
      (readdirSync(root, { recursive: true }) as string[])
        .filter((name) => name.endsWith('.json.gz'))
        .sort()
        .map((name) => gunzipSync(readFileSync(join(root, name))).toString()),
    dead: () => {
      const file = join(root, 'dead', 'sentry.ndjson');
      const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
      return lines.flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
    },
    deliverAll: async () => {
      for (let attempt = 0; attempt < 20; attempt++) {
        const { pending, spooled } = await pipeline.flush(3000);
        if (pending + spooled === 0) return;
      }
      throw new Error(`Expected everything to be delivered: ${JSON.stringify(pipeline.stats())}`);
    },
  };
}

function envelope(n: number, event: object = {}): string {
  const event_id = String(n).padStart(32, '0');
  const values = [{ type: 'Error', value: `error ${n}` }];
  const payload = { event_id, exception: { values }, ...event };
  return [{ event_id }, { type: 'event' }, payload].map((part) => JSON.stringify(part)).join('\n');
}

const received = () =>
  inbox
    .errors()
    .map(({ value }) => Number(value.replace('error ', '')))
    .sort((a, b) => a - b);
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);
const broken = { kind: 'status', status: 503 } as const;

describe('the lane of errors', () => {
  it('has each error on disk, as the finished request, before push returns', async () => {
    const { push, spooled, stats } = start();
    push(0);
    push(1);
    expect(spooled()).toEqual([envelope(0), envelope(1)]);
    expect(stats()).toMatchObject({ queued: 0, pending: 2, spooledFiles: 2 });
  });

  it('sends without being asked, an envelope each, and leaves nothing behind', async () => {
    const { push, spooled, stats } = start();
    for (const n of upTo(20)) push(n);
    await inbox.waitFor(() => received().length === 20);
    expect(received()).toEqual(upTo(20));
    await expect.poll(stats).toMatchObject({ delivered: 20, pending: 0, dropped: {} });
    expect(spooled()).toEqual([]);
  });

  it('sends several at once', async () => {
    const { push } = start();
    inbox.faults.add({ fault: { kind: 'hang', store: true } });
    for (const n of upTo(9)) push(n);
    await inbox.waitFor(() => received().length === 4);
  });

  it('repeats the same bytes until they are taken', async () => {
    const { push, deliverAll, stats } = start();
    inbox.faults.add({ requests: 2, fault: broken });
    push(0);
    await deliverAll();
    const bodies = inbox.raw().map(({ body }) => body.toString('hex'));
    expect(bodies).toHaveLength(3);
    expect(new Set(bodies).size).toBe(1);
    expect(stats()).toMatchObject({ delivered: 1, retried: 2, dropped: {} });
  });

  it('lets a flush go when one of several fails: the next wait is not worth its time', async () => {
    const { push, pipeline } = start();
    inbox.faults.add({ requests: 1, fault: broken });
    push(0);
    push(1);
    const startedAt = performance.now();
    expect(await pipeline.flush(5000)).toEqual({ delivered: 1, pending: 0, spooled: 1 });
    expect(performance.now() - startedAt).toBeLessThan(2500);
  });

  it('keeps errors while Sentry takes none of them', async () => {
    const { push, pipeline, stats, spooled } = start();
    inbox.faults.add({ requests: 1, fault: { kind: 'rate-limit', categories: ['error'] } });
    push(0);
    await pipeline.flush(3000);
    for (const n of [1, 2, 3]) push(n);
    expect(await pipeline.flush(3000)).toEqual({ delivered: 0, pending: 0, spooled: 4 });
    expect(spooled()).toHaveLength(4);
    expect(stats()).toMatchObject({ dropped: {}, lastError: expect.stringContaining('status 429') });
    expect(inbox.raw()).toHaveLength(1);
  });

  it('drops the oldest, counted, beyond the size of its spool', async () => {
    const losses: unknown[] = [];
    const onDrop = (reason: string, count: number) => losses.push(reason, count);
    const { push, pipeline, stats } = start({ maxSpoolBytes: 2000, onDrop });
    inbox.faults.add({ fault: broken });
    for (const n of upTo(50)) push(n);
    expect(stats()?.spooledBytes).toBeLessThanOrEqual(2000);
    await pipeline.flush(3000);
    inbox.faults.clear();
    await pipeline.flush(3000);
    const dropped = stats()?.dropped.spool_overflow ?? 0;
    expect(dropped).toBeGreaterThan(20);
    expect(received()).toEqual(upTo(50).slice(dropped));
    expect(losses).toEqual(Array.from({ length: dropped }, () => ['spool_overflow', 1]).flat());
  });

  it('refuses an envelope that is far beyond what Sentry takes', async () => {
    const { push, stats } = start();
    push(0, { extra: { text: 'x'.repeat(4 * 1024 * 1024) } });
    expect(stats()).toMatchObject({ pending: 0, dropped: { too_large: 1 } });
  });

  it('keeps errors in memory while the disk refuses', async () => {
    const { pipeline, root } = start();
    // Closing sends what waits: a request that is cut off would be seen by the next test, which shares the inbox.
    inbox.faults.clear();
    await pipeline.close(1000);
    rmSync(root, { recursive: true, force: true });
    writeFileSync(root, 'a file where the folder should be');
    const { push, stats, warnings } = startAt(root);
    push(0);
    expect(stats()).toMatchObject({ pending: 1, spooledFiles: 0 });
    expect(warnings).toEqual([expect.stringContaining('cannot be used')]);
    await inbox.waitFor(() => received().length === 1);
  });

  it.each([
    [400, 'rejected', 'invalid event envelope'],
    [413, 'too_large', "envelope exceeded size limits for type 'event'"],
  ])('puts what is refused with %d aside with the reason, and nothing else', async (status, counted, reason) => {
    const { push, deliverAll, dead, stats, warnings } = start();
    inbox.faults.add({ requests: 1, fault: { kind: 'status', status } });
    push(0);
    await deliverAll();
    push(1);
    await deliverAll();
    expect(received()).toEqual([1]);
    expect(dead()).toEqual([
      {
        at: expect.any(String),
        reason: expect.stringContaining(reason),
        sequence: expect.any(Number),
        record: [expect.objectContaining({ event_id: '0'.repeat(32) })],
      },
    ]);
    expect(stats()).toMatchObject({ delivered: 1, dropped: { [counted]: 1 } });
    expect(warnings).toEqual([expect.stringContaining('dead/sentry.ndjson')]);
  });

  it('waits, complaining once, for a Sentry that refuses the key', async () => {
    const { push, pipeline, deliverAll, warnings } = start();
    const { id } = inbox.faults.add({ fault: { kind: 'status', status: 403 } });
    push(0);
    for (let times = 0; times < 3; times++) await pipeline.flush(1000);
    inbox.faults.remove(id);
    await deliverAll();
    expect(received()).toEqual([0]);
    expect(warnings).toEqual([expect.stringContaining('refuses our credentials')]);
  });

  it('takes over what a dead process has left, but for a file that its death cut off', async () => {
    const root = mkdtempSync(join(tmpdir(), 'errors-'));
    const folder = join(root, DEAD);
    mkdirSync(folder);
    writeFileSync(join(folder, 'sentry-00000001-1.json.gz'), gzipSync(envelope(1)));
    writeFileSync(join(folder, 'sentry-00000002-1.json.gz'), gzipSync(envelope(2)).subarray(0, 60));
    const { deliverAll, stats } = startAt(root);
    await deliverAll();
    expect(received()).toEqual([1]);
    expect(stats()).toMatchObject({ delivered: 1, dropped: { torn: 1 } });
    expect(readdirSync(join(root, 'corrupted'))).toHaveLength(2);
  });
});

describe('somebody who is forgotten', () => {
  const event = {
    user: { id: 'user-17' },
    tags: { owner: 'user-17', route: '/qr/:id' },
    breadcrumbs: ['user-17', 'x'],
  };

  it('is taken out of the errors that wait, which are sent all the same', async () => {
    const { push, pipeline, deliverAll, spooled, stats } = start();
    // Both fail: of two that are under way at once either may come first.
    inbox.faults.add({ fault: broken });
    push(0, event);
    push(1, { user: { id: 'user-18' } });
    await pipeline.flush(3000);
    await pipeline.forget('user-17', []);
    expect(spooled().join()).not.toContain('user-17');
    inbox.faults.clear();
    await deliverAll();
    expect(received()).toEqual([0, 1]);
    expect(inbox.errors().map(({ userId }) => userId)).toEqual(expect.arrayContaining([null, 'user-18']));
    expect(inbox.errors().find(({ value }) => value === 'error 0')?.event).toMatchObject({
      user: {},
      tags: { route: '/qr/:id' },
    });
    expect(stats()).toMatchObject({ delivered: 2, dropped: {} });
  });

  it('is not in errors that come later, nor in those that were put aside', async () => {
    const { push, pipeline, deliverAll, dead } = start();
    inbox.faults.add({ requests: 1, fault: { kind: 'status', status: 400 } });
    push(0, event);
    await deliverAll();
    expect(dead()).toHaveLength(1);
    await pipeline.forget('user-17', []);
    push(1, event);
    await deliverAll();
    expect(dead()).toEqual([]);
    expect(received()).toEqual([1]);
    expect(JSON.stringify(inbox.errors())).not.toContain('user-17');
  });

  it('is taken out of what a dead process has left', async () => {
    const root = mkdtempSync(join(tmpdir(), 'errors-'));
    new ErasureList({ root, aliasesOf: () => [], warn: () => {} }).add('user-17');
    const folder = join(root, DEAD);
    mkdirSync(folder);
    writeFileSync(join(folder, 'sentry-00000001-1.json.gz'), gzipSync(envelope(1, event)));
    const { deliverAll } = startAt(root);
    await deliverAll();
    expect(inbox.errors()).toMatchObject([{ value: 'error 1', userId: null }]);
  });
});
