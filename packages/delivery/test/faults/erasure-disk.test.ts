import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { compileProcess, discard } from '../compile.ts';
import { arrived, startLab, temporaryRoot, textBelow } from '../lab.ts';
import { endedFolder, leaveBehind } from '../leave-behind.ts';
import { readDeadLetters } from '../spool-operations.ts';
import { mountSmallDisk } from './tmpfs.ts';

const probe = mountSmallDisk('64k');
probe?.unmount();
if (!probe) console.warn('SKIPPED: the tests of an erasure on a full disk mount a tmpfs, which takes root.');

const eventOf = (n: number, person: string) => JSON.stringify({ n, properties: { distinct_id: person } });
const letterOf = (n: number, person: string) =>
  `${JSON.stringify({ at: '2026-11-20T10:00:00.000Z', reason: 'refused', record: JSON.parse(eventOf(n, person)) })}\n`;

describe.skipIf(!probe)('an erasure on a full disk', () => {
  function mount() {
    const disk = mountSmallDisk('1m');
    if (!disk) throw new Error('Expected to mount a tmpfs, as before.');
    onTestFinished(() => disk.unmount());
    const filler = join(disk.path, 'filler');
    return {
      root: join(disk.path, 'spool'),
      fill() {
        expect(() => writeFileSync(filler, Buffer.alloc(2 * 1024 * 1024))).toThrow('ENOSPC');
      },
      free: () => rmSync(filler),
    };
  }

  it.each([
    ['the first of the spool', false],
    ['a later one', true],
  ])('that is %s holds up nobody, is written once there is room, and holds after a restart', async (_, isLater) => {
    const disk = mount();
    const first = startLab(disk.root, { isAway: true });
    if (isLater) await first.pipeline.forget('earlier', []);
    for (let n = 0; n < 10; n++) first.pipeline.push('import', eventOf(n, n % 2 === 0 ? 'gone' : 'other'));
    await first.pipeline.flush(3000);
    disk.fill();
    await first.pipeline.forget('gone', []);
    expect(first.pipeline.push('import', eventOf(10, 'gone'))).toBe('forgotten');
    first.pipeline.push('import', eventOf(11, 'other'));
    first.setAway(false);
    await first.pipeline.flush(3000);
    await first.pipeline.flush(3000);
    expect(arrived(first)).toEqual([1, 3, 5, 7, 9, 11]);
    disk.free();
    await expect.poll(() => readdirSync(disk.root), { timeout: 4000 }).toContain('forgotten.key');
    await wait(1100);
    // Killed: nothing is closed. The list must be on disk by now.
    const second = startLab(disk.root);
    expect(second.pipeline.push('import', eventOf(12, 'gone'))).toBe('forgotten');
    second.pipeline.push('import', eventOf(13, 'other'));
    await second.pipeline.flush(3000);
    expect(arrived(second)).toEqual([13]);
  });

  it('removes dead letters once there is room', async () => {
    const disk = mount();
    mkdirSync(join(disk.root, 'dead'), { recursive: true });
    const lines = Array.from({ length: 100 }, (_, n) => letterOf(n, n % 2 === 0 ? 'gone' : 'other'));
    writeFileSync(join(disk.root, 'dead/import.ndjson'), lines.join(''));
    const lab = startLab(disk.root);
    await lab.pipeline.flush(1000);
    disk.fill();
    await lab.pipeline.forget('gone', []);
    expect(await readDeadLetters(disk.root)).toHaveLength(100);
    disk.free();
    await expect.poll(() => readDeadLetters(disk.root), { timeout: 4000 }).toHaveLength(50);
    expect(textBelow(disk.root)).not.toContain('gone');
    expect(lab.pipeline.stats().import?.dropped).toEqual({ forgotten: 50 });
  });

  it('does not keep rejected records from being counted as lost', async () => {
    const disk = mount();
    const lab = startLab(disk.root);
    lab.transport.answerNext({ status: 400, headers: {}, body: '{"code":400,"failed_records":[{"index":0}]}' });
    for (let n = 0; n < 2; n++) lab.pipeline.push('import', eventOf(n, 'other'));
    disk.fill();
    await lab.pipeline.flush(3000);
    expect(lab.pipeline.stats().import?.dropped).toEqual({ rejected: 1, dead_letter_overflow: 1 });
  });
});

