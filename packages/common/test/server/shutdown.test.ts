import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { startInbox } from '@qr/inbox';
import { expect, it, onTestFinished } from 'vitest';

/** A server in a process of its own that tracks an event and reports an error, then waits. */
async function startServer(env: Record<string, string> = {}) {
  const inbox = await startInbox();
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', '--conditions=@qr/source', join(import.meta.dirname, 'server-process.ts')],
    {
      env: {
        ...process.env,
        NODE_ENV: 'development',
        LOG_LEVEL: 'silent',
        MIXPANEL_TOKEN: 'test-token',
        MIXPANEL_API_HOST: inbox.url,
        SENTRY_DSN: inbox.dsn('1'),
        // Longer than the test: what arrives was delivered by the end of the process.
        OBSERVABILITY_FLUSH_INTERVAL_MS: '60000',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await inbox.close();
  });
  const [port] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  return { inbox, child, exited, url: `http://127.0.0.1:${port}` };
}

it.each(['SIGTERM', 'SIGINT'] as const)(
  '%s delivers what is queued in both halves and exits with 0',
  async (signal) => {
    const { inbox, child, exited, url } = await startServer();
    await fetch(`${url}/fail`);
    child.kill(signal);
    expect(await exited).toEqual([0, null]);
    expect(inbox.events().map(({ event }) => event)).toEqual(['logout']);
    expect(inbox.errors()).toHaveLength(1);
  },
);

it('an uncaught error is reported, what is queued is delivered, and the exit code is 1', async () => {
  const { inbox, exited, url } = await startServer();
  await fetch(`${url}/crash`);
  expect(await exited).toEqual([1, null]);
  expect(inbox.events()).toHaveLength(1);
  expect(inbox.errors().map(({ value }) => value)).toEqual(['crashed outside of a request']);
});

it('a second signal ends the process at once', async () => {
  const { child, exited, url } = await startServer();
  // A request that is never answered holds the server open.
  void fetch(`${url}/hang`).catch(() => {});
  await fetch(`${url}/health`);
  child.kill('SIGTERM');
  await expect.poll(() => fetch(`${url}/health`).catch(() => 'closed')).toBe('closed');
  child.kill('SIGTERM');
  const [code] = await exited;
  expect(code).toBe(1);
});
