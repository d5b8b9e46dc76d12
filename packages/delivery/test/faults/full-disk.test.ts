import { cpSync, existsSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPipeline, type Pipeline } from '../../src/pipeline.ts';
import { createMemoryTransport, lanes, type MemoryTransport, personIds } from '../lanes.ts';
import { endedFolder } from '../leave-behind.ts';
import { mountSmallDisk, type SmallDisk } from './tmpfs.ts';

const probe = mountSmallDisk('64k');
probe?.unmount();
if (!probe) console.warn('SKIPPED: the tests of a full and of a locked disk mount a tmpfs, which takes root.');

const away = { status: 503, headers: {}, body: '' } as const;
/** Incompressible, so that a sealed batch takes about as much as its journal. */
const padding = () => Array.from({ length: 12 }, () => Math.random().toString(36).slice(2)).join('');

describe.skipIf(!probe)('a disk of 1 MiB', () => {
  let disk: SmallDisk;
  let transport: MemoryTransport;
  let pipeline: Pipeline;
  let warnings: string[];
  let clock: number;

  beforeEach(() => {
    const mounted = mountSmallDisk('1m');
    if (!mounted) throw new Error('Expected to mount a tmpfs, as before.');
    disk = mounted;
    warnings = [];
    clock = Date.now();
    transport = createMemoryTransport();
    pipeline = createPipeline({
      lanes,
      personIds,
      transports: { import: transport },
      spoolRoot: join(disk.path, 'spool'),
      flushIntervalMs: 60_000,
      warn: (message) => warnings.push(message),
      now: () => clock,
    });
  });
  afterEach(async () => {
    await pipeline.close(500);
    disk.unmount();
  });

  const push = (n: number) => pipeline.push('import', JSON.stringify({ n, padding: padding() }));
  /** Which of so many records did not arrive exactly once. */
  const astray = (count: number) => {
    const copies = new Array<number>(count).fill(0);
    for (const record of transport.records()) {
      const { n } = record as { n: number };
      copies[n] = (copies[n] ?? 0) + 1;
    }
    return copies.flatMap((times, n) => (times === 1 ? [] : [n])).slice(0, 10);
  };
  const fill = () => {
    try {
      writeFileSync(join(disk.path, 'filler'), Buffer.alloc(2 * 1024 * 1024));
    } catch {
      // That is what it is for.
    }
  };
  const filesIn = (folder: string) => readdirSync(folder, { recursive: true }).map(String);

  it('that fills up in the middle of a burst costs nothing', async () => {
    for (let n = 0; n < 15_000; n++) push(n);
    await pipeline.flush(10_000);
    expect(astray(15_000)).toEqual([]);
    expect(pipeline.stats().import?.dropped).toEqual({});
    expect(warnings).toEqual([expect.stringContaining('ENOSPC')]);
  });

  it('that fills up while the receiver is away costs nothing, and holds no half-written batch', async () => {
    for (let times = 0; times < 50; times++) transport.answerNext(away);
    for (let n = 0; n < 10_000; n++) {
      push(n);
      if (n % 500 === 499) await pipeline.flush(1000);
    }
    expect(filesIn(disk.path).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    for (let times = 0; times < 50; times++) await pipeline.flush(5000);
    expect(astray(10_000)).toEqual([]);
  });

  it('that is full when a batch must be split does not get in the way', async () => {
    for (let n = 0; n < 500; n++) push(n);
    transport.answerNext(away);
    await pipeline.flush(5000);
    fill();
    transport.answerNext({ status: 413, headers: {}, body: '' });
    await pipeline.flush(5000);
    expect(astray(500)).toEqual([]);
  });

  it('that is free again gets what waited in memory: a process that is killed then loses nothing', async () => {
    transport.send = async () => away;
    push(0);
    await pipeline.flush(1000);
    fill();
    for (let n = 1; n <= 50; n++) {
      push(n);
      if (n % 10 === 0) await pipeline.flush(1000);
    }
    expect((await pipeline.flush(1000)).pending).toBeGreaterThan(0);
    rmSync(join(disk.path, 'filler'));
    clock += 6000;
    await expect.poll(() => pipeline.stats().import?.spooledFiles, { timeout: 5000 }).toBeGreaterThan(5);
    expect(await pipeline.flush(1000)).toMatchObject({ pending: 0, spooled: 51 });
    // As a kill leaves it: nothing is closed.
    const copy = join(disk.path, 'copy');
    cpSync(join(disk.path, 'spool'), copy, { recursive: true });
    const [folder = ''] = readdirSync(copy);
    renameSync(join(copy, folder), join(copy, endedFolder()));
    const survivors = createMemoryTransport();
    const survivor = createPipeline({
      lanes,
      personIds,
      transports: { import: survivors },
      spoolRoot: copy,
      flushIntervalMs: 60_000,
      warn: () => {},
    });
    await survivor.flush(5000);
    await survivor.close(1000);
    const numbers = survivors.records().map((record) => (record as { n: number }).n);
    expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 51 }, (_, n) => n));
  });

  it.each([
    ['is full', fill, () => rmSync(join(disk.path, 'filler'))],
    ['may only be read', () => disk.setReadOnly(true), () => disk.setReadOnly(false)],
  ])('that %s for a while is used again afterwards', async (_, lock, unlock) => {
    push(0);
    // Nothing is open then: a disk that is written to cannot be locked.
    await pipeline.flush(1000);
    lock();
    clock += 6000;
    push(1);
    await pipeline.flush(1000);
    push(2);
    await turn();
    unlock();
    clock += 6000;
    await pipeline.flush(1000);
    push(3);
    await turn();
    expect(filesIn(disk.path).filter((name) => name.endsWith('.journal'))).toHaveLength(1);
    await pipeline.flush(1000);
    expect(astray(4)).toEqual([]);
    expect(existsSync(join(disk.path, 'spool'))).toBe(true);
  });
});

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
