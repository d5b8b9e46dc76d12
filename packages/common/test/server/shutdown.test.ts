import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { createPipeline } from '../../../delivery/src/pipeline.ts';
import { lanes } from '../../../telemetry/src/destinations/lanes.ts';
import { createMemoryTransport } from '../../../telemetry/src/testing.ts';
import { compileTrackedProcess, discard } from '../crash/library.ts';
import { startObservedProcess } from '../observed-process.ts';

const spoolRoot = mkdtempSync(join(tmpdir(), 'qr-shutdown-'));
afterAll(() => rmSync(spoolRoot, { recursive: true, force: true }));

let processes = 0;

// Started five times, which from source takes three times as long.
let program: string;
beforeAll(async () => {
  program = await compileTrackedProcess(join(import.meta.dirname, 'server-process.ts'));
}, 60_000);
afterAll(() => discard(program));

/** A server in a process of its own; its routes track an event and fail in one way or another. */
async function startServer(onTestFinished: (fn: () => Promise<void>) => void, env: Record<string, string> = {}) {
  const server = await startObservedProcess(program, {
    env: { OBSERVABILITY_SPOOL_DIR: join(spoolRoot, String(processes++)), SHUTDOWN_TIMEOUT_MS: '30000', ...env },
  });
  onTestFinished(server.close);
  return { ...server, url: `http://127.0.0.1:${await server.firstLine}` };
}

// Side by side: starting a process takes longer than all that is tested.
describe.concurrent('the end of a server', () => {
  it('SIGTERM delivers what is queued in both halves, the last profile included, and exits with 0', async ({
    expect,
    onTestFinished,
  }) => {
    const env = { SENTRY_PROFILE_SESSION_SAMPLE_RATE: '1' };
    const { inbox, child, exited, url } = await startServer(onTestFinished, env);
    await fetch(`${url}/fail`);
    child.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
    expect(inbox.events().map(({ event }) => event)).toEqual(['logout']);
    expect(inbox.errors()).toHaveLength(1);
    expect(inbox.items('profile_chunk')).toHaveLength(1);
  });

  it('SIGINT delivers even while a request hangs, cuts it off in time, and exits with 1', async ({
    expect,
    onTestFinished,
  }) => {
    const { inbox, child, exited, url } = await startServer(onTestFinished, { SHUTDOWN_TIMEOUT_MS: '6000' });
    void fetch(`${url}/hang`).catch(() => {});
    await fetch(`${url}/fail`);
    const start = performance.now();
    child.kill('SIGINT');
    expect(await exited).toEqual([1, null]);
    expect(performance.now() - start).toBeLessThan(6000);
    expect([inbox.events().length, inbox.errors().length]).toEqual([1, 1]);
  });

  it.for([
    ['an uncaught error', '/crash', 'failed outside of a request'],
    ['a rejection that nobody handles', '/reject', 'failed outside of a request'],
    ['an error that refuses to be read', '/hostile', 'An error that refuses to be read'],
    ['nothing that was thrown', '/nothing', 'undefined'],
  ])(
    '%s is reported once, what is queued is delivered, and the exit code is 1',
    async ([, path, message], { expect, onTestFinished }) => {
      const { inbox, exited, url } = await startServer(onTestFinished);
      await fetch(`${url}${path}`);
      expect(await exited).toEqual([1, null]);
      expect(inbox.events()).toHaveLength(1);
      expect(inbox.errors().map(({ value, level }) => [value, level])).toEqual([[message, 'fatal']]);
    },
  );

  it.for([
    ['within its share of the time', 900],
    ['while telemetry is closed', 3900],
    ['shortly before the limit', 4500],
  ] as const)(
    'SIGTERM keeps what a request tracks at its end, %s, though the receiver hangs',
    async ([, endsAfterMs], { expect, onTestFinished }) => {
      const spool = join(spoolRoot, `slow-${endsAfterMs}`);
      const env = { OBSERVABILITY_SPOOL_DIR: spool, SHUTDOWN_TIMEOUT_MS: '6000' };
      const { inbox, child, exited, url } = await startServer(onTestFinished, env);
      inbox.faults.add({ fault: { kind: 'hang' } });
      await fetch(`${url}/health`);
      const slow = fetch(`${url}/slow?ms=${endsAfterMs + 600}`).catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 600));
      child.kill('SIGTERM');
      await Promise.all([exited, slow]);
      const transport = createMemoryTransport();
      const survivor = createPipeline({
        lanes,
        transports: { import: transport },
        spoolRoot: spool,
        flushIntervalMs: 60_000,
        warn: () => {},
      });
      await survivor.flush(5000);
      await survivor.close(1000);
      expect(transport.records('import')).toMatchObject([{ event: 'logout' }]);
    },
  );

  it('SIGTERM drains: not ready at once, requests answered meanwhile on connections that end with them', async ({
    expect,
    onTestFinished,
  }) => {
    const { child, exited, url } = await startServer(onTestFinished, { SHUTDOWN_DRAIN_MS: '1500' });
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    const start = performance.now();
    child.kill('SIGTERM');
    await expect.poll(async () => (await fetch(`${url}/health/ready`)).status, { interval: 20 }).toBe(503);
    const response = await fetch(`${url}/health/live`);
    expect([response.status, response.headers.get('connection')]).toEqual([200, 'close']);
    expect(await exited).toEqual([0, null]);
    expect(performance.now() - start).toBeGreaterThan(1500);
  });

  it('SIGINT, which comes from a person, drains nothing', async ({ expect, onTestFinished }) => {
    const { child, exited } = await startServer(onTestFinished, { SHUTDOWN_DRAIN_MS: '60000' });
    child.kill('SIGINT');
    expect(await exited).toEqual([0, null]);
  });

  it('a second signal ends the process at once', async ({ expect, onTestFinished }) => {
    const { child, exited, url } = await startServer(onTestFinished);
    // A request that is never answered holds the server open.
    void fetch(`${url}/hang`).catch(() => {});
    await fetch(`${url}/health`);
    child.kill('SIGTERM');
    await expect.poll(() => fetch(`${url}/health`).catch(() => 'closed')).toBe('closed');
    child.kill('SIGTERM');
    expect(await exited).toEqual([1, null]);
  });
});

describe.concurrent('a process without a server', () => {
  it.for(['throw', 'reject'])(
    'that ends by an uncaught %s delivers both halves and exits with 1',
    async (way, { expect, onTestFinished }) => {
      const worker = await startObservedProcess(join(import.meta.dirname, '../sentry/worker-process.ts'), {
        args: [way],
        env: { OBSERVABILITY_SPOOL_DIR: join(spoolRoot, String(processes++)), SHUTDOWN_TIMEOUT_MS: '30000' },
      });
      onTestFinished(worker.close);
      expect(await worker.exited).toEqual([1, null]);
      expect(worker.inbox.events().map(({ event }) => event)).toEqual(['logout']);
      expect(worker.inbox.errors().map(({ value, level }) => [value, level])).toEqual([
        ['nobody caught this', 'fatal'],
      ]);
    },
  );
});
