import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createPipeline } from '../../../delivery/src/pipeline.ts';
import { lanes } from '../../../telemetry/src/destinations/lanes.ts';
import { createMemoryTransport } from '../../../telemetry/src/testing.ts';
import { compileTrackedProcess, discard } from '../crash/library.ts';

const ALL = Array.from({ length: 50 }, (_, n) => n);

let program: string;
beforeAll(async () => {
  program = await compileTrackedProcess(join(import.meta.dirname, 'ending-process.ts'));
}, 60_000);
afterAll(() => discard(program));

/** A process whose receiver takes requests and never answers. */
async function startEnding(ending: string) {
  const folder = mkdtempSync(join(tmpdir(), 'events-at-exit-'));
  const receiver = createServer((request) => request.resume()).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  const { SENTRY_DSN: _, ...env } = process.env;
  const child: ChildProcess = spawn(process.execPath, [program, ending], {
    env: {
      ...env,
      NODE_ENV: 'development',
      MIXPANEL_TOKEN: 'test-token',
      MIXPANEL_API_HOST: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`,
      OBSERVABILITY_SPOOL_DIR: folder,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit') as Promise<[number | null]>;
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exited;
    receiver.closeAllConnections();
    receiver.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return { child, exited, folder };
}

/** The numbers of the events that the next process delivers, and what it leaves. */
async function survive(folder: string) {
  const transport = createMemoryTransport();
  const pipeline = createPipeline({
    lanes,
    transports: { import: transport, engage: transport },
    spoolRoot: folder,
    flushIntervalMs: 60_000,
    warn: () => {},
  });
  await pipeline.flush(5000);
  await pipeline.close(1000);
  const events = transport.records('import') as { properties: { qr_id: string } }[];
  const numbers = events.map(({ properties }) => Number(properties.qr_id));
  return { numbers: [...new Set(numbers)].sort((a, b) => a - b), left: readdirSync(folder) };
}

describe('events that are tracked right before', () => {
  it.each([
    ['process.exit()', 0],
    ['process.exit() in a promise', 0],
    ['an exit listener', 0],
    ['a beforeExit listener', 0],
    ['an uncaught error', 1],
    ['an unhandled rejection', 1],
    ['an exit code and the end of the loop', 3],
    ['process.exit() before the first turn has ended, with calls before the start', 0],
    ['process.exit() while it is closed', 0],
    ['process.exit() right after it was closed', 0],
    ['the end of a worker', 0],
    ['process.exit() of a worker', 0],
    ['an error of a worker', 1],
    ['process.exit() upon the message of a worker', 0],
    ['the termination of a worker', 0],
  ])('%s are on disk, and delivered by the next process', async (ending, exitCode) => {
    const { exited, folder } = await startEnding(ending);
    expect((await exited)[0]).toBe(exitCode);
    expect(await survive(folder)).toEqual({ numbers: ALL, left: [] });
  });
});

it('what a worker left is delivered at once, though its process lives', async () => {
  const { child, folder } = await startEnding('a worker that has ended while the process lives');
  if (!child.stdout) throw new Error('Expected a pipe.');
  await once(child.stdout, 'data');
  expect((await survive(folder)).numbers).toEqual(ALL);
  expect(child.exitCode).toBeNull();
});

it('what is tracked after closeObservability is counted as closed', async () => {
  const { child, exited, folder } = await startEnding('calls after it was closed');
  if (!child.stdout) throw new Error('Expected a pipe.');
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  expect(JSON.parse(line.toString())).toMatchObject({
    import: { dropped: { closed: 50 } },
    engage: { dropped: { closed: 1 } },
  });
  await exited;
  expect((await survive(folder)).numbers).toEqual([]);
});
