import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startOwnRedis } from '../../scripts/cluster/own-servers.mjs';

/** Before every key. */
export const PREFIX = 'qr-delivery';

/** A Redis of our own, which keeps nothing on disk, as the library needs it to. */
export async function startRedis() {
  const folder = mkdtempSync(join(tmpdir(), 'bench-cluster-redis-'));
  const port = await freePort();
  const server = await startOwnRedis({ folder, port, keepsData: false });
  const env = { ...process.env, REDISCLI_AUTH: new URL(server.url).password };
  const cli = (...args) => execFileSync('redis-cli', ['-p', String(port), ...args], { encoding: 'utf8', env }).trim();
  const count = (...args) => Number(cli(...args));
  const info = (section, name) => Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(cli('INFO', section))[1]);
  return {
    url: server.url,
    cli,
    cpuSeconds: () => info('cpu', 'used_cpu_sys') + info('cpu', 'used_cpu_user'),
    memoryBytes: () => info('memory', 'used_memory'),
    /** Batches of events that wait or are under way. */
    depth: () =>
      count('LLEN', `${PREFIX}:import:wait`) +
      count('LLEN', `${PREFIX}:import:active`) +
      count('ZCARD', `${PREFIX}:import:delayed`),
    async stop() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
