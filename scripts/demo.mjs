import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { installDependencies } from './setup.mjs';

installDependencies();
const { buildPage, buildServer } = await import('./build.mjs');
const { startPlatform } = await import('./platform/platform.mjs');
const { freePorts } = await import('./platform/ports.mjs');
const { pageVariables } = await import('./platform/processes.mjs');
const { developmentSecrets } = await import('./platform/secrets.mjs');
const { findLeaks } = await import('./demo/leaks.mjs');
const { readRawLog, summarise } = await import('./demo/received.mjs');
const { printReport } = await import('./demo/report.mjs');
const { leak, startLossyProxy } = await import('./demo/sabotage.mjs');
const { playScenario } = await import('./demo/scenario.mjs');

const { json, sabotage } = readArguments();
const startedAt = performance.now();
const folder = mkdtempSync(join(tmpdir(), 'qr-observability-demo-'));
const ports = await freePorts();
const say = (/** @type {string} */ line) => void (json ? process.stderr : process.stdout).write(`${line}\n`);

const proxy = sabotage === 'drop' ? await startLossyProxy(ports.inbox) : undefined;
const webRoot = join(folder, 'page');
/** What the processes say matters only when the demo fails. @type {string[]} */
const logLines = [];
say('Building ...');
buildServer();
buildPage(webRoot, pageVariables(ports));
say('Starting the platform ...');
const platform = await startPlatform({
  ports,
  dataDir: folder,
  webRoot,
  secrets: developmentSecrets(folder),
  env: { INBOX_KEEP_RAW: '1', ...(proxy && { MIXPANEL_API_HOST: proxy.url }) },
  log: (line) => logLines.push(line),
}).catch((error) => {
  rmSync(folder, { recursive: true, force: true });
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    platform.kill();
    rmSync(folder, { recursive: true, force: true });
    process.exit(1);
  });
}

let isOk = false;
try {
  say('20 sign-ups, 30 codes, 500 scans, one error on purpose ...');
  const scenario = await playScenario(ports);
  // What the services still hold is delivered while they end; only then is it fair to count.
  await platform.stopServices();
  if (sabotage === 'leak') await leak(ports.inbox, await readRawLog(ports.inbox), scenario.secrets[0] ?? '');
  const requests = await readRawLog(ports.inbox);
  const received = summarise(requests);
  const leaks = findLeaks(requests, scenario.secrets);
  isOk = printReport({ scenario, received, leaks, seconds: (performance.now() - startedAt) / 1000, json, say });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
} finally {
  if (!isOk) say(logLines.join('\n'));
  proxy?.close();
  await platform.stop();
  rmSync(folder, { recursive: true, force: true });
}
process.exit(isOk ? 0 : 1);

function readArguments() {
  try {
    const { values } = parseArgs({ options: { json: { type: 'boolean' }, sabotage: { type: 'string' } } });
    const { json = false, sabotage } = values;
    if (sabotage === undefined || sabotage === 'drop' || sabotage === 'leak') return { json, sabotage };
    throw new Error(`--sabotage must be drop or leak, got "${sabotage}".`);
  } catch (error) {
    console.error(
      `${error instanceof Error ? error.message : error}\nUsage: npm run demo -- [--json] [--sabotage drop|leak]`,
    );
    process.exit(1);
  }
}
