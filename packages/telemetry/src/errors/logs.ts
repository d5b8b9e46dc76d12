import * as Sentry from '@sentry/node';
import type { ErrorsState } from './state.ts';

/** Pino's numbers for the levels that are sent. */
const WARN = 40;
const ERROR = 50;
const FATAL = 60;

/** More lines of one second stay on standard output only: a storm of errors must not become a bill for logs. */
const MAX_LINES_PER_SECOND = 100;

/** Keys that Fastify and pino add to a line; left out without being counted. */
const LINE_KEYS = new Set(['err', 'req', 'res', 'reqId', 'responseTime']);

type LogMethod = (...args: unknown[]) => void;

/** Pino's `logMethod` hook. */
export type LogToSentry = (this: unknown, args: unknown[], method: LogMethod, level: number) => void;

/**
 * Returns the hook that also sends lines at `warn` and above to Sentry, in the trace of the request.
 *
 * The SDK's own integration parses every line of every level again, and sends all that is in it, address and URL of the request included. Here
 * only planned keys are read, and nothing is built below `warn`. Only the sentence in the code is sent, never the values that `%s` puts in.
 */
export function createLogHook(state: ErrorsState): LogToSentry {
  const counters = state.counters.logs;
  let second = 0;
  let linesOfSecond = 0;

  function hasRoom(): boolean {
    const now = Math.floor(Date.now() / 1000);
    if (now !== second) {
      second = now;
      linesOfSecond = 0;
    }
    linesOfSecond++;
    const isRoom = linesOfSecond <= MAX_LINES_PER_SECOND;
    counters[isRoom ? 'sent' : 'dropped_rate']++;
    return isRoom;
  }

  function attributesOf(line: unknown): Record<string, unknown> {
    if (typeof line !== 'object' || line === null) return {};
    if (line instanceof Error) return codeOf(line);
    const own = Object.fromEntries(Object.entries(line).filter(([key]) => !LINE_KEYS.has(key)));
    return { ...codeOf((line as { err?: unknown }).err), ...state.gate.plannedContext(own) };
  }

  return function logToSentry(args, method, level) {
    method.apply(this, args);
    if (level < WARN || !state.isOn || !hasRoom()) return;
    try {
      const [first, second] = args;
      const isSentence = typeof first === 'string';
      const message = isSentence ? first : typeof second === 'string' ? second : messageOf(first);
      Sentry.logger[nameOf(level)](message, isSentence ? {} : attributesOf(first));
    } catch {
      // A value that refuses to be read; the line itself is written.
    }
  };
}

/** Adds the route of the request to a log. Runs as `beforeSendLog`. */
export function withRoute(log: Sentry.Log): Sentry.Log {
  const { transactionName: route } = Sentry.getIsolationScope().getScopeData();
  return route ? { ...log, attributes: { ...log.attributes, route } } : log;
}

/** The code of an error, such as `ECONNREFUSED`: never personal, and what one searches for. */
function codeOf(error: unknown): Record<string, unknown> {
  const code = typeof error === 'object' && error !== null ? (error as { code?: unknown }).code : undefined;
  return typeof code === 'string' ? { code } : {};
}

function messageOf(line: unknown): string {
  const error = line instanceof Error ? line : ((line as { err?: unknown } | null)?.err ?? line);
  return error instanceof Error ? error.message : 'a line without a sentence';
}

function nameOf(level: number): 'warn' | 'error' | 'fatal' {
  if (level >= FATAL) return 'fatal';
  return level >= ERROR ? 'error' : 'warn';
}