describe('an erasure in dead letters', () => {
  let program: string;
  beforeAll(async () => {
    program = await compileProcess(join(import.meta.dirname, 'erasing-process.ts'));
  });
  afterAll(() => discard(program));

  it('loses no letter of others to a SIGKILL at any point, nor one that another process appends', async () => {
    const root = temporaryRoot();
    const file = join(root, 'dead/import.ndjson');
    mkdirSync(join(root, 'dead'));
    const lines = Array.from({ length: 4000 }, (_, n) => letterOf(n, n % 10 === 0 ? 'gone' : 'other'));
    let due = 4000;
    writeFileSync(file, lines.join(''));
    for (const delay of [0, 20, 100, 180, 205, 215, 230, 260]) {
      const child = spawn(process.execPath, [program, root, 'gone'], { stdio: ['ignore', 'pipe', 'inherit'] });
      const said = createInterface({ input: child.stdout });
      await once(said, 'line');
      const end = performance.now() + delay;
      do {
        appendFileSync(file, letterOf(due++, due % 10 === 1 ? 'gone' : 'other'));
        await wait(5);
      } while (performance.now() < end);
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    const last = startLab(root);
    await last.pipeline.forget('gone', []);
    const letters = await readDeadLetters(root);
    const numbers = new Set(letters.map(({ record }) => (record as { n: number }).n));
    expect(Array.from({ length: due }, (_, n) => n).filter((n) => n % 10 !== 0 && !numbers.has(n))).toEqual([]);
    expect(letters).toHaveLength(numbers.size);
    expect(textBelow(root)).not.toContain('"gone"');
  });
});

describe('rejected records beyond what is kept', () => {
  it('are discarded and counted, the oldest first', async () => {
    const root = temporaryRoot();
    mkdirSync(join(root, 'dead'));
    writeFileSync(join(root, 'dead/import.ndjson.0a1b2c3d'), letterOf(1, 'other').repeat(7));
    writeFileSync(join(root, 'dead/import.ndjson'), letterOf(2, 'other').repeat(200_000));
    const lab = startLab(root);
    lab.transport.answerNext({ status: 400, headers: {}, body: '{"code":400,"failed_records":[{"index":0}]}' });
    lab.pipeline.push('import', eventOf(3, 'other'));
    await lab.pipeline.flush(5000);
    expect(lab.pipeline.stats().import?.dropped).toEqual({ rejected: 1, dead_letter_overflow: 7 });
    expect(readdirSync(join(root, 'dead'))).toHaveLength(2);
  });
});

describe('at the end of a process', () => {
  it('counts what is in memory only as closed', async () => {
    const root = temporaryRoot();
    writeFileSync(join(root, 'file'), '');
    const lab = startLab(join(root, 'file'), { isAway: true });
    for (let n = 0; n < 3; n++) lab.pipeline.push('import', eventOf(n, 'other'));
    await lab.pipeline.flush(1000);
    for (let n = 3; n < 5; n++) lab.pipeline.push('import', eventOf(n, 'other'));
    await lab.pipeline.close(200);
    expect(lab.pipeline.push('import', eventOf(5, 'other'))).toBe('closed');
    expect(lab.pipeline.stats().import?.dropped).toEqual({ closed: 6 });
  });

  it.skipIf(!probe)('writes what is in memory, if the disk takes it at last', async () => {
    const disk = mountSmallDisk('256k');
    if (!disk) throw new Error('Expected to mount a tmpfs, as before.');
    onTestFinished(() => disk.unmount());
    const root = join(disk.path, 'spool');
    const filler = join(disk.path, 'filler');
    const lab = startLab(root, { isAway: true });
    expect(() => writeFileSync(filler, Buffer.alloc(512 * 1024))).toThrow('ENOSPC');
    for (let n = 0; n < 3; n++) lab.pipeline.push('import', eventOf(n, 'other'));
    await lab.pipeline.flush(1000);
    rmSync(filler);
    await lab.pipeline.close(500);
    expect(lab.pipeline.stats().import?.dropped).toEqual({});
    const next = startLab(root);
    await next.pipeline.flush(3000);
    expect(arrived(next)).toEqual([0, 1, 2]);
  });
});

describe('an erasure that meets what comes later', () => {
  it('covers a record that is refused after it was under way', async () => {
    const root = temporaryRoot();
    const lab = startLab(root);
    const send = lab.transport.send.bind(lab.transport);
    let answer = () => {};
    const isAsked = new Promise<void>((resolve) => {
      lab.transport.send = async () => {
        resolve();
        await new Promise<void>((go) => {
          answer = go;
        });
        lab.transport.send = send;
        return {
          status: 400,
          headers: {},
          body: JSON.stringify({ code: 400, failed_records: [{ index: 0 }, { index: 1 }] }),
        };
      };
    });
    lab.pipeline.push('import', eventOf(1, 'gone'));
    lab.pipeline.push('import', eventOf(2, 'other'));
    const flushed = lab.pipeline.flush(5000);
    await isAsked;
    await lab.pipeline.forget('gone', []);
    answer();
    await flushed;
    expect((await readDeadLetters(root)).map(({ record }) => (record as { n: number }).n)).toEqual([2]);
    expect(lab.pipeline.stats().import?.dropped).toEqual({ forgotten: 1, rejected: 1 });
    expect(textBelow(root)).not.toContain('gone');
  });

  it('covers the files of a lane that the process lacks, and keeps what they say of others', async () => {
    const root = temporaryRoot();
    leaveBehind(join(root, endedFolder()), {
      'groups-0000000000001000.v2.journal': `${eventOf(1, 'gone')},\n${eventOf(2, 'other')},\n`,
    });
    const lab = startLab(root);
    await lab.pipeline.flush(1000);
    await lab.pipeline.forget('gone', []);
    await lab.pipeline.close(1000);
    expect(readdirSync(root, { recursive: true }).join()).toContain('groups-0000000000001000-f-r1');
  });

  it('covers a folder that is still being read when the erasure comes', async () => {
    const root = temporaryRoot();
    const batches = Object.fromEntries(
      Array.from({ length: 1000 }, (_, n) => [
        `import-${String(n).padStart(16, '0')}-r1-b20.v2.json.gz`,
        'x'.repeat(20),
      ]),
    );
    leaveBehind(join(root, endedFolder()), {
      ...batches,
      'newlane-0000000000001000.v2.journal': `${eventOf(1, 'gone')},\n${eventOf(2, 'other')},\n`,
      'import-0000000000002000.v9.journal': `${eventOf(1, 'gone')}\n${eventOf(2, 'other')}\n`,
    });
    const lab = startLab(root, { isAway: true });
    await lab.pipeline.forget('gone', []);
    expect(textBelow(root)).not.toContain('gone');
    expect(textBelow(root)).toContain('other');
  });

  it('covers what ended processes leave after it', async () => {
    const root = temporaryRoot();
    const lab = startLab(root);
    await lab.pipeline.forget('gone', []);
    await lab.pipeline.close(1000);
    leaveBehind(join(root, endedFolder()), {
      'import-0000000000001000.v2.journal': `${eventOf(1, 'gone')},\n${eventOf(2, 'other')},\n`,
      'import-0000000000002000.v9.journal': `${eventOf(1, 'gone')}\n${eventOf(2, 'other')}\n`,
    });
    const next = startLab(root);
    await next.pipeline.flush(3000);
    expect(arrived(next)).toEqual([2]);
    await expect.poll(() => textBelow(root)).not.toContain('gone');
  });

  it('holds in another process that shares the spool, for what waits there and for what comes', async () => {
    const root = temporaryRoot();
    const other = startLab(root, { isAway: true });
    other.pipeline.push('import', eventOf(1, 'gone'));
    other.pipeline.push('import', eventOf(2, 'other'));
    await other.pipeline.flush(1000);
    const lab = startLab(root);
    await lab.pipeline.forget('gone', []);
    // The list is looked at twice a second.
    await wait(600);
    other.setAway(false);
    other.pipeline.push('import', eventOf(3, 'gone'));
    await other.pipeline.flush(3000);
    expect(other.pipeline.push('import', eventOf(4, 'gone'))).toBe('forgotten');
    expect(arrived(other)).toEqual([2]);
    expect(textBelow(root)).not.toContain('gone');
  });
});
