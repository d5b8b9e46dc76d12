import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { drain } from './crash-run.ts';
import { judge, readTestimony } from './judge.ts';
import { compileTrackedProcess, discard } from './library.ts';
import { startTracked } from './process-control.ts';
import { startReceiver } from './receiver.ts';

let program: string;
beforeAll(async () => {
  program = await compileTrackedProcess();
});
afterAll(() => discard(program));

/** Processes that share a spool root and a receiver. */
async function startNeighbours() {
  const folder = mkdtempSync(join(tmpdir(), 'neighbours-'));
  const receiver = await startReceiver();
  onTestFinished(async () => {
    await receiver.down();
    rmSync(folder, { recursive: true, force: true });
  });
  const spoolRoot = join(folder, 'spool');
  const surroundings = { program, receiverUrl: receiver.url, spoolRoot, flushIntervalMs: 40 };
  const logOf = (name: string) => join(folder, name);
  return {
    receiver,
    start: (name: string, first: number, endsAfter?: number) =>
      startTracked({ logFile: logOf(name), first, seed: first, endsAfter }, surroundings),
    drain: (name: string) => drain(surroundings, logOf(name)),
    testimony: (name: string, killedAt?: number) => readTestimony(readFileSync(logOf(name), 'utf8'), killedAt),
    leftovers: () => readdirSync(spoolRoot),
  };
}

it('a process that is killed beside another loses nothing, and the other is not disturbed', {
  timeout: 60_000,
}, async () => {
  const { receiver, start, testimony, drain: deliverRest, leftovers } = await startNeighbours();
  await receiver.down();
  const killed = start('killed', 0);
  const neighbour = start('neighbour', 1_000_000, 400);
  await Promise.all([killed.ready, neighbour.ready]);
  await wait(300);
  const killedAt = await killed.kill();
  await receiver.up();
  // Starts while the neighbour lives: it may adopt from one of them only.
  const next = start('next', 2_000_000, 100);
  await Promise.all([neighbour.ends(), next.ends()]);
  await deliverRest('last');
  const testimonies = [testimony('killed', killedAt), testimony('neighbour'), testimony('next')];
  expect(judge(testimonies, receiver.bodies())).toMatchObject({
    lost: [],
    resentRecords: 0,
    mixedRequests: 0,
    sharedIds: 0,
  });
  expect(leftovers()).toEqual([]);
});

it('what a killed process left is sent once, though several start at the same time', { timeout: 60_000 }, async () => {
  const { receiver, start, testimony, drain: deliverRest, leftovers } = await startNeighbours();
  await receiver.down();
  const killed = start('killed', 0);
  await killed.ready;
  await wait(500);
  const killedAt = await killed.kill();
  await receiver.up();
  await Promise.all(['a', 'b', 'c'].map((name) => deliverRest(name)));
  expect(judge([testimony('killed', killedAt)], receiver.bodies())).toMatchObject({ lost: [], resentRecords: 0 });
  expect(leftovers()).toEqual([]);
});

it('without a fault nothing is lost and nothing is sent twice', { timeout: 60_000 }, async () => {
  const { receiver, start, testimony, leftovers } = await startNeighbours();
  const child = start('only', 0, 800);
  expect(await child.ends()).toEqual({ pending: 0, spooled: 0, dropped: {} });
  expect(judge([testimony('only')], receiver.bodies())).toMatchObject({
    tracked: 800,
    received: 800,
    lost: [],
    resentRecords: 0,
  });
  expect(leftovers()).toEqual([]);
});

it('a process that has to end while the receiver is away hands over to the next one', { timeout: 60_000 }, async () => {
  const { receiver, start, testimony, drain: deliverRest, leftovers } = await startNeighbours();
  await receiver.down();
  const { spooled, pending } = await start('first', 0, 300).ends();
  expect([spooled + pending, pending]).toEqual([300, 0]);
  await receiver.up();
  await deliverRest('second');
  expect(judge([testimony('first')], receiver.bodies())).toMatchObject({ received: 300, lost: [], resentRecords: 0 });
  expect(leftovers()).toEqual([]);
});
