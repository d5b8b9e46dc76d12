import * as Sentry from '@sentry/node';
import { plannedContext } from './allow-list.ts';
import { filterAttributes } from './attribute-filter.ts';
import { sentryState } from './state.ts';

/** Pino's numbers for the levels that are sent. */
const WARN = 40;
const ERROR = 50;
const FATAL = 60;

/** More lines of one second stay on standard output only: a storm of errors must not become a bill for logs. */
const MAX_LINES_PER_SECOND = 100;

/** Log lines that reached Sentry's SDK, and those that were too many. */
export const logCounters = { sent: 0, dropped_rate: 0 };

type LogMethod = (...args: unknown[]) => void;

/**
 * Pino's `logMethod` hook: what is logged at `warn` and above goes to Sentry too, in the trace of the request.
 *
 * The SDK's own integration parses every line of every level again, and sends all that is in it, address and URL of the request included. Here
 * only planned keys are read, and nothing is built below `warn`. The sentence is sent as it stands in the code, without the values that
 * `%s` puts in.
 */
export function logToSentry(this: unknown, args: unknown[], method: LogMethod, level: number): void {
  method.apply(this, args);
  if (level < WARN || !sentryState.isOn || !hasRoom()) return;
  try {
    const [first, second] = args;
    const isSentence = typeof first === 'string';
    const message = isSentence ? first : typeof second === 'string' ? second : messageOf(first);
    Sentry.logger[nameOf(level)](message, isSentence ? {} : attributesOf(first));
  } catch {
    // A value that refuses to be read; the line itself is written.
  }
}

/** Reduces a log to what the plan allows. Runs as `beforeSendLog`, so also for lines that are sent past our hook. */
export function filterLog(log: Sentry.Log): Sentry.Log {
  const { transactionName: route } = Sentry.getIsolationScope().getScopeData();
  const message = sentryState.scrubber.scrubText(String(log.message)).replace(QUERY, '');
  return { ...log, message, attributes: { ...filterAttributes(log.attributes ?? {}), ...(route && { route }) } };
}

const QUERY = /\?[^\s"'<>=?]{1,64}=[^\s"'<>]*/g;

/** What Fastify and pino put into a line beside what the caller says; left out without being counted. */
const LINE_KEYS = new Set(['err', 'req', 'res', 'reqId', 'responseTime']);

function attributesOf(line: unknown): Record<string, unknown> {
  if (typeof line !== 'object' || line === null) return {};
  if (line instanceof Error) return codeOf(line);
  const own = Object.fromEntries(Object.entries(line).filter(([key]) => !LINE_KEYS.has(key)));
  return { ...codeOf((line as { err?: unknown }).err), ...plannedContext(own) };
}

/** The name of an error's kind, such as `ECONNREFUSED`: never personal, and what one searches for. */
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
  logCounters[isRoom ? 'sent' : 'dropped_rate']++;
  return isRoom;
}
