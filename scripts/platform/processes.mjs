import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';

/** @typedef {import('./ports.mjs').Ports} Ports */
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
 */

/**
 * @typedef {object} Cluster
 * @property {readonly number[]} routing a port for each instance of routing-service
 * @property {readonly number[]} analytics a port for each instance of analytics-service
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
 * @param {Pick<Cluster, 'routing' | 'analytics'>} [instances]
 */
export function addressesOf(
  ports,
  dataDir,
  { routing, analytics } = { routing: [ports.routing], analytics: [ports.analytics] },
) {
  return {
    INBOX_URL: `http://127.0.0.1:${ports.inbox}`,
    WEB_SERVER_URL: `http://127.0.0.1:${ports.web}`,
    AUTH_SERVICE_URL: `http://127.0.0.1:${ports.auth}`,
    QR_SERVICE_URL: `http://127.0.0.1:${ports.qr}`,
    MICROSITE_SERVICE_URL: `http://127.0.0.1:${ports.microsite}`,
    ROUTING_SERVICE_URL: originsOf(routing),
    ANALYTICS_URL: originsOf(analytics),
    OBSERVABILITY_SPOOL_DIR: join(dataDir, 'spool'),
  };
}

/** What each process of the platform is started with, in groups: each group needs the one before. @param {PlatformOptions} given @returns {ChildSpec[][]} */
export function platformProcesses(given) {
  const password = randomBytes(24).toString('hex');
  /** @type {PlatformOptions} */
  const options = { ...given, secrets: { EMBEDDED_DATABASE_PASSWORD: password, ...given.secrets } };
  const { ports, dataDir, cluster, env = {} } = options;
  const { EMBEDDED_DATABASE_PASSWORD: _ofTheUrl, ...secretsOfServices } = options.secrets;
  const routing = cluster?.routing ?? [ports.routing];
  const analytics = cluster?.analytics ?? [ports.analytics];
  const storage = [inbox(options)];
  if (!env['DATABASE_URL']) storage.push(database(options));
  const databaseUrl = env['DATABASE_URL'] ?? embeddedDatabaseUrl(options);
  const {
    INBOX_URL,
    OBSERVABILITY_SPOOL_DIR: _ofEachItsOwn,
    ...origins
  } = addressesOf(ports, dataDir, { routing, analytics });
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
  const service = (/** @type {string} */ name, /** @type {number} */ port, processName = name) =>
    nodeProcess(options, {
      name,
      processName,
      folder: `services/${name}`,
      source: 'src',
      dist: 'dist',
      port,
      env: common,
    });
  const instances = (/** @type {string} */ name, /** @type {readonly number[]} */ all) =>
    all.map((port, index) => service(name, port, instanceName(name, index, all.length)));
  return [
    storage,
    [
      service('auth-service', ports.auth),
      service('qr-service', ports.qr),
      service('microsite-service', ports.microsite),
      ...instances('routing-service', routing),
      ...instances('analytics-service', analytics),
      ...Array.from({ length: cluster?.shippers ?? 0 }, (_, index) => shipper(index)),
      nodeProcess(options, {
        name: 'web',
        processName: 'web',
        folder: 'apps/web',
        source: 'server',
        dist: 'dist/server',
        port: ports.web,
        env: { ...common, WEB_ROOT: options.webRoot, ...(options.isDevelopment && { WEB_DEV: '1' }) },
      }),
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
      args: nodeArgs(options, 'src/main.ts', 'dist/main.js'),
      env: {
        ...inherited(),
        NODE_ENV: 'development',
        INBOX_PORT: String(ports.inbox),
        INBOX_DATA_FILE: join(dataDir, 'inbox.ndjson'),
        // Stacks of the page and of the services are shown as they were written.
        INBOX_SOURCE_MAPS: `${options.webRoot},${root}`,
        // Asked for what they have delivered and lost.
        INBOX_SERVICES: statsOrigins(ports, routing, analytics),
        SERVICE_TOKEN: options.secrets['SERVICE_TOKEN'],
        ...env,
      },
      readyUrl: `${url}/health/live`,
    };
  }

  /** @param {PlatformOptions} _ @returns {ChildSpec} */
  function database(_) {
    const migrations = ['auth', 'qr', 'microsite', 'analytics'].map(
      (schema) => `${schema}=${join(root, `services/${schema}-service/migrations`)}`,
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
 * Every process that delivers, as the inbox reads them.
 * @param {Ports} ports @param {readonly number[]} routing @param {readonly number[]} analytics
 */
function statsOrigins({ auth, qr, microsite, web }, routing, analytics) {
  const several = (/** @type {string} */ name, /** @type {readonly number[]} */ all) =>
    all.map((port, index) => /** @type {const} */ ([instanceName(name, index, all.length), port]));
  /** @type {(readonly [string, number])[]} */
  const services = [
    ['auth-service', auth],
    ['qr-service', qr],
    ['microsite-service', microsite],
    ...several('routing-service', routing),
    ...several('analytics-service', analytics),
    ['web-server', web],
  ];
  return services.map(([name, port]) => `${name}=http://127.0.0.1:${port}`).join(',');
}

/** @param {string} name @param {number} index @param {number} count */
function instanceName(name, index, count) {
  return count === 1 ? name : `${name}-${index + 1}`;
}

/** @param {readonly number[]} ports */
function originsOf(ports) {
  return ports.map((port) => `http://127.0.0.1:${port}`).join(',');
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
