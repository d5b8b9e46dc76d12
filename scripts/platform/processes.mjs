import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { compiledConfig, config } from './config.mjs';
import { shortName } from './ports.mjs';

/** @typedef {import('./ports.mjs').Ports} Ports */
/** @typedef {import('./ports.mjs').Services} Services */
/** @typedef {import('./child.mjs').ChildSpec} ChildSpec */

const root = join(import.meta.dirname, '../..');

/**
 * @typedef {object} PlatformOptions
 * @property {Ports} ports
 * @property {string} dataDir where everything that is stored lies
 * @property {string} webRoot the built page
 * @property {Record<string, string>} secrets what `developmentSecrets` returns; a password of the database that is missing is made up
 * @property {Record<string, string | undefined>} [env] replaces what would be set here
 * @property {boolean} [isDevelopment] run from source, and again after each change
 * @property {Cluster} [cluster] more than one of some processes
 * @property {Services} [config] by default that of this checkout
 */

/** A port for each instance of a service, by its short name. A service that is not listed has one instance. @typedef {Readonly<Record<string, readonly number[]>>} Instances */

/**
 * @typedef {object} Cluster
 * @property {Instances} instances
 * @property {number} shippers processes that deliver what is queued in Redis
 * @property {string} redisUrl
 */

/** The token under which the platform sends to the inbox; it takes any. */
const LOCAL_TOKEN = 'local-token';

/** What is compiled into the page, and what services and page alike say of where an error comes from. @param {Ports} ports */
export function pageVariables(ports) {
  return {
    SENTRY_ENVIRONMENT: 'development',
    // Decided once: what is committed while the platform runs from source is no release of some of its processes only.
    SENTRY_RELEASE: checkedOutCommit(),
    VITE_SENTRY_DSN: `http://page@127.0.0.1:${ports.inbox}/2`,
    VITE_MIXPANEL_TOKEN: LOCAL_TOKEN,
    // A laptop has one visitor: each page load and navigation is traced.
    VITE_SENTRY_TRACES_SAMPLE_RATE: '1',
    VITE_DEBUG_PAGES: '1',
  };
}

/** Where the embedded database of a platform answers, with its password. @param {Pick<PlatformOptions, 'ports' | 'secrets'>} options */
export function embeddedDatabaseUrl({ ports, secrets }) {
  return `postgres://postgres:${secrets['EMBEDDED_DATABASE_PASSWORD']}@127.0.0.1:${ports.database}/postgres`;
}

/**
 * Where the parts of a platform answer, under the names by which services find each other, and where it keeps what waits.
 * @param {Ports} ports
 * @param {string} dataDir
 * @param {{ instances?: Instances | undefined, config?: Services }} [options]
 * @returns {Record<string, string> & { INBOX_URL: string, OBSERVABILITY_SPOOL_DIR: string }}
 */
export function addressesOf(ports, dataDir, { instances, config: { services, web } = config } = {}) {
  const origins = [...(web ? [web] : []), ...services].map(({ name, originVariable }) => [
    originVariable,
    portsOf(name, ports, instances).map(originOf).join(','),
  ]);
  return {
    INBOX_URL: originOf(ports.inbox),
    ...Object.fromEntries(origins),
    OBSERVABILITY_SPOOL_DIR: join(dataDir, 'spool'),
  };
}

