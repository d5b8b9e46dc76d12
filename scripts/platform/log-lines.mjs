import { painter, printable } from '../cli/terminal.mjs';

/** The longest name of a service; one of several instances has a number besides. */
const NAME_WIDTH = 17;
const LEVELS =
  /** @type {Readonly<Record<number, readonly [name: string, format: import('../cli/terminal.mjs').Format]>>} */ ({
    10: ['trace', 'gray'],
    20: ['debug', 'blue'],
    30: ['info', 'green'],
    40: ['warn', 'yellow'],
    50: ['error', 'red'],
    60: ['fatal', 'magenta'],
  });
export const WARN = 40;
export const ERROR = 50;

/** Of the logger and of the request, which have places of their own in a line; the rest is shown as `name=value`. */
const PLACED = new Set([
  'level',
  'time',
  'pid',
  'hostname',
  'name',
  'msg',
  'reqId',
  'req',
  'res',
  'responseTime',
  'err',
]);
/** Requests whose answer is still to come; a service that dies leaves some behind. */
const MAX_OPEN_REQUESTS = 1000;
const STACK_INDENT = ' '.repeat(10);
/** Calls of libraries and of Node itself. */
const FOREIGN_FRAME = /node_modules|\(node:|at node:/;

/**
 * @typedef {object} LogLines
 * @property {(line: string, service: string, isError?: boolean) => { level: number, text: string } | undefined} format a line of a service for people; nothing for a line that
 * says what another one says. `isError`: whether a line that is no JSON came on standard error
 */

/**
 * Makes lines for people from those of pino: aligned, with the two lines of a request as one. A line that is no JSON stays as it is.
 * @param {NodeJS.WriteStream} [stream] where they go: decides about colours
 * @returns {LogLines}
 */
export function createLogLines(stream = process.stdout) {
  const paint = painter(stream);
  /** @type {Map<string, { method?: string, path?: string }>} */
  const requests = new Map();
  let width = NAME_WIDTH;
  const column = (/** @type {string} */ service) => {
    width = Math.max(width, service.length);
    return paint('cyan', service.padEnd(width));
  };

  /** @param {Record<string, any>} entry @param {string} service */
  function requestOf(entry, service) {
    const key = `${service} ${entry['pid']} ${entry['reqId']}`;
    const request = entry['req'] ?? requests.get(key);
    if (entry['msg'] === 'request completed') requests.delete(key);
    else if (entry['req']) {
      requests.set(key, entry['req']);
      const [oldest] = requests.size > MAX_OPEN_REQUESTS ? requests.keys() : [];
      if (oldest !== undefined) requests.delete(oldest);
    }
    return request ? `${request.method} ${printable(String(request.path))}` : '';
  }

  /** @param {number} time @param {string} service @param {number} level @param {string} message */
  function lineOf(time, service, level, message) {
    const [name, format] = LEVELS[level] ?? [String(level), 'gray'];
    return [paint('gray', clock(time)), column(service), paint(format, name.padEnd(5)), message].join('  ');
  }

  /** @param {string} service @param {string} line @param {boolean} isError */
  function plain(service, line, isError) {
    const text = line.replace(/[^\P{C}\t]/gu, ' ');
    return [
      paint('gray', clock(Date.now())),
      column(service),
      ' '.repeat(5),
      paint(isError ? 'red' : 'gray', text),
    ].join('  ');
  }

  return {
    format(line, service, isError = false) {
      const entry = parse(line);
      if (!entry) return { level: 30, text: plain(service, line, isError) };
      const { level, time, msg = '', res, responseTime, err } = entry;
      const request = requestOf(entry, service);
      if (msg === 'incoming request') return undefined;
      if (msg === 'request completed') {
        if (isAsset(service, request, res?.statusCode)) return undefined;
        const status = paint(statusFormat(res?.statusCode), String(res?.statusCode ?? '-'));
        return {
          level,
          text: lineOf(time, service, level, `${status}  ${request}  ${paint('gray', duration(responseTime))}`),
        };
      }
      const cause = err ? printable(`${err.type ?? 'Error'}: ${err.message}`) : '';
      const parts = [
        printable(String(msg)),
        request,
        paint(level >= ERROR ? 'red' : 'gray', cause === msg ? '' : cause),
      ];
      const text = lineOf(time, service, level, [...parts, paint('gray', pairs(entry))].filter(Boolean).join('  '));
      return { level, text: [text, ...stackOf(err, level).map((frame) => paint('gray', frame))].join('\n') };
    },
  };
}

/** For tools: the line of a service with the service's name; a line that is no JSON behind its name. @param {string} line @param {string} service */
export function plainLine(line, service) {
  return parse(line) ? `{"service":${JSON.stringify(service)},${line.slice(1)}` : `[${service}] ${line}`;
}

/** @param {string} line @returns {Record<string, any> | undefined} */
function parse(line) {
  if (!line.startsWith('{"level":')) return undefined;
  try {
    const entry = JSON.parse(line);
    return typeof entry.level === 'number' && typeof entry.time === 'number' ? entry : undefined;
  } catch {
    return undefined;
  }
}

/** A page load asks for dozens of scripts, of which only the missing ones are news. @param {string} service @param {string} request @param {number} [status] */
function isAsset(service, request, status = 0) {
  return service === 'web' && status < 400 && /^GET (\/@|.*\.\w+$)/.test(request);
}

/** The frames of our own code, of what is an error. @param {{ stack?: unknown } | undefined} err @param {number} level */
function stackOf(err, level) {
  if (level < ERROR || typeof err?.stack !== 'string') return [];
  return err.stack
    .split('\n')
    .filter((frame) => /^\s+at /.test(frame) && !FOREIGN_FRAME.test(frame))
    .map((frame) => `${STACK_INDENT}${printable(frame.trim()).replace('file://', '')}`);
}

/** @param {Record<string, unknown>} entry */
function pairs(entry) {
  return Object.entries(entry)
    .filter(([name]) => !PLACED.has(name))
    .map(([name, value]) => printable(`${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`))
    .join(' ');
}

/** @param {number} [status] @returns {import('../cli/terminal.mjs').Format} */
function statusFormat(status = 0) {
  if (status >= 500) return 'red';
  return status >= 400 ? 'yellow' : 'green';
}

/** @param {number} [ms] */
function duration(ms = 0) {
  return ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`;
}

/** @param {number} time */
function clock(time) {
  return new Date(time).toTimeString().slice(0, 8);
}
