import { chmodSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { installDependencies } from './setup.mjs';

installDependencies();
const { buildPage, buildServer } = await import('./build.mjs');
const { startCluster } = await import('./cluster/cluster.mjs');
const { startOwnPostgres } = await import('./cluster/own-postgres.mjs');
const { startOwnRedis } = await import('./cluster/own-redis.mjs');
const { DEFAULT_PORT_BASE, portsFrom } = await import('./platform/ports.mjs');
const { pageVariables } = await import('./platform/processes.mjs');
const { developmentSecrets } = await import('./platform/secrets.mjs');

const root = join(import.meta.dirname, '..');
const dataDir = join(root, '.data/cluster');
const { routing, analytics, shippers, portBase } = readArguments();
const ports = portsFrom(portBase);
/** Beside those of `npm start`: a tenth each. */
const several = (/** @type {number} */ first, /** @type {number} */ count) =>
  Array.from({ length: count }, (_, index) => first + 10 * index);

// As root, the servers are another user's, who must pass through these folders; no other user can list them.
const mode = process.getuid?.() === 0 ? 0o711 : 0o700;
mkdirSync(dataDir, { recursive: true });
for (const folder of [dirname(dataDir), dataDir]) chmodSync(folder, mode);

buildServer();
const webRoot = join(root, 'apps/web/dist/client');
buildPage(webRoot, pageVariables(ports));

const interruption = new AbortController();
const { signal } = interruption;
const interrupted = new Promise((resolve) => signal.addEventListener('abort', () => resolve(undefined)));
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => interruption.abort());

const closing = [];
try {
  const databaseUrl = process.env['DATABASE_URL'] || (await own(startOwnPostgres, 'postgres', ports.database)).url;
  const redisUrl =
    process.env['OBSERVABILITY_REDIS_URL'] || (await own(startOwnRedis, 'redis', ports.database + 1)).url;
  const cluster = await startCluster({
    ports,
    dataDir,
    webRoot,
    secrets: developmentSecrets(dataDir),
    env: { DATABASE_URL: databaseUrl },
    cluster: {
      routing: several(ports.routing, routing),
      analytics: several(ports.analytics, analytics),
      shippers,
      redisUrl,
    },
    signal,
    log: (line) => console.log(line),
  });
  closing.push(cluster.stop);
  printTable(cluster.members);
  const death = await Promise.race([cluster.died, interrupted]);
  console.log(death === undefined ? '\nStopping ...' : `\n${death}\nEnding the rest ...`);
  process.exitCode = death === undefined ? 0 : 1;
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : error}`);
  process.exitCode = signal.aborted ? 0 : 1;
} finally {
  for (const close of closing.toReversed()) await close();
}
process.exit();

/**
 * A server of our own, which goes with us.
 * @param {(options: { folder: string, port: number }) => Promise<import('./cluster/own-postgres.mjs').OwnServer>} startServer
 * @param {string} name @param {number} port
 */
async function own(startServer, name, port) {
  const server = await startServer({ folder: join(dataDir, name), port });
  closing.push(server.stop);
  return server;
}

/** @param {readonly import('./cluster/cluster.mjs').Member[]} members */
function printTable(members) {
  console.log(`\n${members.length} processes are ready. Ctrl-C stops everything.\n`);
  console.log(`  the app  http://localhost:${ports.web}`);
  console.log(`  inbox    http://localhost:${ports.inbox}\n`);
  for (const { name, pid } of members) console.log(`  ${name.padEnd(20)} pid ${pid()}`);
  console.log('');
}

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        routing: { type: 'string', default: '2' },
        analytics: { type: 'string', default: '2' },
        shippers: { type: 'string', default: '2' },
        'port-base': { type: 'string', default: String(DEFAULT_PORT_BASE) },
      },
    });
    const number = (
      /** @type {'routing' | 'analytics' | 'shippers' | 'port-base'} */ name,
      /** @type {number} */ most,
    ) => {
      const value = Number(values[name]);
      if (Number.isInteger(value) && value >= 1 && value <= most) return value;
      throw new Error(`--${name} must be a number from 1 to ${most}, got "${values[name]}".`);
    };
    return {
      ...{ routing: number('routing', 16), analytics: number('analytics', 16), shippers: number('shippers', 16) },
      portBase: number('port-base', 63_000),
    };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}`);
    console.error('Usage: npm run cluster -- [--routing N] [--analytics N] [--shippers N] [--port-base N]');
    process.exit(1);
  }
}
