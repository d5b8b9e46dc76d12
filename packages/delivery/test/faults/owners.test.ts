import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { compileProcess, discard } from '../compile.ts';
import { filesBelow, temporaryRoot } from '../lab.ts';
import { endedFolder, leaveBehind, sealed } from '../leave-behind.ts';
import { ageHeartbeats, deliveries, startOwner, startThread } from './owner.ts';

const hasNamespaces = spawnSync('unshare', ['--pid', '--fork', '--mount-proc', 'true']).status === 0;
if (!hasNamespaces) console.warn('SKIPPED: the tests of containers make PID namespaces, which takes root.');
const isRoot = process.getuid?.() === 0;
const NOBODY = 65_534;

describe('the owner of a spool folder', () => {
  let program: string;
  let folder: string;
  let root: string;
  let log: string;
  beforeAll(async () => {
    program = await compileProcess(join(import.meta.dirname, 'owner-process.ts'));
    // Another user must be able to read it.
    chmodSync(dirname(dirname(program)), 0o755);
  });
  afterAll(() => discard(program));
  beforeEach(() => {
    folder = temporaryRoot();
    root = join(folder, 'spool');
    log = join(folder, 'log');
    mkdirSync(root);
  });
  const numbers = () =>
    deliveries(log)
      .map((line) => Number(line.split(' ')[1]))
      .sort((one, other) => one - other);

  describe.skipIf(!hasNamespaces)('in one of two containers with the same host name', () => {
    it('is left alone while it lives, and followed by the other once it was killed', async () => {
      const first = await startOwner(program, { root, log, name: 'first', isAway: true }, { isContainer: true });
      await first.ask({ push: [1, 2] });
      await first.ask({ flush: 2000 });
      await first.ask({ push: [3] });
      const second = await startOwner(program, { root, log, name: 'second' }, { isContainer: true });
      await second.ask({ flush: 2000 });
      expect(deliveries(log)).toEqual([]);
      await first.kill();
      ageHeartbeats(root);
      const third = await startOwner(program, { root, log, name: 'third' }, { isContainer: true });
      await third.ask({ flush: 2000 });
      expect(numbers()).toEqual([1, 2, 3]);
    });

    it('notices after a suspension that another has adopted the folder, and loses and repeats nothing', async () => {
      const owner = await startOwner(program, { root, log, name: 'owner', isAway: true });
      for (const n of [1, 2, 3, 4, 5]) {
        await owner.ask({ push: [n] });
        await owner.ask({ flush: 2000 });
      }
      await owner.ask({ push: [6] });
      process.kill(owner.pid ?? 0, 'SIGSTOP');
      ageHeartbeats(root);
      const adopter = await startOwner(program, { root, log, name: 'adopter' }, { isContainer: true });
      await adopter.ask({ flush: 3000 });
      expect(deliveries(log)).toEqual([1, 2, 3, 4, 5, 6].map((n) => `adopter ${n}`));
      owner.advance(120_000);
      owner.setAway(false);
      process.kill(owner.pid ?? 0, 'SIGCONT');
      const stats = await owner.ask({ push: [7] });
      expect(stats.dropped).toEqual({});
      expect(await owner.ask({ flush: 3000 })).toMatchObject({ dropped: {}, pending: 0, queued: 0 });
      expect(deliveries(log).slice(6)).toEqual(['owner 7']);
    });

    it('goes on in a new folder when the adopter has not delivered yet, and leaves that to it', async () => {
      const owner = await startOwner(program, { root, log, name: 'owner', isAway: true });
      await owner.ask({ push: [1, 2] });
      await owner.ask({ flush: 2000 });
      await owner.ask({ push: [3] });
      process.kill(owner.pid ?? 0, 'SIGSTOP');
      ageHeartbeats(root);
      const adopter = await startOwner(program, { root, log, name: 'adopter', isAway: true }, { isContainer: true });
      await adopter.ask({ flush: 1000 });
      owner.advance(120_000);
      owner.setAway(false);
      process.kill(owner.pid ?? 0, 'SIGCONT');
      await owner.ask({ push: [4] });
      await owner.ask({ flush: 2000 });
      expect(deliveries(log)).toEqual(['owner 4']);
      expect(readdirSync(root)).toHaveLength(2);
      adopter.setAway(false);
      await adopter.ask({ flush: 2000 });
      expect(numbers()).toEqual([1, 2, 3, 4]);
    });
  });

  it('is left alone when it is suspended in the same container, however old its heartbeat is', async () => {
    const owner = await startOwner(program, { root, log, name: 'owner', isAway: true });
    await owner.ask({ push: [1] });
    process.kill(owner.pid ?? 0, 'SIGSTOP');
    ageHeartbeats(root);
    const other = await startOwner(program, { root, log, name: 'other' });
    await other.ask({ flush: 2000 });
    expect(deliveries(log)).toEqual([]);
    owner.setAway(false);
    process.kill(owner.pid ?? 0, 'SIGCONT');
    await owner.ask({ flush: 2000 });
    expect(deliveries(log)).toEqual(['owner 1']);
  });

  it('may be a thread that ends by itself, while its process lives', async () => {
    const thread = await startThread(program, { root, log, name: 'thread', isAway: true });
    await thread.ask({ push: [1, 2] });
    await thread.ask({ flush: 2000 });
    await thread.ask({ push: [3] });
    thread.tell({ end: true });
    await thread.ended;
    const next = await startThread(program, { root, log, name: 'next' });
    await next.ask({ flush: 2000 });
    expect(numbers()).toEqual([1, 2, 3]);
  });

  it('may be a thread that calls process.exit() in the turn in which it tracks', async () => {
    const thread = await startThread(program, { root, log, name: 'thread' });
    thread.tell({ pushAndExit: [1, 2, 3] });
    await thread.ended;
    const next = await startThread(program, { root, log, name: 'next' });
    await next.ask({ flush: 2000 });
    expect(numbers()).toEqual([1, 2, 3]);
  });

  it('may be a thread that is terminated: its heartbeat stops, and the process adopts it', async () => {
    const thread = await startThread(program, { root, log, name: 'thread', isAway: true });
    await thread.ask({ push: [1, 2, 3] });
    await thread.kill();
    const early = await startThread(program, { root, log, name: 'early' });
    await early.ask({ flush: 2000 });
    expect(numbers()).toEqual([]);
    await early.kill();
    ageHeartbeats(root);
    const late = await startThread(program, { root, log, name: 'late' });
    await late.ask({ flush: 2000 });
    expect(numbers()).toEqual([1, 2, 3]);
  });

  it.skipIf(!isRoot)('may lose the permission to use the spool for a while, and nothing else', async () => {
    chmodSync(folder, 0o777);
    chownSync(root, NOBODY, NOBODY);
    const owner = await startOwner(program, { root, log, name: 'owner', isAway: true }, { uid: NOBODY });
    for (let n = 0; n < 8; n++) {
      await owner.ask({ push: [n] });
      await owner.ask({ flush: 2000 });
    }
    await owner.ask({ push: [8] });
    chmodSync(root, 0);
    owner.setAway(false);
    await owner.ask({ flush: 2000 });
    await owner.ask({ push: [9, 10] });
    expect((await owner.ask({ flush: 2000 })).dropped).toEqual({});
    chmodSync(root, 0o700);
    await expect.poll(async () => (await owner.ask({ flush: 1000 })).pending, { timeout: 6000 }).toBe(0);
    expect((await owner.ask({ flush: 1000 })).dropped).toEqual({});
    expect(numbers()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it.skipIf(!isRoot)('counts nothing as lost that it cannot read at the moment', async () => {
    chmodSync(folder, 0o777);
    chownSync(root, NOBODY, NOBODY);
    const owner = await startOwner(program, { root, log, name: 'owner' }, { uid: NOBODY });
    // Six batches, of which three are read again from their journals.
    await owner.ask({ burstAndLock: 12_000 });
    expect((await owner.ask({ flush: 1000 })).dropped).toEqual({});
    chmodSync(root, 0o700);
    await expect.poll(async () => (await owner.ask({ flush: 1000 })).queued, { timeout: 6000 }).toBe(0);
    expect(await owner.ask({ flush: 2000 })).toMatchObject({ dropped: {}, pending: 0 });
    expect(new Set(numbers()).size).toBe(12_000);
    expect(numbers()).toHaveLength(12_000);
  });

  it.skipIf(!isRoot)('leaves in a folder that it adopts what it may not read, and sends the rest once', async () => {
    chmodSync(folder, 0o777);
    const ended = join(root, endedFolder());
    leaveBehind(ended, {
      'import-00000001-1.json.gz': sealed({ n: 1 }),
      'import-00000002-1.json.gz': sealed({ n: 2 }),
      'import-00000003.journal': '{"n":3},\n',
      'import-00000004.journal': '{"n":4},\n',
    });
    const locked = ['import-00000002-1.json.gz', 'import-00000003.journal'];
    for (const name of readdirSync(ended)) {
      chownSync(join(ended, name), NOBODY, NOBODY);
      if (locked.includes(name)) chmodSync(join(ended, name), 0);
    }
    for (const path of [ended, root]) chownSync(path, NOBODY, NOBODY);
    const owner = await startOwner(program, { root, log, name: 'owner' }, { uid: NOBODY });
    await expect.poll(async () => (await owner.ask({ flush: 1000 })).delivered, { timeout: 5000 }).toBe(2);
    for (const path of filesBelow(root)) chmodSync(path, 0o600);
    await expect.poll(async () => (await owner.ask({ flush: 1000 })).delivered, { timeout: 5000 }).toBe(3);
    expect((await owner.ask({ flush: 1000 })).dropped).toEqual({});
    await owner.kill();
    const next = await startOwner(program, { root, log, name: 'next' }, { uid: NOBODY });
    await next.ask({ flush: 2000 });
    expect(numbers()).toEqual([1, 2, 3, 4]);
  });
});
