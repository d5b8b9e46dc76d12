import { fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** True when the server can be kept on a core of its own, and all else on the other. */
export const canPin = spawnSync('taskset', ['-c', '0', 'true']).status === 0;
if (canPin) spawnSync('taskset', ['-cp', '1', String(process.pid)]);

const SECRET = 'a-key-of-at-least-32-characters!';
const STOP_TIMEOUT_MS = 30_000;

/** Starts a variant, pointed at receivers that stand for all that it speaks to. */
export async function startServer({ stage, rate }, receivers) {
  const spool = mkdtempSync(join(tmpdir(), 'bench-scan-'));
  const port = await freePort();
  const pin = canPin ? { execPath: 'taskset', execArgv: ['-c', '0', process.execPath] } : {};
  const child = fork(join(import.meta.dirname, 'server-process.mjs'), [], {
    ...pin,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  async function ask(message) {
    child.send(message);
    return (await once(child, 'message'))[0];
  }
  const env = {
    NODE_ENV: 'production',
    LOG_LEVEL: 'warn',
    PORT: String(port),
    // Visitors come from many addresses.
    TRUST_PROXY: 'loopback',
    PII_HASH_KEY: SECRET,
    SERVICE_TOKEN: SECRET,
    OBSERVABILITY_SPOOL_DIR: spool,
    QR_SERVICE_URL: receivers.qrUrl,
    MIXPANEL_TOKEN: 'bench-token',
    MIXPANEL_API_HOST: receivers.mixpanelUrl,
    ANALYTICS_URL: receivers.analyticsUrl,
    SENTRY_DSN: receivers.dsn,
    ...(rate !== undefined && { SENTRY_ROUTE_SAMPLE_RATES: `/scan/:qrId=${rate}` }),
  };
  await ask({ stage, env });
  return {
    port,
    read: () => ask({ ask: 'usage' }),
    /** Lets it deliver what it holds. */
    async stop() {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
      await exited;
      clearTimeout(timer);
      rmSync(spool, { recursive: true, force: true });
    },
  };
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
