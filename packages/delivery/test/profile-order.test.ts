import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createPipeline, type Pipeline } from '../src/pipeline.ts';
import { newOwnerName } from '../src/spool/owners.ts';
import { createMemoryTransport, lanes, type MemoryTransport, personIds } from './lanes.ts';
import { endedFolder, sealed } from './leave-behind.ts';
import { readDeadLetters, replayDeadLetters } from './spool-operations.ts';

interface Update {
  readonly n: number;
  readonly $distinct_id: string;
}

const AWAY = { status: 503, headers: {}, body: '' } as const;
const update = (n: number, person: string): Update => ({ n, $distinct_id: person });

describe('two updates of one profile arrive in their order', () => {
  let root: string;
  let open: Pipeline[];
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'profile-order-'));
    open = [];
  });
  afterEach(async () => {
    await Promise.all(open.map((pipeline) => pipeline.close(100)));
    rmSync(root, { recursive: true, force: true });
  });

  function start(transport: MemoryTransport): Pipeline {
    const pipeline = createPipeline({
      lanes,
      personIds,
      transports: { engage: transport },
      spoolRoot: root,
      flushIntervalMs: 60_000,
      warn: () => {},
    });
    open.push(pipeline);
    return pipeline;
  }
  const push = (pipeline: Pipeline, n: number, person: string) =>
    pipeline.push('engage', JSON.stringify(update(n, person)));
  const updatesIn = (transport: MemoryTransport) => transport.records('engage') as readonly Update[];
  const folders = () => readdirSync(root).filter((name) => name.includes('-'));

  /** The numbers of a person's updates never fall. */
  function expectOrder(updates: readonly Update[]): void {
    const last = new Map<string, number>();
    const inversions = updates.filter(({ n, $distinct_id }) => {
      const before = last.get($distinct_id) ?? -1;
      last.set($distinct_id, n);
      return n < before;
    });
    expect(inversions).toEqual([]);
  }

  async function deliverAll(pipeline: Pipeline, records: number, transport: MemoryTransport): Promise<void> {
    for (let attempt = 0; attempt < 50 && updatesIn(transport).length < records; attempt++) await pipeline.flush(5000);
    expect(updatesIn(transport)).toHaveLength(records);
    expectOrder(updatesIn(transport));
  }

  it.each([9999, 10_001, 4, 99_999_999])(
    'when the older waits in the folder of the ended process %i, and a survivor sends the newer',
    async (pid) => {
      const transport = createMemoryTransport();
      const survivor = start(transport);
      await survivor.flush(1000);
      const dead = createMemoryTransport();
      dead.send = async () => AWAY;
      const ended = start(dead);
      for (let n = 0; n < 5; n++) {
        push(ended, n, 'u1');
        await ended.flush(1000);
      }
      await ended.close(0);
      const [host, , thread, , scope, random] = (
        folders().find((name) => readdirSync(join(root, name)).length > 1) ?? ''
      ).split('-');
      const found = folders().find((name) => name.endsWith(random ?? '?'));
      renameSync(join(root, found ?? ''), join(root, [host, pid, thread, '1', scope, random].join('-')));
      push(survivor, 5, 'u1');
      push(survivor, 6, 'u2');
      await deliverAll(survivor, 7, transport);
    },
  );

  it('when a process starts again with a backlog of 3000 files', async () => {
    const folder = join(root, endedFolder());
    mkdirSync(folder, { recursive: true });
    const base = (Date.now() - 3_600_000) * 1000;
    // Sequences around a change of the number of digits of what format 1 counted.
    for (let n = 0; n < 3000; n++) {
      const body = sealed(update(n, `u${n % 7}`));
      const name = `engage-${String(base + n).padStart(16, '0')}-r1-b${body.length}.v2.json.gz`;
      writeFileSync(join(folder, name), body);
    }
    const transport = createMemoryTransport();
    const pipeline = start(transport);
    for (let n = 0; n < 7; n++) push(pipeline, 3000 + n, `u${n}`);
    await deliverAll(pipeline, 3007, transport);
  });

  it('when a person is forgotten while 1400 files wait', async () => {
    const folder = join(root, endedFolder());
    mkdirSync(folder, { recursive: true });
    const base = (Date.now() - 3_600_000) * 1000;
    for (let n = 0; n < 1400; n++) {
      const body = sealed(update(n, `u${n % 5}`), update(n, n % 2 ? 'gone' : 'u9'));
      writeFileSync(join(folder, `engage-${String(base + n).padStart(16, '0')}-r2-b${body.length}.v2.json.gz`), body);
    }
    const transport = createMemoryTransport();
    transport.answerNext(AWAY);
    const pipeline = start(transport);
    await pipeline.flush(5000);
    expect(pipeline.stats().engage).toMatchObject({ pending: 2800 });
    void pipeline.flush(5000);
    const forgotten = pipeline.forget('gone', []);
    for (let n = 0; n < 5; n++) push(pipeline, 1400 + n, `u${n}`);
    await forgotten;
    const waiting = () => (pipeline.stats().engage?.pending ?? 0) + (pipeline.stats().engage?.queued ?? 0);
    for (let attempt = 0; attempt < 50 && waiting() > 0; attempt++) await pipeline.flush(5000);
    const updates = updatesIn(transport).filter(({ $distinct_id }) => $distinct_id !== 'gone');
    expect(updates).toHaveLength(1400 + 700 + 5);
    expectOrder(updates);
  });

  it('when rejected ones are sent again', async () => {
    const transport = createMemoryTransport();
    const pipeline = start(transport);
    for (let n = 0; n < 20; n++) {
      const person = `u${n % 3}`;
      transport.answerNext({ status: 400, headers: {}, body: '{"code":400,"error":"bad","status":"Bad Request"}' });
      push(pipeline, n, person);
      await pipeline.flush(5000);
    }
    expect(await readDeadLetters(root)).toHaveLength(20);
    await replayDeadLetters(root, {}, Date.now());
    for (let n = 0; n < 3; n++) push(pipeline, 20 + n, `u${n}`);
    const [own] = folders().filter((name) => name.startsWith(newOwnerName().split('-')[0] ?? ''));
    expect(own).toBeDefined();
    await deliverAll(pipeline, 23, transport);
  });

  it('when two living processes share a spool and take turns', async () => {
    const received: Update[] = [];
    const transports = [createMemoryTransport(), createMemoryTransport()];
    let failures = 0;
    for (const transport of transports) {
      const { send } = transport;
      transport.send = async (lane, batch) => {
        if (failures++ % 4 === 1) return { status: 503, headers: {}, body: '' };
        const before = updatesIn(transport).length;
        const reply = await send(lane, batch);
        received.push(...updatesIn(transport).slice(before));
        return reply;
      };
    }
    const pipelines = transports.map(start);
    for (let n = 0; n < 40; n++) {
      const pipeline = pipelines[n % 2];
      if (!pipeline) continue;
      push(pipeline, n, `u${n % 3}`);
      await new Promise((resolve) => setImmediate(resolve));
      if (n % 3 === 0) {
        void pipeline.flush(50);
        // The other process takes its turn when this batch is on disk, where both see it.
        await vi.waitFor(() => expect(pipeline.stats().engage?.queued).toBe(0), { timeout: 20_000, interval: 1 });
      }
      // Sequences are times in milliseconds: two updates of the same one have no order.
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    for (let attempt = 0; attempt < 100 && received.length < 40; attempt++) {
      await Promise.all(pipelines.map((pipeline) => pipeline.flush(500)));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(received.map(({ n }) => n).sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, n) => n));
    expectOrder(received);
  });
});
