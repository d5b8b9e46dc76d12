import { constants } from 'node:os';
import util from 'node:util';

/** @typedef {Parameters<typeof util.styleText>[0]} Format */

/** Whether a stream is a terminal on which lines can be written over. @param {NodeJS.WriteStream} stream */
export function isInteractive(stream) {
  return stream.isTTY === true && process.env['TERM'] !== 'dumb';
}

/**
 * Returns a function that colours a text; where the stream is no terminal, or `NO_COLOR` is set, the text stays as it is.
 * @param {NodeJS.WriteStream} stream
 * @returns {(format: Format, text: string) => string}
 */
export function painter(stream) {
  const hasColors = stream.isTTY === true && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb';
  return (format, text) => (hasColors && text ? util.styleText(format, text, { validateStream: false }) : text);
}

/** Text of others on one line: a control character could move the cursor, rename the window, or hide a line. @param {string} text */
export function printable(text) {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ');
}

const REDRAW_MS = 100;
const NAME_WIDTH = 10;

/**
 * @typedef {object} Steps
 * @property {<Result>(name: string, work: () => Promise<Result>, detail?: string) => Promise<Result>} run prints one line with the step's time when it
 * ends; on a terminal the line shows what runs, and for how long, until then
 * @property {(line: string) => void} print writes a line of something else
 */

/**
 * Shows what is being done, until `signal` is aborted: what fails by that is no news.
 * @param {NodeJS.WriteStream} [stream]
 * @param {AbortSignal} [signal]
 * @returns {Steps}
 */
export function createSteps(stream = process.stdout, signal = undefined) {
  const paint = painter(stream);
  const isLive = isInteractive(stream);
  /** @type {{ name: string, startedAt: number }[]} */
  const running = [];
  /** @type {NodeJS.Timeout | undefined} */
  let timer;

  const clear = () => {
    if (isLive && running.length > 0) stream.write('\r\u001b[K');
  };
  const draw = () => {
    if (!isLive || running.length === 0) return;
    const startedAt = Math.min(...running.map((step) => step.startedAt));
    const names = running.map(({ name }) => name).join(', ');
    const line = `  … ${names.padEnd(NAME_WIDTH)}${seconds(performance.now() - startedAt)}`;
    stream.write(`\r\u001b[K${paint('dim', line.slice(0, (stream.columns || 80) - 1))}`);
  };
  const end = (/** @type {typeof running[number]} */ step, /** @type {string} */ mark, detail = '') => {
    clear();
    running.splice(running.indexOf(step), 1);
    if (running.length === 0) clearInterval(timer);
    if (signal?.aborted) return;
    const time = seconds(performance.now() - step.startedAt);
    stream.write(`  ${mark} ${step.name.padEnd(NAME_WIDTH)}${time}  ${paint('dim', detail)}`.trimEnd().concat('\n'));
    draw();
  };

  return {
    async run(name, work, detail) {
      const step = { name, startedAt: performance.now() };
      running.push(step);
      if (running.length === 1 && isLive) timer = setInterval(draw, REDRAW_MS);
      draw();
      try {
        const result = await work();
        end(step, paint('green', '✓'), detail);
        return result;
      } catch (error) {
        end(step, paint('red', '✗'));
        throw error;
      }
    },
    print(line) {
      clear();
      stream.write(`${line}\n`);
      draw();
    },
  };
}

/** @param {number} ms */
function seconds(ms) {
  return `${(ms / 1000).toFixed(1).padStart(6)} s`;
}

/** npm passes on the signal that the terminal has sent already: the same Ctrl-C arrives twice. */
const SAME_PRESS_MS = 500;
const SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/** Why a command was ended before it was done. */
class Interruption extends Error {
  /** @param {NodeJS.Signals} signal */
  constructor(signal) {
    super(`Interrupted by ${signal}.`);
    this.signal = signal;
  }
}

/**
 * Two signals: `stop` is aborted, with an {@link Interruption}, by the first Ctrl-C, `kill`, closed terminal or closed pipe, `kill` by a second one.
 * @typedef {{ readonly stop: AbortSignal, readonly kill: AbortSignal }} Interruptions
 */

/** Takes over Ctrl-C and the like from here on. @returns {Interruptions} */
export function watchInterruptions() {
  const stop = new AbortController();
  const kill = new AbortController();
  let firstAt = 0;
  /** @param {NodeJS.Signals} signal */
  const interrupt = (signal) => {
    if (!stop.signal.aborted) {
      firstAt = performance.now();
      stop.abort(new Interruption(signal));
    } else if (performance.now() - firstAt > SAME_PRESS_MS) kill.abort();
  };
  for (const signal of SIGNALS) process.on(signal, interrupt);
  // `| head` has read enough; without a listener the error would end us alone, and leave what we have started.
  const onClosed = () => {
    if (!stop.signal.aborted) interrupt('SIGHUP');
  };
  for (const stream of [process.stdout, process.stderr]) stream.on('error', onClosed);
  return { stop: stop.signal, kill: kill.signal };
}

/**
 * Ends this process by a signal, as convention has it for a command that was interrupted: the shell sees 130 after Ctrl-C, and npm prints nothing.
 * @param {unknown} reason an {@link Interruption}
 * @returns {never}
 */
export function endInterrupted(reason) {
  const signal = reason instanceof Interruption ? reason.signal : 'SIGINT';
  for (const name of SIGNALS) process.removeAllListeners(name);
  process.kill(process.pid, signal);
  process.exit(128 + constants.signals[signal]);
}
