import { fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startIngest } from './ingest.mjs';

/** True when the server can be kept on a core of its own, and the load on the other. */
export const canPin = spawnSync('taskset', ['-c', '0', 'true']).status === 0;
if (canPin) spawnSync('taskset', ['-cp', '1', String(process.pid)]);

/** Starts a variant's server, and an ingest for what it reports. */
export async function startServer({ server, rate, hasSentry }, env = {}) {
  const ingest = await startIngest();
  const spool = mkdtempSync(join(tmpdir(), 'bench-request-'));
  const pin = canPin ? { execPath: 'taskset', execArgv: ['-c', '0', process.execPath] } : {};
  const child = fork(join(import.meta.dirname, 'server-process.mjs'), [], {
    ...pin,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  async function ask(message) {
    child.send(message);
    return (await once(child, 'message'))[0];
  }
  const { port } = await ask({
    server,
    rate,
    hasSentry,
    dsn: ingest.dsn,
    env: { NODE_ENV: 'production', OBSERVABILITY_SPOOL_DIR: spool, ...env },
  });
  return {
    port,
    ingest,
    read: () => ask({ ask: 'usage' }),
    async stop() {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
      await ingest.stop();
      rmSync(spool, { recursive: true, force: true });
    },
  };
}