/** What each process of the platform is started with, in groups: each group needs the one before. @param {PlatformOptions} given @returns {ChildSpec[][]} */
export function platformProcesses(given) {
  const password = randomBytes(24).toString('hex');
  /** @type {PlatformOptions} */
  const options = { ...given, secrets: { EMBEDDED_DATABASE_PASSWORD: password, ...given.secrets } };
  const { ports, dataDir, cluster, env = {}, config: platform = config } = options;
  const { services, web } = platform;
  const { EMBEDDED_DATABASE_PASSWORD: _ofTheUrl, ...secretsOfServices } = options.secrets;
  const instances = cluster?.instances;
  const storage = [inbox(options)];
  if (!env['DATABASE_URL']) storage.push(database(options));
  const databaseUrl = env['DATABASE_URL'] ?? embeddedDatabaseUrl(options);
  const {
    INBOX_URL,
    OBSERVABILITY_SPOOL_DIR: _ofEachItsOwn,
    ...origins
  } = addressesOf(ports, dataDir, { instances, config: platform });
  const common = {
    ...inherited(),
    NODE_ENV: 'development',
    LOG_LEVEL: 'warn',
    // The web server and the demo speak for others, from this machine only.
    TRUST_PROXY: 'loopback',
    MIXPANEL_API_HOST: `http://127.0.0.1:${ports.inbox}`,
    MIXPANEL_TOKEN: LOCAL_TOKEN,
    // Where people who leave are deleted.
    MIXPANEL_APP_HOST: `http://127.0.0.1:${ports.inbox}`,
    MIXPANEL_OAUTH_TOKEN: LOCAL_TOKEN,
    SENTRY_DSN: `http://server@127.0.0.1:${ports.inbox}/1`,
    DATABASE_URL: databaseUrl,
    DEBUG_ROUTES: '1',
    // ANALYTICS_URL: asked for statistics, and the second destination of scans.
    ...origins,
    ERASURE_SERVICES: erasureList(platform, ports, instances),
    // Where alert rules are evaluated; with an account of somebody's own nothing arrives there.
    ...(env['MIXPANEL_TOKEN'] || env['SENTRY_DSN'] ? {} : { INBOX_URL }),
    PUBLIC_ORIGIN: `http://localhost:${ports.web},http://127.0.0.1:${ports.web}`,
    // One address for all instances.
    SCAN_BASE_URL: `http://localhost:${cluster ? ports.web : ports.routing}`,
    MICROSITE_BASE_URL: `http://localhost:${ports.microsite}`,
    ...(cluster && {
      OBSERVABILITY_REDIS_URL: cluster.redisUrl,
      HOST_SHIPPER: '0',
      // Four times the interval at which the page's server asks.
      SHUTDOWN_DRAIN_MS: '1000',
    }),
    ...pageVariables(ports),
    ...secretsOfServices,
    ...env,
  };
  return [
    storage,
    [
      ...services.flatMap(({ name, folder }) =>
        portsOf(name, ports, instances).map((port, index, all) =>
          nodeProcess(options, {
            name,
            processName: instanceName(name, index, all.length),
            folder,
            source: 'src',
            dist: 'dist',
            port,
            env: common,
          }),
        ),
      ),
      ...Array.from({ length: cluster?.shippers ?? 0 }, (_, index) => shipper(index)),
      ...(web
        ? [
            nodeProcess(options, {
              name: 'web',
              processName: 'web',
              folder: web.folder,
              source: 'server',
              dist: 'dist/server',
              port: ports.web,
              env: { ...common, WEB_ROOT: options.webRoot, ...(options.isDevelopment && { WEB_DEV: '1' }) },
            }),
          ]
        : []),
    ],
  ];

  /** @param {number} index @returns {ChildSpec} */
  function shipper(index) {
    return {
      name: `shipper-${index + 1}`,
      cwd: join(root, 'services/analytics-service'),
      args: nodeArgs(options, 'src/shipper.ts', 'dist/shipper.js'),
      env: { OBSERVABILITY_SPOOL_DIR: join(dataDir, 'spool/shipper'), ...common },
      readyLine: /^shipping$/,
    };
  }

  /** @param {PlatformOptions} _ @returns {ChildSpec} */
  function inbox(_) {
    const url = `http://127.0.0.1:${ports.inbox}`;
    return {
      name: 'inbox',
      cwd: join(root, 'packages/inbox'),
      args: [
        ...nodeArgs(options, 'src/main.ts', 'dist/main.js'),
        ...['--config', options.isDevelopment ? join(root, 'observability.config.ts') : compiledConfig],
      ],
      env: {
        ...inherited(),
        NODE_ENV: 'development',
        INBOX_PORT: String(ports.inbox),
        INBOX_DATA_FILE: join(dataDir, 'inbox.ndjson'),
        // Stacks of the page and of the services are shown as they were written.
        INBOX_SOURCE_MAPS: `${options.webRoot},${root}`,
        // Asked for what they have delivered and lost.
        INBOX_SERVICES: namedOrigins([...services, ...(web ? [web] : [])], ports, instances),
        SERVICE_TOKEN: options.secrets['SERVICE_TOKEN'],
        ...env,
      },
      readyUrl: `${url}/health/live`,
    };
  }

  /** @param {PlatformOptions} _ @returns {ChildSpec} */
  function database(_) {
    const migrations = services.flatMap(({ database: schema, folder }) =>
      schema === undefined ? [] : [`${schema}=${join(root, folder, 'migrations')}`],
    );
    return {
      name: 'database',
      cwd: join(root, 'packages/database'),
      args: nodeArgs(options, 'src/main.ts', 'dist/main.js'),
      env: {
        ...inherited(),
        EMBEDDED_DATABASE_PORT: String(ports.database),
        EMBEDDED_DATABASE_PASSWORD: options.secrets['EMBEDDED_DATABASE_PASSWORD'],
        EMBEDDED_DATABASE_DIR: join(dataDir, 'postgres'),
        EMBEDDED_DATABASE_MIGRATIONS: migrations.join(','),
      },
      readyLine: /ready at/,
    };
  }
}

