import { relative } from 'node:path';
import { createSteps, endInterrupted, isInteractive, painter, watchInterruptions } from '../cli/terminal.mjs';
import { createLogLines, ERROR, plainLine, WARN } from './log-lines.mjs';
import { checkPorts } from './port-check.mjs';
import { recordPlatform, runningPlatforms } from './running.mjs';

/**
 * @typedef {object} Session
 * @property {string} command as it is typed: `npm start`
 * @property {string} root of the checkout
 * @property {string} dataDir
 * @property {readonly import('./port-check.mjs').WantedPort[]} wanted
 * @property {Record<string, string>} variables where the parts answer
 * @property {(tools: Tools) => Promise<Started>} start
 */

/**
 * @typedef {object} Tools
 * @property {import('../cli/terminal.mjs').Steps} steps
 * @property {AbortSignal} signal
 * @property {AbortSignal} killSignal
 * @property {import('./child.mjs').Log} log
 */

/**
 * @typedef {object} Started
 * @property {Promise<string>} died
 * @property {() => Promise<void>} stop
 * @property {readonly string[]} table what is said once everything is ready
 */

/** Runs a platform in this terminal until Ctrl-C, and ends the process. @param {Session} session @returns {Promise<never>} */
export async function runSession({ command, root, dataDir, wanted, variables, start }) {
  const { stop: signal, kill: killSignal } = watchInterruptions();
  const terminal = createTerminal(signal);
  /** @type {string | undefined} */
  let problem;
  let isReady = false;
  try {
    const platforms = runningPlatforms(root);
    refuseSecond(platforms, { command, root, dataDir });
    await checkPorts(wanted, { command, platforms });
    const ports = wanted.map(({ port }) => port);
    process.once('exit', recordPlatform(root, { command, dataDir, ports, variables }));
    killSignal.addEventListener('abort', () => {
      terminal.say('Killed.');
      // What was started is killed by listeners that come after this one.
      setImmediate(() => endInterrupted(signal.reason));
    });
    const { died, stop, table } = await start({ steps: terminal.steps, signal, killSignal, log: terminal.log });
    isReady = true;
    terminal.ready();
    terminal.say([`\nReady in ${inSeconds(performance.now())}. Ctrl-C stops everything.\n`, ...table, ''].join('\n'));
    const interrupted = new Promise((resolve) => signal.addEventListener('abort', () => resolve(undefined)));
    problem = signal.aborted ? undefined : await Promise.race([died, interrupted]);
    if (problem !== undefined) terminal.explain(problem);
    const stoppedAt = performance.now();
    terminal.stopping();
    await stop();
    terminal.say(`Stopped in ${inSeconds(performance.now() - stoppedAt)}.`);
  } catch (error) {
    if (signal.aborted && !isReady) {
      terminal.say('Stopped before everything was ready.');
      endInterrupted(signal.reason);
    }
    problem = error instanceof Error ? error.message : String(error);
    terminal.explain(problem);
  }
  process.exit(problem === undefined ? 0 : 1);
}

/** Two would destroy each other's data. @param {readonly import('./running.mjs').RunningPlatform[]} platforms @param {{ command: string, root: string, dataDir: string }} ours */
function refuseSecond(platforms, { command, root, dataDir }) {
  const other = platforms.find((platform) => platform.dataDir === dataDir);
  if (!other) return;
  const where = relative(root, dataDir) || dataDir;
  throw new Error(
    [
      `${other.command} already runs on the data in ${where} (pid ${other.pid}): its inbox is at ${other.variables['INBOX_URL']}.`,
      `Stop it (kill ${other.pid}), or give this one ports and data of its own: ${command} -- --port-base 4000 --data-dir .data/second`,
    ].join('\n'),
  );
}

/** What the session writes to; for people on a terminal, for tools elsewhere. @param {AbortSignal} signal */
function createTerminal(signal) {
  const isTerminal = process.stdout.isTTY === true;
  const steps = createSteps(process.stdout, signal);
  const lines = createLogLines();
  const paint = painter(process.stdout);
  let isReady = false;
  let isStopping = false;
  signal.addEventListener('abort', () => {
    isStopping = true;
  });
  /** A line that is written over the one that says that something is going on. */
  const say = (/** @type {string} */ text) => {
    if (isInteractive(process.stdout)) process.stdout.write('\r\u001b[K');
    steps.print(text);
  };
  return {
    steps,
    say,
    ready: () => {
      isReady = true;
    },
    stopping: () => {
      isStopping = true;
      if (isInteractive(process.stdout)) process.stdout.write(`\r\u001b[K${paint('dim', 'Stopping ...')}`);
    },
    /** @type {import('./child.mjs').Log} */
    log: (line, name, isError) => {
      if (!isTerminal) return steps.print(plainLine(line, name));
      const formatted = lines.format(line, name, isError);
      if (!formatted) return;
      const { level, text } = formatted;
      // That a process listens, or closes, is told by the steps.
      if (isStopping ? level < ERROR : !isReady && level < WARN) return;
      say(text);
    },
    /** What has just been printed as it came is not repeated. @param {string} message */
    explain: (message) => {
      const shown = (isTerminal && isReady ? (message.split(' Its last lines:')[0] ?? '') : message)
        .split('\n')
        .map((line) =>
          isTerminal && line.startsWith('  {"level":') ? `  ${lines.format(line.trim(), '')?.text ?? line}` : line,
        );
      say('');
      process.stderr.write(
        `${paint('red', shown[0] ?? '')}\n${shown
          .slice(1)
          .map((line) => `${line}\n`)
          .join('')}`,
      );
    },
  };
}

/** @param {number} ms */
function inSeconds(ms) {
  return `${(ms / 1000).toFixed(1)} s`;
}
