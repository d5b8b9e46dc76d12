import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildInboxPage, buildPage, buildServer } from '../build.mjs';
import { startPlatform } from './platform.mjs';
import { DEFAULT_PORT_BASE, portsFrom } from './ports.mjs';
import { pageVariables } from './processes.mjs';
import { developmentSecrets } from './secrets.mjs';

const root = join(import.meta.dirname, '../..');
const dataDir = join(root, '.data');

/** Variables with which a person points the platform at real accounts, another database or keys of their own. */
const OVERRIDES =
  /^(MIXPANEL|SENTRY|OBSERVABILITY|VITE|ALERT|DATABASE|SHUTDOWN|LOG|INBOX|SCAN|MICROSITE|ANALYTICS|PII|JWT|PUBLIC|DEBUG)_|^(SERVICE_TOKEN|TRUST_PROXY)$/;

/** `npm start` and `npm run dev`: the platform until Ctrl-C. @param {{ isDevelopment: boolean }} options */
export async function runPlatform({ isDevelopment }) {
  const ports = portsFrom(readPortBase());
  const env = readOverrides();
  const variables = { ...pageVariables(ports), ...env };
  const webRoot = join(root, 'apps/web/dist/client');
  // In development the app is served from its sources; the page of the inbox is a tool, not what is worked on.
  if (isDevelopment) buildInboxPage();
  else {
    buildServer();
    buildPage(webRoot, variables);
  }
  const interruption = new AbortController();
  const { signal } = interruption;
  const interrupted = new Promise((resolve) => signal.addEventListener('abort', () => resolve(undefined)));
  // npm passes on the signal that the terminal has sent already: the same Ctrl-C can arrive twice.
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => interruption.abort());
  const startedAt = performance.now();
  try {
    const platform = await startPlatform({
      ports,
      dataDir,
      webRoot,
      env,
      isDevelopment,
      signal,
      secrets: developmentSecrets(dataDir),
      log: (line) => console.log(line),
    });
    printTable(ports, performance.now() - startedAt, isDevelopment);
    const death = await Promise.race([platform.died, interrupted]);
    console.log(death === undefined ? '\nStopping ...' : `\n${death}\nEnding the rest ...`);
    await platform.stop();
    process.exit(death === undefined ? 0 : 1);
  } catch (error) {
    if (signal.aborted) {
      console.log('\nStopped before everything was ready.');
      process.exit(0);
    }
    console.error(`\n${error instanceof Error ? error.message : error}`);
    process.exit(1);
  }
}

function readPortBase() {
  try {
    const { values } = parseArgs({ options: { 'port-base': { type: 'string' } } });
    const base = Number(values['port-base'] ?? DEFAULT_PORT_BASE);
    if (Number.isInteger(base) && base >= 1 && base <= 63_000) return base;
    throw new Error(`--port-base must be a number from 1 to 63000, got "${values['port-base']}".`);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\nUsage: npm start -- [--port-base N]`);
    process.exit(1);
  }
}

/** @returns {Record<string, string | undefined>} */
function readOverrides() {
  const file = join(root, '.env');
  if (existsSync(file)) process.loadEnvFile(file);
  return Object.fromEntries(Object.entries(process.env).filter(([name, value]) => OVERRIDES.test(name) && value));
}

/** @param {import('./ports.mjs').Ports} ports @param {number} ms @param {boolean} isDevelopment */
function printTable(ports, ms, isDevelopment) {
  const rows = [
    ['the app', `http://localhost:${ports.web}`, 'sign up, make a code, scan it'],
    ['inbox', `http://localhost:${ports.inbox}`, 'every event, error and trace, as it happens'],
    ['auth-service', `http://localhost:${ports.auth}/documentation`, 'API'],
    ['qr-service', `http://localhost:${ports.qr}/documentation`, 'API'],
    ['microsite-service', `http://localhost:${ports.microsite}/documentation`, 'API'],
    ['routing-service', `http://localhost:${ports.routing}/documentation`, 'API'],
    ['analytics-service', `http://localhost:${ports.analytics}/documentation`, 'API'],
    ['an error', `http://localhost:${ports.auth}/debug/error`, 'fails on purpose; see it in the inbox'],
  ];
  const width = (/** @type {number} */ column) => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  console.log(
    `\nReady in ${(ms / 1000).toFixed(1)} s${isDevelopment ? ', reloading on changes' : ''}. Ctrl-C stops everything.\n`,
  );
  for (const [name = '', url = '', what = ''] of rows) {
    console.log(`  ${name.padEnd(width(0))}  ${url.padEnd(width(1))}  ${what}`);
  }
  console.log('');
}