/**
 * Every instance with its origin, as `name=origin,...`.
 * @param {readonly { readonly name: string }[]} services @param {Ports} ports @param {Instances | undefined} instances
 */
function namedOrigins(services, ports, instances) {
  return services
    .flatMap(({ name }) =>
      portsOf(name, ports, instances).map(
        (port, index, all) => `${instanceName(name, index, all.length)}=${originOf(port)}`,
      ),
    )
    .join(',');
}

/**
 * Who auth-service notifies of deleted accounts: each service that forgets users, under one name for all its instances, and the web server.
 * @param {Services} platform @param {Ports} ports @param {Instances | undefined} instances
 */
function erasureList({ services, web }, ports, instances) {
  const notified = services.filter(({ name, forgetsUsers }) => forgetsUsers && name !== 'auth-service');
  return [...notified, ...(web ? [web] : [])]
    .flatMap(({ name }) => portsOf(name, ports, instances).map((port) => `${name}=${originOf(port)}`))
    .join(',');
}

/** @param {string} name @param {Ports} ports @param {Instances | undefined} instances @returns {readonly number[]} */
function portsOf(name, ports, instances) {
  const short = shortName(name);
  return instances?.[short] ?? [/** @type {Record<string, number>} */ (ports)[short] ?? missingPort(name)];
}

/** @param {string} name @returns {never} */
function missingPort(name) {
  throw new Error(`${name} has no port. Make the ports from the same config as the processes.`);
}

/** @param {string} name @param {number} index @param {number} count */
function instanceName(name, index, count) {
  return count === 1 ? name : `${name}-${index + 1}`;
}

/** @param {number} port */
function originOf(port) {
  return `http://127.0.0.1:${port}`;
}

/**
 * A server with an instrument file that loads first.
 * @param {PlatformOptions} options
 * @param {{ name: string, processName: string, folder: string, source: string, dist: string, port: number, env: Record<string, string | undefined> }} server
 * @returns {ChildSpec}
 */
function nodeProcess(options, { name, processName, folder, source, dist, port, env }) {
  const args = options.isDevelopment
    ? [...watch(), '--import', `./${source}/instrument.ts`, `${source}/main.ts`]
    : ['--import', `./${dist}/instrument.js`, `${dist}/main.js`];
  return {
    name: processName,
    cwd: join(root, folder),
    args,
    // Instances share the folder, so that one delivers what another left.
    env: { OBSERVABILITY_SPOOL_DIR: join(options.dataDir, 'spool', name), ...env, PORT: String(port) },
    readyUrl: `http://127.0.0.1:${port}/health/ready`,
  };
}

/** @param {PlatformOptions} options @param {string} source @param {string} dist */
function nodeArgs({ isDevelopment }, source, dist) {
  return isDevelopment ? ['--import', 'tsx', '--conditions=@qr/source', source] : [dist];
}

function watch() {
  return [join(root, 'node_modules/tsx/dist/cli.mjs'), 'watch', '--clear-screen=false', '--conditions=@qr/source'];
}

/** The commit of this checkout; without git, the services say that there is none. */
function checkedOutCommit() {
  const { status, stdout } = spawnSync('git', ['rev-parse', '--verify', '--quiet', 'HEAD'], {
    cwd: root,
    encoding: 'utf8',
  });
  return status === 0 ? stdout.trim() : undefined;
}

/** What a process needs of the surrounding environment; nothing of it configures the platform. */
function inherited() {
  const { PATH, HOME, TMPDIR, LANG } = process.env;
  return { PATH, HOME, TMPDIR, LANG };
}
