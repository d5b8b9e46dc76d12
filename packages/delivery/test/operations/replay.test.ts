import { appendFileSync, chownSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createPipeline } from '../../src/pipeline.ts';
import { compileProcess, discard } from '../compile.ts';
import { createMemoryTransport, lanes, type Transport } from '../lanes.ts';
import { anEvent, deadLetter, leaveBehind } from '../leave-behind.ts';
import { readDeadLetters, replayDeadLetters } from '../spool-operations.ts';
import { replayInProcess } from './replay-in-process.ts';

let program: string;
beforeAll(async () => {
  program = await compileProcess(join(import.meta.dirname, 'replay-process.ts'));
});
afterAll(() => discard(program));

describe('rejected records that are sent again', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'spool-replay-'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  /** A process of the service from its start to its end; returns the numbers of the events that it has delivered. */
  async function runService(spoolRoot = root): Promise<number[]> {
    const transport = createMemoryTransport();
    const pipeline = createPipeline({
      lanes,
      transports: { import: transport },
      spoolRoot,
      flushIntervalMs: 60_000,
      warn: () => {},
    });
    await pipeline.flush(10_000);
    await pipeline.close(1000);
    return transport.records('import').map((record) => (record as { properties: { n: number } }).properties.n);
  }
  const waiting = (folder = root) => readdirSync(folder).filter((name) => name !== 'dead');

  it('arrive under the id that they had, adopted by the next process', async () => {
    const transport = createMemoryTransport();
    const start = () =>
      createPipeline({
        lanes,
        transports: { import: transport },
        spoolRoot: root,
        flushIntervalMs: 60_000,
        warn: () => {},
      });
    const time = Date.now();
    const record = { event: 'qr_scanned', properties: { distinct_id: 'u1', $insert_id: 'insert-1', time, token: 't' } };
    transport.answerNext({ status: 400, headers: {}, body: '{"code":400,"error":"bad"}' });
    const first = start();
    first.push('import', JSON.stringify(record));
    await first.flush(5000);
    expect(transport.records()).toEqual([]);
    expect((await readDeadLetters(root)).map((letter) => letter.record)).toEqual([record]);
    expect((await replayInProcess(program, { root, filter: {} }))?.replayed).toEqual([
      { lane: 'import', records: 1, batches: 1 },
    ]);
    expect(await readDeadLetters(root)).toEqual([]);
    const second = start();
    await second.flush(5000);
    expect(transport.records('import')).toEqual([record]);
    await second.close(1000);
    await first.close(1000);
    expect(waiting()).toEqual([]);
  });

  it('are an error under its id again, in an envelope of its own', async () => {
    const eventId = 'a'.repeat(32);
    const error = { event_id: eventId, level: 'error', exception: { values: [{ type: 'TypeError', value: 'x' }] } };
    leaveBehind(join(root, 'dead'), { 'sentry.ndjson': deadLetter([error]) + deadLetter(null) });
    await replayInProcess(program, { root, filter: {} });
    const bodies: string[] = [];
    const transport: Transport = {
      async send(_lane, { body }) {
        bodies.push(gunzipSync(body).toString());
        return { status: 200, headers: {}, body: '{}' };
      },
      close: async () => {},
    };
    const pipeline = createPipeline({
      lanes,
      transports: { sentry: transport },
      spoolRoot: root,
      flushIntervalMs: 60_000,
      warn: () => {},
    });
    await pipeline.flush(5000);
    expect(bodies.map((body) => body.split('\n').map((line) => JSON.parse(line)))).toEqual([
      [{ event_id: eventId }, { type: 'event' }, error],
    ]);
    await pipeline.close(1000);
    expect((await readDeadLetters(root)).map(({ record }) => record)).toEqual([null]);
  });

  it('are those that were asked for, and the others stay as they are', async () => {
    const other = deadLetter(anEvent(2), 'too old');
    const torn = '{"at":"2026';
    leaveBehind(join(root, 'dead'), {
      'import.ndjson': deadLetter(anEvent(1), 'Wrong Region') + other + torn,
      'engage.ndjson': deadLetter({ $distinct_id: 'u1', $set: { plan: 'pro' } }, 'wrong region'),
    });
    const run = await replayInProcess(program, { root, filter: { lane: 'import', reason: 'wrong region' } });
    expect(run?.replayed).toEqual([{ lane: 'import', records: 1, batches: 1 }]);
    const files = readdirSync(join(root, 'dead'));
    expect(files).toEqual(['engage.ndjson', expect.stringMatching(/^import\.ndjson\.[0-9a-f]{8}$/)]);
    expect(readFileSync(join(root, 'dead', files[1] ?? ''), 'utf8')).toBe(`${other}${torn}\n`);
    expect(await runService()).toEqual([1]);
  });

  it('are adopted while the process that replays them still runs', async () => {
    leaveBehind(join(root, 'dead'), { 'import.ndjson': deadLetter(anEvent(1)) });
    await replayDeadLetters(root, {}, Date.now());
    expect(waiting()).toHaveLength(1);
    expect(await runService()).toEqual([1]);
    expect(waiting()).toEqual([]);
  });

  it('stay when the spool is that of another user, who could not read what was written', async () => {
    const isRoot = process.getuid?.() === 0;
    if (isRoot) chownSync(root, 1, 1);
    await expect(replayDeadLetters(isRoot ? root : '/', {}, Date.now())).rejects.toThrow(
      'belongs to the user with the id',
    );
  });

  it('go out in the order in which they were rejected', async () => {
    leaveBehind(join(root, 'dead'), {
      'import.ndjson': deadLetter(anEvent(3), 'new', '2026-11-20T12:00:00.000Z'),
      'import.ndjson.1': deadLetter(anEvent(1), 'old', '2026-11-20T10:00:00.000Z'),
      'import.ndjson.00c0ffee': deadLetter(anEvent(2), 'put back', '2026-11-20T11:00:00.000Z'),
    });
    await replayInProcess(program, { root, filter: {} });
    expect(await runService()).toEqual([1, 2, 3]);
  });

  it('go out in as many requests as the receiver takes', async () => {
    const lines = Array.from({ length: 4500 }, (_, n) => deadLetter(anEvent(n)));
    leaveBehind(join(root, 'dead'), { 'import.ndjson': lines.join('') });
    const run = await replayInProcess(program, { root, filter: {} });
    expect(run?.replayed).toEqual([{ lane: 'import', records: 4500, batches: 3 }]);
    expect((await runService()).length).toBe(4500);
  });

  it('do not take along what a process writes meanwhile', async () => {
    const file = join(root, 'dead', 'import.ndjson');
    leaveBehind(join(root, 'dead'), { 'import.ndjson': deadLetter(anEvent(1)) });
    const replay = replayInProcess(program, { root, filter: {} });
    let written = 1;
    const writing = setInterval(() => appendFileSync(file, deadLetter(anEvent(++written), 'later')), 1);
    await replay;
    clearInterval(writing);
    const rejected = (await readDeadLetters(root)).map(({ record }) => record as { properties: { n: number } });
    const numbers = [...(await runService()), ...rejected.map(({ properties }) => properties.n)];
    expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: written }, (_, index) => index + 1));
  });

  it('arrive once, and the others stay once, wherever the replay is killed', { timeout: 60_000 }, async () => {
    const filter = { reason: 'refused' };
    const prepare = (folder: string) => {
      leaveBehind(join(folder, 'dead'), {
        'import.ndjson.1': deadLetter(anEvent(1)) + deadLetter(anEvent(2), 'other'),
        'import.ndjson': deadLetter(anEvent(3)),
      });
      return folder;
    };
    const whole = await replayInProcess(program, { root: prepare(root), filter });
    const changes = whole?.changes ?? 0;
    expect(changes).toBeGreaterThan(8);

    async function killBefore(change: number): Promise<unknown> {
      const folder = prepare(join(root, `killed-${change}`));
      expect(await replayInProcess(program, { root: folder, filter, dieBefore: change })).toBeUndefined();
      const delivered = await runService(folder);
      const found = delivered.length + (await readDeadLetters(folder)).length;
      await replayInProcess(program, { root: folder, filter });
      delivered.push(...(await runService(folder)));
      const rejected = (await readDeadLetters(folder)).map(({ reason }) => reason);
      return { change, found, delivered: delivered.sort(), rejected, waiting: waiting(folder) };
    }
    const moments = Array.from({ length: changes }, (_, index) => index + 1);
    // Side by side: most of it is waiting.
    const outcomes = await Promise.all(moments.map(killBefore));
    const expected = { found: 3, delivered: [1, 3], rejected: ['other'], waiting: [] };
    expect(outcomes).toEqual(moments.map((change) => ({ change, ...expected })));
  });
});
