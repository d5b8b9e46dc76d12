import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { readOptions } from '../cli/options.mjs';
import { spellingNotes } from '../cli/spelling.mjs';
import { config } from './config.mjs';
import { startPlatform } from './platform.mjs';
import { wantedPorts } from './port-check.mjs';
import { DEFAULT_PORT_BASE, PORT_BASE_RANGE, portsFrom, shortName } from './ports.mjs';
import { prepare } from './prepare.mjs';
import { addressesOf, pageVariables } from './processes.mjs';
import { developmentSecrets } from './secrets.mjs';
import { runSession } from './session.mjs';

const root = join(import.meta.dirname, '../..');

/** Variables with which a person points the platform at real accounts, another database or keys of their own. */
const OVERRIDES =
  /^(MIXPANEL|SENTRY|OBSERVABILITY|VITE|ALERT|DATABASE|SHUTDOWN|LOG|INBOX|SCAN|MICROSITE|ANALYTICS|PII|JWT|PUBLIC|DEBUG)_|^(SERVICE_TOKEN|TRUST_PROXY)$/;

/** `npm start` and `npm run dev`: the platform until Ctrl-C. @param {{ isDevelopment: boolean }} options */
export async function runPlatform({ isDevelopment }) {
  const command = isDevelopment ? 'npm run dev' : 'npm start';
  const { value } = readOptions({
    name: command,
    about: isDevelopment
      ? 'Runs the whole platform from source, with a local inbox, and reloads on changes. Ctrl-C stops it.'
      : 'Builds and runs the whole platform, with a local inbox. Ctrl-C stops it.',
    options: platformOptions,
    examples: [`${command} -- --port-base 4000 --data-dir .data/second`],
  });
  const ports = portsFrom(Number(value('port-base') ?? DEFAULT_PORT_BASE));
  const defaultDataDir = join(root, '.data');
  const dataDir = resolve(root, value('data-dir') ?? defaultDataDir);
  const env = readOverrides();
  // The page is built for the ports of one platform.
  const webRoot = dataDir === defaultDataDir ? join(root, 'apps/web/dist/client') : join(dataDir, 'page');
  const page = /** @type {const} */ ({ part: 'page', folder: webRoot, variables: { ...pageVariables(ports), ...env } });
  await runSession({
    command,
    root,
    dataDir,
    wanted: wantedPorts(ports, { hasDatabase: !env['DATABASE_URL'] }),
    variables: addressesOf(ports, dataDir),
    async start({ steps, ...tools }) {
      // In development the app is served from its sources; the page of the inbox is a tool, not what is worked on.
      await prepare(steps, { ...tools, parts: isDevelopment ? [{ part: 'inbox-page' }] : [{ part: 'server' }, page] });
      const secrets = developmentSecrets(dataDir);
      const all = { LOG_LEVEL: 'info', ...env };
      const platform = await startPlatform({
        ...tools,
        ports,
        dataDir,
        webRoot,
        env: all,
        isDevelopment,
        secrets,
        step: steps.run,
      });
      return { ...platform, table: tableOf(ports) };
    },
  });
}

/** Options that every platform takes. */
export const platformOptions = {
  'port-base': {
    value: 'N',
    range: PORT_BASE_RANGE,
    about: `first port: the app on N, services from N+1, inbox on N+1600; default ${DEFAULT_PORT_BASE}`,
  },
  'data-dir': {
    value: 'FOLDER',
    about: 'where accounts, codes and the inbox are kept; default .data',
    problem: (/** @type {string} */ folder) => problemOfDataDir(resolve(root, folder)),
  },
};

/** What `.env` and the environment say; a slip in a name is pointed out. @returns {Record<string, string | undefined>} */
function readOverrides() {
  const file = join(root, '.env');
  const own = existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {};
  for (const note of spellingNotes(root, { '.env': own, 'the environment': process.env })) console.error(note);
  return Object.fromEntries(
    Object.entries({ ...own, ...process.env }).filter(([name, value]) => OVERRIDES.test(name) && value),
  );
}

/** @param {import('./ports.mjs').Ports} ports */
function tableOf(ports) {
  const rows = [
    ['the app', `http://localhost:${ports.web}`, 'sign up, make a code, scan it'],
    ['inbox', `http://localhost:${ports.inbox}`, 'every event, error and trace, as it happens'],
    ...config.services.map(({ name }) => [name, `http://localhost:${ports[shortName(name)]}/documentation`, 'API']),
    ['an error', `http://localhost:${ports.auth}/debug/error`, 'fails on purpose; see it in the inbox'],
  ];
  const width = (/** @type {number} */ column) => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  return rows.map(([name = '', url = '', what = '']) => `  ${name.padEnd(width(0))}  ${url.padEnd(width(1))}  ${what}`);
}

/**
 * What is wrong with the folder that `--data-dir` names. It is closed to other users of this machine, so it must be ours alone.
 * @param {string} path
 * @returns {string | undefined}
 */
function problemOfDataDir(path) {
  const isUsed = existsSync(path) && readdirSync(path).length > 0;
  if (!isUsed || existsSync(join(path, 'secrets.json'))) return undefined;
  return `--data-dir must be a new folder, or one that a platform has used before: ${path} has other files in it.`;
}
