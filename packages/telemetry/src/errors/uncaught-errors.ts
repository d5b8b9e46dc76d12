import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { errorMonitor } from 'node:events';
import { inspect } from 'node:util';
import { getEnvironmentData, isMainThread, setEnvironmentData, type Worker } from 'node:worker_threads';
import { defineIntegration } from '@sentry/core';
import * as Sentry from '@sentry/node';
import { rejectionMode } from './rejection-mode.ts';
import { toReportable } from './reportable-error.ts';
import { sentryState } from './state.ts';

type Close = (timeoutMs: number) => Promise<void>;

let closeAll: Close = async (timeoutMs) => {
  await Sentry.close(timeoutMs);
};

/** Says how to deliver what waits before an uncaught error ends the process; without it errors are delivered, analytics are not. */
export function setClose(close: Close): void {
  closeAll = close;
}

/**
 * Reports what nobody caught, and ends the process with 1 once it is delivered, unless someone else listens: a server closes in order by itself.
 *
 * A rejection takes the same way: the reason is thrown again, as Node would put a sentence without its code and message in the place of one that is no
 * error. Where the process was told to go on after rejections (`--unhandled-rejections=warn`, or a listener of its own) they are reported only.
 * The errors of a worker thread are reported by the thread that has started it, also when it listens to them; where that one has no error tracking, by
 * the worker itself.
 */
export function uncaughtErrorsIntegration(timeoutMs: number) {
  const fatal = Sentry.onUncaughtExceptionIntegration({
    onFatalError: (error) => {
      const exit = () => process.exit(1);
      setTimeout(exit, timeoutMs);
      print(error);
      closeAll(timeoutMs * SHARE).then(exit, exit);
    },
  });
  return defineIntegration(() => ({
    ...fatal,
    setup(client) {
      fatal.setup?.(client);
      // It can deliver at once, where a thread that ends can only write to the disk.
      if (!isMainThread && getEnvironmentData(HEARD) !== true)
        process.off('uncaughtExceptionMonitor', onEndOfThread).on('uncaughtExceptionMonitor', onEndOfThread);
      process.off('unhandledRejection', onRejection).on('unhandledRejection', onRejection);
      setEnvironmentData(HEARD, true);
      unsubscribe('worker_threads', onWorker);
      subscribe('worker_threads', onWorker);
    },
  }))();
}

/** What the thread that starts a worker says to it: that it reports the worker's errors. */
const HEARD = '@qr/common: errors of workers are reported';

function onRejection(reason: unknown): void {
  const mode = rejectionMode();
  // Node has raised it before.
  if (mode === 'strict') return;
  const ends = mode === 'throw' && process.listenerCount('unhandledRejection') === 1;
  if (ends) throw reason ? reason : new Error(`A promise was rejected with ${String(reason)}.`);
  reportUncaught(reason, 'error', 'onunhandledrejection');
}

function onEndOfThread(error: unknown): void {
  reportUncaught(error, 'fatal', 'onuncaughtexception');
}

function onWorker(message: unknown): void {
  const { worker } = message as { readonly worker: Worker };
  worker.on(errorMonitor, (error: unknown) => {
    // Without a listener it is an uncaught error of this thread.
    if (worker.listenerCount('error') > 0) reportUncaught(error, 'error', 'onworkererror');
  });
}

/** By the SDK, whose mark on the error object keeps it from being reported again. */
function reportUncaught(error: unknown, level: 'fatal' | 'error', kind: string): void {
  if (!sentryState.isOn) return;
  try {
    const mechanism = { handled: false, type: `auto.node.${kind}` };
    Sentry.captureException(error, { captureContext: { level }, mechanism });
  } catch {
    // Whoever reports must not add an error to the one that there is.
  }
}

/** What was thrown may refuse to be printed, and must not keep the rest from being delivered. */
function print(error: unknown): void {
  try {
    console.error(printable(error));
  } catch {
    console.error('An uncaught error that refuses to be read');
  }
}

/** Returns the stack and the error's other properties, scrubbed, because log collectors store the output of a process. */
function printable(error: unknown): string {
  const { scrubText, redact } = sentryState.scrubber;
  const readable = toReportable(error);
  if (!(readable instanceof Error)) return scrubText(inspect(readable));
  const { cause, errors = [], ...own } = readable as Error & { readonly errors?: readonly unknown[] };
  const text = readable.stack || `${readable.name}: ${readable.message}`;
  const rest = Object.keys(own).length > 0 ? ` ${inspect(redact(own), { depth: 5 })}` : '';
  const linked = [...(cause === undefined ? [] : [cause]), ...errors].map((each) => `\n  caused by ${printable(each)}`);
  return scrubText(text) + rest + linked.join('');
}

/** Of the time to end: what is left is a reserve. */
const SHARE = 0.8;
