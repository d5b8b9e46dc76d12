import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPipeline, type Pipeline } from '../../src/pipeline.ts';
import { newOwnerName } from '../../src/spool/owners.ts';
import { createMemoryTransport, lanes, personIds } from '../lanes.ts';
import { endedFolder } from '../leave-behind.ts';
import { listSpool } from '../spool-operations.ts';
import { mountSmallDisk } from './tmpfs.ts';

describe('what dead processes left', () => {
  let root: string;
  const killed: Pipeline[] = [];
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'dead-folders-'));
  });
  afterEach(async () => {
    await Promise.all(killed.splice(0).map((pipeline) => pipeline.close(0)));
    rmSync(root, { recursive: true, force: true });
  });

  function leaveBehind(folder: string, files: Readonly<Record<string, string | Buffer>>): void {
    mkdirSync(join(root, folder), { recursive: true });
    for (const [name, content] of Object.entries(files)) writeFileSync(join(root, folder, name), content);
  }

  /** A process from its start to its end: what it delivered, and what it warned of. */
  async function live(isAway = false) {
    const transport = createMemoryTransport();
    if (isAway) transport.send = async () => ({ status: 503, headers: {}, body: '' });
    const warnings: string[] = [];
    const pipeline = createPipeline({
      lanes,
      personIds,
      transports: { import: transport },
      spoolRoot: root,
      flushIntervalMs: 60_000,
      warn: (message) => warnings.push(message),
    });
    const outcome = await pipeline.flush(10_000);
    // A killed process closes nothing.
    if (isAway) killed.push(pipeline);
    else await pipeline.close(1000);
    const numbers = transport.records('import').map((record) => (record as { n: number }).n);
    return { numbers: numbers.sort((a, b) => a - b), warnings, outcome };
  }

  it('is found after a hundred processes that each died with what the one before had left', async () => {
    leaveBehind(endedFolder(0), { 'import-00000001.journal': '{"n":0},\n' });
    for (let n = 1; n <= 100; n++) {
      await live(true);
      const [left] = readdirSync(root);
      // As the system shows it once the process has ended.
      renameSync(join(root, left ?? ''), join(root, endedFolder(n)));
    }
    const folders = readdirSync(join(root, endedFolder(100)), { recursive: true }).map(String);
    expect(Math.max(...folders.map((path) => path.length))).toBeLessThan(200);
    expect(folders.length).toBeLessThan(5);
    expect((await live()).numbers).toEqual([0]);
    expect(readdirSync(root)).toEqual([]);
  });

  it('is delivered though one file cannot be read, which is set aside with the reason', async () => {
    leaveBehind(endedFolder(1), { 'import-00000001.journal': '{"n":1},\n', 'import-00000003.journal': '{"n":3},\n' });
    mkdirSync(join(root, endedFolder(1), 'import-00000002-1.json.gz'));
    leaveBehind(endedFolder(2), { 'import-00000001-1.json.gz': gzipSync('[{"n":4}]') });
    const { numbers, warnings } = await live();
    expect(numbers).toEqual([1, 3, 4]);
    expect(warnings).toEqual([expect.stringContaining('not a regular file')]);
    const { corrupted } = await listSpool(root, Date.now());
    expect(corrupted).toMatchObject([
      { path: expect.stringContaining('import-00000002-1.json.gz'), reason: 'not a regular file' },
    ]);
  });

  it('includes the folder of a zombie, whose parent never asks how it ended', async () => {
    const parent = spawn('sh', ['-c', 'sleep 0.01 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(line.toString());
    const stat = () => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    await expect.poll(() => stat()[0]).toBe('Z');
    const [host, , , , scope, random] = newOwnerName().split('-');
    leaveBehind([host, pid, 0, stat()[19], scope, random].join('-'), { 'import-00000001.journal': '{"n":1},\n' });
    expect((await live()).numbers).toEqual([1]);
    parent.kill('SIGKILL');
    await once(parent, 'exit');
  });

  const probe = mountSmallDisk('64k');
  probe?.unmount();
  if (!probe) console.warn('SKIPPED: the test of an adoption on a full disk mounts a tmpfs, which takes root.');
  it.skipIf(!probe)('is delivered from memory when the disk is full', async () => {
    const disk = mountSmallDisk('256k');
    if (!disk) throw new Error('Expected to mount a tmpfs, as before.');
    const outer = root;
    root = disk.path;
    try {
      leaveBehind(endedFolder(1), { 'import-00000001.journal': '{"n":1},\n', 'import-00000002.journal': '{"n":2},\n' });
      expect(() => writeFileSync(join(root, 'filler'), Buffer.alloc(512 * 1024))).toThrow('ENOSPC');
      expect((await live()).numbers).toEqual([1, 2]);
      expect(existsSync(join(root, endedFolder(1)))).toBe(false);
    } finally {
      disk.unmount();
      root = outer;
    }
  });
});
