import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closeObservability, flushObservability, initializeMixpanel, observabilityStats, trackEvent } from '@qr/common';
import { buildServer } from '@qr/common/server';
import { startInbox } from '@qr/inbox';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { hostShipper } from '../src/hosted-jobs.ts';

const SERVER = 'redis-server';

/**
 * Whether a Redis can be started. If not, says so on the console, for the suite to skip.
 *
 * @throws in continuous integration (`CI` is set), where a skipped suite would pass unnoticed.
 */
function redisAvailable(): boolean {
  if (spawnSync(SERVER, ['--version']).status === 0) return true;
  if (process.env['CI']) throw new Error(`${SERVER} cannot be run. Install it.`);
  console.warn(`${SERVER} cannot be run. Install it; the Redis tests are SKIPPED.`);
  return false;
}

/** A Redis of a test's own: a shipper of somebody else would take the batches of a shared one. */
async function startRedis() {
  const folder = mkdtempSync(join(tmpdir(), 'analytics-redis-'));
  const port = await freePort();
  const args = ['--port', String(port), '--save', '', '--appendonly', 'no', '--dir', folder];
  const server = spawn(SERVER, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  for await (const line of server.stdout) if (String(line).includes('Ready to accept connections')) break;
  return {
    url: `redis://127.0.0.1:${port}`,
    async close() {
      server.kill('SIGKILL');
      if (server.exitCode === null && server.signalCode === null) await once(server, 'exit');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || address === null) throw new Error(`Expected a TCP address, got ${address}`);
  return address.port;
}

it('a server without a Redis ships nothing', async () => {
  const app = buildServer();
  onTestFinished(() => app.close());
  expect(await hostShipper(app, { MIXPANEL_TOKEN: 'test-token' })).toBe(false);
});

it('a server with a Redis and without a token says that it ships nothing', async () => {
  const lines: string[] = [];
  const app = buildServer({ logger: { stream: { write: (line: string) => void lines.push(line) } } });
  onTestFinished(() => app.close());
  expect(await hostShipper(app, { OBSERVABILITY_REDIS_URL: 'redis://127.0.0.1:1' })).toBe(false);
  expect(lines.join()).toContain('nothing is shipped: OBSERVABILITY_REDIS_URL is set and MIXPANEL_TOKEN is not');
});

describe.skipIf(!redisAvailable())('a server with a Redis', () => {
  it('delivers what others have queued, until it closes', async () => {
    const redis = await startRedis();
    const inbox = await startInbox();
    const folder = mkdtempSync(join(tmpdir(), 'analytics-shipping-'));
    const config = { OBSERVABILITY_REDIS_URL: redis.url, MIXPANEL_TOKEN: 'test-token' };
    for (const [name, value] of Object.entries(config)) vi.stubEnv(name, value);
    vi.stubEnv('MIXPANEL_API_HOST', inbox.url);
    vi.stubEnv('OBSERVABILITY_SPOOL_DIR', folder);
    initializeMixpanel();
    onTestFinished(async () => {
      await closeObservability();
      await inbox.close();
      await redis.close();
      vi.unstubAllEnvs();
      rmSync(folder, { recursive: true, force: true });
    });
    trackEvent('logout', 'u1');
    expect(await flushObservability(500)).toMatchObject({ delivered: 0, spooled: 1 });

    const app = buildServer();
    expect(await hostShipper(app, config)).toBe(true);
    await inbox.waitFor(() => inbox.events().length === 1, 10_000);
    await expect.poll(() => observabilityStats().lanes.import?.delivered, { timeout: 5000 }).toBe(1);
    const startedAt = performance.now();
    await app.close();
    expect(performance.now() - startedAt).toBeLessThan(4000);
    trackEvent('logout', 'u2');
    await flushObservability(500);
    expect(inbox.events()).toHaveLength(1);
  });
});
