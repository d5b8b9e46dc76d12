import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { errorMonitor } from 'node:events';
import { inspect } from 'node:util';
import { getEnvironmentData, isMainThread, setEnvironmentData, type Worker } from 'node:worker_threads';
import { defineIntegration, type Integration } from '@sentry/core';
import * as Sentry from '@sentry/node';
import type { Scrubber } from '../privacy/index.ts';
import { toReportable } from './reportable-error.ts';
import type { ErrorsState } from './state.ts';

/** The part of the time to end that delivery may take; the rest is a reserve. */
const SHARE = 0.8;
/** Tells a worker thread that the thread which starts it reports its errors. */
const HEARD = '@qr/telemetry: errors of workers are reported';

export interface UncaughtErrorsOptions {
  /** How long the end of the process may take after an uncaught error. */
  readonly timeoutMs: number;
  /** Delivers pending telemetry before the process ends. */
  readonly close: (timeoutMs: number) => Promise<void>;
}

/**
 * Returns the function that creates the integration for uncaught errors. It reports them, and ends the process with 1 once they are delivered, unless
 * someone else listens: a server closes in order by itself.
 *
 * A rejection takes the same way: the reason is thrown again, because Node would put a sentence without its code and message in the place of one that
 * is no error. Where the process goes on after rejections (`--unhandled-rejections=warn`, or a listener of its own) they are only reported. The errors
 * of a worker thread are reported by the thread that has started it, also when it listens to them; where that one has no error tracking, by the
 * worker itself.
 */
export function createUncaughtErrors(state: ErrorsState): (options: UncaughtErrorsOptions) => Integration {
  function onRejection(reason: unknown): void {
    const mode = rejectionMode();
    // Node has thrown it before.
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

  /** Uses the SDK directly: its mark on the error object keeps it from being reported again. */
  function reportUncaught(error: unknown, level: 'fatal' | 'error', kind: string): void {
    if (!state.isOn) return;
    try {
      const mechanism = { handled: false, type: `auto.node.${kind}` };
      Sentry.captureException(error, { captureContext: { level }, mechanism });
    } catch {
      // A failing report must not add to the error that there is.
    }
  }

  return ({ timeoutMs, close }) => {
    const fatal = Sentry.onUncaughtExceptionIntegration({
      onFatalError: (error) => {
        const exit = () => process.exit(1);
        setTimeout(exit, timeoutMs);
        print(error, state.gate.scrubber);
        close(timeoutMs * SHARE).then(exit, exit);
      },
    });
    return defineIntegration(() => ({
      ...fatal,
      setup(client) {
        fatal.setup?.(client);
        // The parent thread can deliver at once; a thread that ends can only write to the disk.
        if (!isMainThread && getEnvironmentData(HEARD) !== true) {
          process.off('uncaughtExceptionMonitor', onEndOfThread).on('uncaughtExceptionMonitor', onEndOfThread);
        }
        process.off('unhandledRejection', onRejection).on('unhandledRejection', onRejection);
        setEnvironmentData(HEARD, true);
        unsubscribe('worker_threads', onWorker);
        subscribe('worker_threads', onWorker);
      },
    }))();
  };
}

/** The error may refuse to be printed, and must not keep the rest from being delivered. */
function print(error: unknown, scrubber: Scrubber): void {
  try {
    console.error(printable(error, scrubber));
  } catch {
    console.error('An uncaught error that refuses to be read');
  }
}

/** Returns the stack and the error's other properties, scrubbed, because log collectors store the output of a process. */
function printable(error: unknown, scrubber: Scrubber): string {
  const { scrubText, redact } = scrubber;
  const readable = toReportable(error);
  if (!(readable instanceof Error)) return scrubText(inspect(readable));
  const { cause, errors = [], ...own } = readable as Error & { readonly errors?: readonly unknown[] };
  const text = readable.stack || `${readable.name}: ${readable.message}`;
  const rest = Object.keys(own).length > 0 ? ` ${inspect(redact(own), { depth: 5 })}` : '';
  const linked = [...(cause === undefined ? [] : [cause]), ...errors].map(
    (each) => `\n  caused by ${printable(each, scrubber)}`,
  );
  return scrubText(text) + rest + linked.join('');
}

const OPTION = /(?:^|\s)--unhandled[-_]rejections(?:=|\s+)["']?(throw|strict|warn-with-error-codes|warn|none)\b/g;

/** Returns what Node does with a rejection that nobody handles. @see https://nodejs.org/api/cli.html#--unhandled-rejectionsmode */
function rejectionMode(): string {
  // Options of the command line come last and win.
  const options = `${process.env['NODE_OPTIONS'] ?? ''} ${process.execArgv.join(' ')}`;
  return [...options.matchAll(OPTION)].at(-1)?.[1] ?? 'throw';
}
