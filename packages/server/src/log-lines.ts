import { type Errors, toReportable } from '@qr/telemetry/internal';
import type { FastifyServerOptions } from 'fastify';

type Logger = NonNullable<FastifyServerOptions['logger']>;
type LogMethod = (...args: unknown[]) => void;
type Hooks = NonNullable<Exclude<Logger, boolean>['hooks']>;

/**
 * Returns a logger's options with two things added, whatever else they say: warnings and errors go to Sentry too, and every line passes the scrubber
 * right before it is written. That is the last gate: bindings of child loggers, serializers, mixins and values in a sentence pass it as well.
 */
export function withSafeLines(errors: Errors, logger: Logger): Logger {
  if (logger === false) return false;
  const options = logger === true ? {} : logger;
  const { logMethod, streamWrite } = options.hooks ?? {};
  return {
    ...options,
    hooks: {
      ...options.hooks,
      logMethod: createLogMethod(errors, logMethod),
      streamWrite: (line: string) => cleanLine(errors, streamWrite ? streamWrite(line) : line),
    },
  };
}

/** The application's own hook still writes the line, and Sentry gets it as the caller has made it. */
function createLogMethod(errors: Errors, own: Hooks['logMethod']): NonNullable<Hooks['logMethod']> {
  return function logMethod(args, method, level) {
    const write = (...values: unknown[]) =>
      own ? own.call(this, values as typeof args, method, level) : (method as LogMethod).apply(this, values);
    errors.logToSentry.call(this, args, (...values: unknown[]) => writeSafely(write, values), level);
  };
}

/** A serializer reads an error, which may refuse; a hook may fail. The caller must not fail by it. */
function writeSafely(write: LogMethod, values: unknown[]): void {
  const [line, ...rest] = values;
  const { err } = (typeof line === 'object' && line !== null ? line : {}) as { readonly err?: unknown };
  const attempts = [
    () => write(...values),
    () => write(err === undefined ? toReportable(line) : { err: toReportable(err) }, ...rest),
    () => write('A log line could not be written: reading its values threw.'),
  ];
  attempts.some((attempt) => {
    try {
      attempt();
      return true;
    } catch {
      return false;
    }
  });
}

/** What Fastify writes of each request, where only the path could hold something, and short segments hold nothing: it comes twice a request, and taking it apart costs 20 times as much. */
const REQUEST_LINE =
  /^\{"level":30,"time":\d+,"pid":\d+,"hostname":"[\w.-]*","reqId":"[\w-]{1,64}",(?:"req":\{"method":"[A-Z]+","path":"(?:\/[\w-]{0,12}){1,12}"\},"msg":"incoming request"|"res":\{"statusCode":\d+\},"responseTime":[\d.e-]+,"msg":"request completed")\}\r?\n$/;

function cleanLine(errors: Errors, line: string): string {
  if (REQUEST_LINE.test(line)) return line;
  const { redactLine, scrubber } = errors.gate();
  const end = line.endsWith('\r\n') ? '\r\n' : line.endsWith('\n') ? '\n' : '';
  try {
    return JSON.stringify(cleanValues(JSON.parse(line) as Record<string, unknown>, redactLine)) + end;
  } catch {
    // No JSON: of a stream of the application's own.
    return scrubber.scrubText(line.slice(0, line.length - end.length)) + end;
  }
}

/** The logger's own numbers stay: a time in milliseconds may pass for a card number. */
function cleanValues({ level, time, pid, ...rest }: Record<string, unknown>, redact: (value: unknown) => unknown) {
  const clean = redact(rest) as Record<string, unknown>;
  const isNumber = (value: unknown) => typeof value === 'number';
  return {
    ...(level !== undefined && { level: isNumber(level) ? level : redact(level) }),
    ...(time !== undefined && { time: isNumber(time) ? time : redact(time) }),
    ...(pid !== undefined && { pid: isNumber(pid) ? pid : redact(pid) }),
    ...clean,
  };
}
