import './cli/node-version.mjs';
import { chmodSync, mkdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { readOptions } from './cli/options.mjs';
import { startCluster } from './cluster/cluster.mjs';
import { startOwnPostgres, startOwnRedis } from './cluster/own-servers.mjs';
import { config } from './platform/config.mjs';
import { wantedPorts } from './platform/port-check.mjs';
import { DEFAULT_PORT_BASE, portsFrom, shortName } from './platform/ports.mjs';
import { prepare } from './platform/prepare.mjs';
import { addressesOf, pageVariables } from './platform/processes.mjs';
import { platformOptions } from './platform/run.mjs';
import { developmentSecrets } from './platform/secrets.mjs';
import { runSession } from './platform/session.mjs';

const root = join(import.meta.dirname, '..');
/** Those that run several times. */
const scaled = config.services.filter(({ instances }) => instances > 1);
const MOST_INSTANCES = /** @type {const} */ ([1, 16]);
const DEFAULT_SHIPPERS = 2;
const command = 'npm run cluster';
const { value } = readOptions({
  name: command,
  about:
    'Runs several instances of some services behind the web server, on PostgreSQL and Redis: those of DATABASE_URL and\nOBSERVABILITY_REDIS_URL, else servers of its own. Ctrl-C stops it.',
  options: {
    ...Object.fromEntries(
      scaled.map(({ name, instances }) => [
        shortName(name),
        { value: 'N', range: MOST_INSTANCES, about: `instances of ${name}; default ${instances}` },
      ]),
    ),
    shippers: {
      value: 'N',
      range: MOST_INSTANCES,
      about: `processes that deliver what waits in Redis; default ${DEFAULT_SHIPPERS}`,
    },
    ...platformOptions,
    'data-dir': { ...platformOptions['data-dir'], about: 'where everything is kept; default .data/cluster' },
  },
  examples: [`${command} -- --routing 4 --shippers 1`],
});
const ports = portsFrom(Number(value('port-base') ?? DEFAULT_PORT_BASE));
const dataDir = resolve(root, value('data-dir') ?? '.data/cluster');
/** The first has the port of `npm start`, each further one is ten above. */
const instances = Object.fromEntries(
  scaled.map(({ name, instances: usual }) => {
    const short = shortName(name);
    const length = Number(value(short) ?? usual);
    return [short, Array.from({ length }, (_, index) => ports[short] + 10 * index)];
  }),
);
const { DATABASE_URL: databaseUrl, OBSERVABILITY_REDIS_URL: redisUrl } = process.env;
const further = scaled.flatMap(({ name }) =>
  (instances[shortName(name)] ?? []).slice(1).map((port, index) => ({ name: `${name}-${index + 2}`, port })),
);

await runSession({
  command,
  root,
  dataDir,
  wanted: [
    ...wantedPorts(ports, { hasDatabase: !databaseUrl }),
    ...further,
    ...(redisUrl ? [] : [{ name: 'redis', port: ports.database + 1 }]),
  ],
  variables: addressesOf(ports, dataDir, { instances }),
  start,
});

/** @param {import('./platform/session.mjs').Tools} tools @returns {Promise<import('./platform/session.mjs').Started>} */
async function start({ steps, signal, ...tools }) {
  makeFolders();
  const webRoot = join(dataDir, 'page');
  const page = /** @type {const} */ ({ part: 'page', folder: webRoot, variables: pageVariables(ports) });
  await prepare(steps, { signal, parts: [{ part: 'server' }, page] });
  /** @type {import('./cluster/own-servers.mjs').OwnServer[]} */
  const servers = [];
  const stopServers = async () => {
    for (const server of servers.toReversed()) await server.stop();
  };
  tools.killSignal.addEventListener('abort', () => {
    for (const server of servers) void server.kill();
  });
  /** @param {typeof startOwnPostgres} startServer @param {string} name @param {number} port */
  const own = (startServer, name, port) =>
    steps.run(name, async () => {
      const server = await startServer({ folder: join(dataDir, name), port });
      servers.push(server);
      return server.url;
    });
  try {
    const cluster = await startCluster({
      ...tools,
      signal,
      ports,
      dataDir,
      webRoot,
      secrets: developmentSecrets(dataDir),
      env: {
        DATABASE_URL: databaseUrl || (await own(startOwnPostgres, 'postgres', ports.database)),
        LOG_LEVEL: 'info',
      },
      cluster: {
        instances,
        shippers: Number(value('shippers') ?? DEFAULT_SHIPPERS),
        redisUrl: redisUrl || (await own(startOwnRedis, 'redis', ports.database + 1)),
      },
      step: steps.run,
    });
    return {
      died: cluster.died,
      stop: async () => {
        await cluster.stop();
        await stopServers();
      },
      table: [
        `  the app  http://localhost:${ports.web}`,
        `  inbox    http://localhost:${ports.inbox}\n`,
        ...cluster.members.map(({ name, pid }) => `  ${name.padEnd(20)} pid ${pid()}`),
      ],
    };
  } catch (error) {
    await stopServers();
    throw error;
  }
}

/** As root, the servers are another user's, who must pass through these folders; no other user can list them. */
function makeFolders() {
  const mode = process.getuid?.() === 0 ? 0o711 : 0o700;
  mkdirSync(dataDir, { recursive: true });
  chmodSync(dataDir, mode);
  const data = join(root, '.data');
  if (!relative(data, dataDir).startsWith('..')) chmodSync(data, mode);
}
