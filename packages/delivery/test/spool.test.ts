import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPipeline, type Pipeline, type PipelineOptions } from '../src/pipeline.ts';
import { createMemoryTransport, lanes, type MemoryTransport, personIds } from './lanes.ts';

/** A folder as a process leaves it that is dead by now: no pid is so high. */
const DEAD = 'host-99999999-1-00000000';

describe('the spool', () => {
  let root: string;
  let open: Pipeline[];
  let warnings: string[];

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'spool-'));
    open = [];
    warnings = [];
  });
  afterEach(async () => {
    await Promise.all(open.map((pipeline) => pipeline.close(1000)));
    rmSync(root, { recursive: true, force: true });
  });

  function start(transport: MemoryTransport, options: Partial<PipelineOptions> = {}): Pipeline {
    const pipeline = createPipeline({
      lanes,
      personIds,
      transports: { import: transport, engage: transport },
      spoolRoot: root,
      flushIntervalMs: 60_000,
      warn: (message) => warnings.push(message),
      ...options,
    });
    open.push(pipeline);
    return pipeline;
  }
  const push = (pipeline: Pipeline, n: number, id = 'u1') =>
    pipeline.push('import', JSON.stringify({ n, distinct_id: id }));
  const numbers = (transport: MemoryTransport) =>
    transport.records('import').map((record) => (record as { n: number }).n);
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const folders = () =>
    readdirSync(root).filter((name) => !['dead', 'corrupted', 'forgotten.ndjson', 'forgotten.key'].includes(name));
  const filesIn = (folder: string | undefined) =>
    readdirSync(join(root, folder ?? '')).filter((name) => name !== 'heartbeat');
  const away = { status: 503, headers: {}, body: '' } as const;

  /** The folder of a dead process of this machine. */
  function leaveBehind(files: Record<string, string | Buffer>, name = DEAD): string {
    // The name that a process of this machine would have.
    const host = hostname()
      .toLowerCase()
      .replace(/[^a-z0-9]/g, '')
      .slice(0, 40);
    const folder = name.replace(/^host/, host);
    mkdirSync(join(root, folder), { recursive: true });
    for (const [file, content] of Object.entries(files)) writeFileSync(join(root, folder, file), content);
    return folder;
  }
  it('holds a record from the end of the loop turn until it is delivered, and then nothing', async () => {
    const transport = createMemoryTransport();
    const pipeline = start(transport);
    push(pipeline, 1);
    await turn();
    const [folder] = folders();
    expect(filesIn(folder)).toEqual([expect.stringMatching(/^import-\d{16}\.v2\.journal$/)]);
    expect(readFileSync(join(root, folder ?? '', filesIn(folder)[0] ?? ''), 'utf8')).toContain('"n":1');
    expect(await pipeline.flush(2000)).toEqual({ delivered: 1, pending: 0, spooled: 0 });
    expect(filesIn(folder)).toEqual([]);
  });

  it('keeps what could not be sent, as it will be sent', async () => {
    const transport = createMemoryTransport();
    transport.answerNext(away);
    const pipeline = start(transport);
    push(pipeline, 1);
    push(pipeline, 2);
    expect(await pipeline.flush(2000)).toEqual({ delivered: 0, pending: 0, spooled: 2 });
    expect(filesIn(folders()[0])).toEqual([expect.stringMatching(/^import-\d{16}-r2-b\d+\.v2\.json\.gz$/)]);
    expect(pipeline.stats().import).toMatchObject({
      spooledFiles: 1,
      pending: 2,
      lastError: 'status 503: (empty body)',
    });
  });

  it('is emptied by the next process when its own had to go', async () => {
    const first = createMemoryTransport();
    first.answerNext(away);
    const before = start(first);
    push(before, 1);
    await before.close(2000);
    expect(folders()).toHaveLength(1);
    const second = createMemoryTransport();
    const after = start(second);
    await after.flush(2000);
    expect(numbers(second)).toEqual([1]);
    await after.close(1000);
    expect(folders()).toEqual([]);
  });

  it('adopts journals and batches of the dead, drops the torn record and counts it', async () => {
    leaveBehind({
      'import-00000007.journal': '{"n":1},\n{"n":2},\n{"n":3',
      'import-00000006-1.json.gz': gzipSync('[{"n":0}]'),
      'engage-00000001.journal': '{"n":9},\n',
      'import-00000005-1.json.gz.tmp': 'half',
    });
    const transport = createMemoryTransport();
    const pipeline = start(transport);
    await pipeline.flush(2000);
    expect(numbers(transport).sort()).toEqual([0, 1, 2]);
    expect(transport.records('engage')).toEqual([{ n: 9 }]);
    expect(pipeline.stats().import?.dropped).toEqual({ torn: 1 });
  });

  it('does not send a journal whose batch is sealed already', async () => {
    leaveBehind({ 'import-00000001.journal': '{"n":1},\n', 'import-00000001-1.json.gz': gzipSync('[{"n":1}]') });
    const transport = createMemoryTransport();
    await start(transport).flush(2000);
    expect(numbers(transport)).toEqual([1]);
  });

  it('adopts what a dead process had adopted itself', async () => {
    const folder = leaveBehind({});
    const nested = join(root, folder, 'adopted-host-99999998-1-11111111');
    mkdirSync(nested);
    writeFileSync(join(nested, 'import-00000001.journal'), '{"n":1},\n');
    const transport = createMemoryTransport();
    await start(transport).flush(2000);
    expect(numbers(transport)).toEqual([1]);
  });

  it('is adopted once, however many try at the same time', async () => {
    for (let n = 0; n < 20; n++) {
      leaveBehind({ 'import-00000001.journal': `{"n":${n}},\n` }, `host-99999999-1-${String(n).padStart(8, '0')}`);
    }
    const transports = Array.from({ length: 4 }, createMemoryTransport);
    const pipelines = transports.map((transport) => start(transport));
    await Promise.all(pipelines.map((pipeline) => pipeline.flush(5000)));
    const all = transports.flatMap(numbers).sort((a, b) => a - b);
    expect(all).toEqual(Array.from({ length: 20 }, (_, n) => n));
  });

  it('leaves the folders of the living alone, and those of other machines while their heart beats', async () => {
    const living = createMemoryTransport();
    living.answerNext(away);
    const owner = start(living);
    push(owner, 1);
    await owner.flush(2000);
    const beating = 'otherhost-5-5-22222222';
    mkdirSync(join(root, beating));
    writeFileSync(join(root, beating, 'heartbeat'), '');
    writeFileSync(join(root, beating, 'import-00000001.journal'), '{"n":2},\n');

    const transport = createMemoryTransport();
    await start(transport).flush(2000);
    expect(numbers(transport)).toEqual([]);
    const longAgo = new Date(Date.now() - 180_000);
    utimesSync(join(root, beating, 'heartbeat'), longAgo, longAgo);
    const later = createMemoryTransport();
    await start(later).flush(2000);
    expect(numbers(later)).toEqual([2]);
  });

  it('keeps rejected records with the reason', async () => {
    const transport = createMemoryTransport();
    transport.answerNext({
      status: 400,
      headers: {},
      body: '{"failed_records":[{"index":1,"$insert_id":"x","field":"properties.time","message":"too old"}]}',
    });
    const pipeline = start(transport);
    push(pipeline, 1);
    push(pipeline, 2);
    await pipeline.flush(2000);
    const [line] = readFileSync(join(root, 'dead/import.ndjson'), 'utf8').trim().split('\n');
    expect(JSON.parse(line ?? '')).toMatchObject({ reason: 'too old', field: 'properties.time', record: { n: 2 } });
    expect(pipeline.stats().import).toMatchObject({ delivered: 1, dropped: { rejected: 1 } });
  });

  it('is bounded: the oldest batch goes, and is counted', async () => {
    const transport = createMemoryTransport();
    for (let times = 0; times < 50; times++) transport.answerNext(away);
    const pipeline = start(transport, { maxSpoolBytes: 500 });
    for (let n = 0; n < 20; n++) {
      push(pipeline, n);
      await pipeline.flush(2000);
    }
    const { spooledBytes, pending, dropped } = pipeline.stats().import ?? { spooledBytes: 0, pending: 0, dropped: {} };
    expect(spooledBytes).toBeLessThanOrEqual(500);
    expect(dropped.spool_overflow).toBeGreaterThan(0);
    expect(pending + (dropped.spool_overflow ?? 0)).toBe(20);
    // Files of dropped batches are removed behind the scenes.
    await expect.poll(() => filesIn(folders()[0]).length).toBe(pending);
  });

  it('works in memory while the folder cannot be made, says so once, and goes back to disk', async () => {
    const blocked = join(root, 'blocked');
    writeFileSync(blocked, 'a file where the folder should be');
    let now = Date.now();
    const transport = createMemoryTransport();
    const pipeline = start(transport, { spoolRoot: join(blocked, 'spool'), now: () => now });
    push(pipeline, 1);
    expect(await pipeline.flush(2000)).toMatchObject({ delivered: 1 });
    expect(new Set(warnings)).toEqual(new Set([expect.stringContaining('cannot be used')]));
    rmSync(blocked);
    now += 6000;
    transport.answerNext(away);
    push(pipeline, 2);
    expect(await pipeline.flush(2000)).toMatchObject({ spooled: 1, pending: 0 });
  });

  it('survives the removal of its folder', async () => {
    const transport = createMemoryTransport();
    const pipeline = start(transport);
    push(pipeline, 1);
    await turn();
    rmSync(join(root, folders()[0] ?? ''), { recursive: true });
    push(pipeline, 2);
    await pipeline.flush(2000);
    expect(numbers(transport)).toEqual([1, 2]);
    push(pipeline, 3);
    await pipeline.flush(2000);
    expect(numbers(transport)).toEqual([1, 2, 3]);
  });

  it('loses of a damaged batch nothing but itself, and counts it', async () => {
    leaveBehind({ 'import-00000001-1.json.gz': 'not gzip', 'import-00000002-1.json.gz': gzipSync('[{"n":2}]') });
    const transport = createMemoryTransport();
    const pipeline = start(transport);
    await pipeline.flush(2000);
    expect(numbers(transport)).toEqual([2]);
    expect(pipeline.stats().import?.dropped).toEqual({ torn: 1 });
  });

  it('forgets a person in sealed batches and dead letters, and in every later process', async () => {
    const transport = createMemoryTransport();
    transport.answerNext({ status: 400, headers: {}, body: '{"code":400,"error":"all bad"}' });
    const pipeline = start(transport);
    push(pipeline, 1, 'gone');
    await pipeline.flush(2000);
    transport.answerNext(away);
    push(pipeline, 2, 'gone');
    push(pipeline, 3, 'stays');
    await pipeline.flush(2000);
    await pipeline.forget('gone', [{ lane: 'engage', json: '{"$delete":null}' }]);
    await pipeline.flush(2000);
    expect(numbers(transport)).toEqual([3]);
    expect(readdirSync(join(root, 'dead'))).toEqual([]);

    // The tombstone holds, and does not say whose it is.
    const tombstones = readFileSync(join(root, 'forgotten.ndjson'), 'utf8');
    expect(tombstones).toMatch(/^\n"4 [\w-]{43}"\n$/);
    expect(tombstones).not.toContain(createHash('sha256').update('gone').digest('base64url'));
    const later = start(createMemoryTransport());
    push(later, 4, 'gone');
    expect(later.stats().import?.dropped).toEqual({ forgotten: 1 });
  });

  it('loses nothing to tombstones whose key is gone', async () => {
    writeFileSync(join(root, 'forgotten.ndjson'), `"4 ${'A'.repeat(43)}"\n`);
    const transport = createMemoryTransport();
    const pipeline = start(transport);
    push(pipeline, 1, 'gone');
    await pipeline.flush(2000);
    expect(numbers(transport)).toEqual([1]);
    expect(existsSync(join(root, 'forgotten.key'))).toBe(false);
  });

  it('survives a folder that may only be read', async () => {
    const locked = join(root, 'locked');
    mkdirSync(locked);
    chmodSync(locked, 0o500);
    const transport = createMemoryTransport();
    const pipeline = start(transport, { spoolRoot: join(locked, 'spool') });
    push(pipeline, 1);
    expect(await pipeline.flush(2000)).toMatchObject({ delivered: 1 });
    // Root may write everywhere.
    expect(existsSync(join(locked, 'spool'))).toBe(process.getuid?.() === 0);
    chmodSync(locked, 0o700);
  });
});
