import { constants } from 'node:os';

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
