import './cli/node-version.mjs';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readOptions } from './cli/options.mjs';
import { createSteps, endInterrupted, watchInterruptions } from './cli/terminal.mjs';
import { findLeaks, printReport, readRawLog, summarise } from './demo/received.mjs';
import { leak, startLossyProxy } from './demo/sabotage.mjs';
import { playScenario } from './demo/scenario.mjs';
import { startPlatform } from './platform/platform.mjs';
import { freePorts } from './platform/ports.mjs';
import { prepare } from './platform/prepare.mjs';
import { pageVariables } from './platform/processes.mjs';
import { developmentSecrets } from './platform/secrets.mjs';

const { json, sabotage } = readArguments();
const { stop: signal, kill: killSignal } = watchInterruptions();
const steps = createSteps(json ? process.stderr : process.stdout, signal);
const folder = mkdtempSync(join(tmpdir(), 'qr-observability-demo-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
const ports = await freePorts();
const proxy = sabotage === 'drop' ? await startLossyProxy(ports.inbox) : undefined;
const webRoot = join(folder, 'page');
/** What the processes say matters only when the demo fails. @type {string[]} */
const logLines = [];
// What was started is killed by a listener that comes after this one.
killSignal.addEventListener('abort', () => setImmediate(endInterrupted, signal.reason));
const platform = await start().catch((error) => {
  if (signal.aborted) endAfterCtrlC();
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
signal.addEventListener('abort', () => platform.kill());

let isOk = false;
try {
  const scenario = await steps.run(
    'scenario',
    () => playScenario(ports),
    '20 sign-ups, 30 codes, 500 scans, one error on purpose',
  );
  // What the services still hold is delivered while they end; only then is it fair to count.
  await platform.stopServices();
  if (sabotage === 'leak') await leak(ports.inbox, await readRawLog(ports.inbox), scenario.secrets[0] ?? '');
  const requests = await readRawLog(ports.inbox);
  const received = summarise(requests);
  const leaks = findLeaks(requests, scenario.secrets);
  isOk = printReport({ scenario, received, leaks, seconds: performance.now() / 1000, json, say: steps.print });
} catch (error) {
  if (signal.aborted) endAfterCtrlC();
  console.error(error instanceof Error ? error.message : error);
} finally {
  if (!isOk) steps.print(logLines.join('\n'));
  proxy?.close();
  await platform.stop();
}
process.exit(isOk ? 0 : 1);

async function start() {
  await prepare(steps, {
    signal,
    parts: [{ part: 'server' }, { part: 'page', folder: webRoot, variables: pageVariables(ports) }],
  });
  return startPlatform({
    ports,
    dataDir: folder,
    webRoot,
    secrets: developmentSecrets(folder),
    env: { INBOX_KEEP_RAW: '1', ...(proxy && { MIXPANEL_API_HOST: proxy.url }) },
    log: (line, name) => logLines.push(`[${name}] ${line}`),
    step: steps.run,
    signal,
    killSignal,
  });
}

/** @returns {never} */
function endAfterCtrlC() {
  steps.print('Stopped before the demo was done.');
  rmSync(folder, { recursive: true, force: true });
  endInterrupted(signal.reason);
}

function readArguments() {
  const { has, value } = readOptions({
    name: 'npm run demo',
    about:
      'Plays 20 sign-ups, 30 codes, 500 scans and one error on free ports, and shows what arrived.\nExit code 1 unless everything arrived, once, and nothing leaked.',
    options: {
      json: { about: 'the last line of the output is one JSON object; the rest goes to standard error' },
      sabotage: {
        value: 'drop|leak',
        choices: ['drop', 'leak'],
        about: 'lose or leak something on the way, which the demo must notice',
      },
    },
    examples: ['npm run --silent demo -- --json | jq .ok'],
  });
  return { json: has('json'), sabotage: value('sabotage') };
}
