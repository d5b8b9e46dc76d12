import { types } from 'node:util';
import { defineIntegration } from '@sentry/core';
import { getIsolationScope } from '@sentry/node';
import { urlPattern } from '../privacy/index.ts';

/** Linked errors (causes, and the parts of an `AggregateError`) that an event carries beside the main one. */
const MAX_CHILDREN = 10;
/** Longest chain of causes. */
const MAX_DEPTH = 10;
const MAX_KEYS = 10;

/** Where the error was thrown, for values that say little by themselves. */
export interface ThrownAt {
  /** Route or job, such as `GET /codes/:id`. */
  readonly place?: string | undefined;
  /** Stack of the capture, for values that have none. */
  readonly stack?: string | undefined;
}

/**
 * Returns a value that the SDK can read without throwing: the value itself where it is an ordinary error or a primitive, else an error with the
 * same name, message, stack and causes as far as they can be read. Keeps the main error whole and at most 10 linked ones. Never throws.
 *
 * An object that is no error becomes `<code>: <message>`, or the list of its keys; a `Response` becomes its status and URL pattern.
 */
export function toReportable(thrown: unknown, at: ThrownAt = {}): unknown {
  if (typeof thrown === 'symbol') return errorOf('Symbol', safely(() => String(thrown)) ?? 'Symbol', at.stack);
  if (typeof thrown === 'function') return errorOf('Function', `function ${textAt(thrown, 'name')}`, at.stack);
  if (typeof thrown !== 'object' || thrown === null) return thrown;
  const room = { children: MAX_CHILDREN };
  if (!isError(thrown)) return describeObject(thrown, at, room);
  return isOrdinary(thrown, 0, room) ? thrown : copyOf(thrown, 0, { children: MAX_CHILDREN });
}

/**
 * Gives the SDK errors that it can read, whichever way they come: what refuses to be read, what is no error and what links to too many others
 * would otherwise throw into its caller or be lost. See {@link toReportable}.
 */
export const readableErrorsIntegration = defineIntegration(() => ({
  name: 'ReadableErrors',
  setup(client) {
    const build = client.eventFromException.bind(client);
    client.eventFromException = (exception, hint) => {
      const { transactionName: place } = getIsolationScope().getScopeData();
      const readable = toReportable(exception, { place, stack: hint?.syntheticException?.stack });
      // Linked errors are read from here.
      if (hint && readable !== exception) hint.originalException = readable;
      return build(readable, hint);
    };
  },
}));

interface Room {
  children: number;
}

/** Whether the SDK can read an error and all that it links to, as often as it likes. */
function isOrdinary(error: Error, depth: number, room: Room): boolean {
  if (depth > MAX_DEPTH || room.children < 0 || types.isProxy(error)) return false;
  const parts = partsOf(error);
  if (!parts || typeof parts.name !== 'string' || typeof parts.message !== 'string') return false;
  if (parts.stack !== undefined && typeof parts.stack !== 'string') return false;
  const { cause, errors } = parts;
  if (Array.isArray(errors) && errors.length > MAX_CHILDREN) return false;
  return [cause, ...(Array.isArray(errors) ? errors : [])].every((linked) => {
    if (typeof linked !== 'object' || linked === null) return true;
    if (!isError(linked)) return !types.isProxy(linked) && hasTag(linked);
    room.children--;
    return isOrdinary(linked, depth + 1, room);
  });
}

function partsOf(error: Error) {
  return safely(() => {
    // What `isError` of the SDK asks for.
    Object.prototype.toString.call(error);
    const { name, message, stack, cause } = error as { [Key in keyof Error]: unknown };
    return { name, message, stack, cause, errors: (error as { readonly errors?: unknown }).errors };
  });
}

function hasTag(value: object): boolean {
  return safely(() => Object.prototype.toString.call(value)) !== undefined;
}

function copyOf(error: Error, depth: number, room: Room): Error {
  const name = textAt(error, 'name') || classOf(error) || 'Error';
  const copy = errorOf(name, textAt(error, 'message') || UNREADABLE, stackOf(error, name));
  if (depth >= MAX_DEPTH) return copy;
  const cause = read(error, 'cause');
  if (isError(cause) && room.children-- > 0) copy.cause = copyOf(cause, depth + 1, room);
  const errors = read(error, 'errors');
  const children = safely(() => (Array.isArray(errors) ? (errors as unknown[]).slice(0, MAX_CHILDREN) : undefined));
  if (children) {
    const linked = children.filter(isError).slice(0, Math.max(0, room.children));
    room.children -= linked.length;
    hide(
      copy,
      'errors',
      linked.map((child) => copyOf(child, depth + 1, room)),
    );
  }
  return copy;
}

const UNREADABLE = 'An error that refuses to be read';

/** The stack as text: also of call sites, which a `prepareStackTrace` may leave, and of anything that is no stack. */
function stackOf(error: object, name: string): string | undefined {
  const stack = read(error, 'stack');
  if (typeof stack === 'string') return stack;
  if (!Array.isArray(stack)) return undefined;
  const frames = safely(() => (stack as unknown[]).slice(0, 50).map((site) => `    at ${String(site)}`)) ?? [];
  return [`${name}: ${textAt(error, 'message')}`, ...frames].join('\n');
}

function describeObject(value: object, at: ThrownAt, room: Room): unknown {
  if (types.isProxy(value) && !hasTag(value)) return errorOf('Error', UNREADABLE, at.stack);
  const response = describeResponse(value, at.place);
  if (response !== undefined) return errorOf('Response', response, at.stack);
  const className = classOf(value);
  const name = textAt(value, 'name') || (className === '' ? 'Object' : className);
  const code = read(value, 'code');
  const message = textAt(value, 'message');
  const hasCode = (typeof code === 'string' && code !== '') || typeof code === 'number';
  const said = [...(hasCode ? [String(code)] : []), ...(message === '' ? [] : [message])].join(': ');
  const error = errorOf(
    name,
    said || `${name} captured as exception with keys: ${keysOf(value)}`,
    stackText(value, at),
  );
  const cause = read(value, 'cause') ?? read(value, 'error') ?? read(value, 'reason');
  if (isError(cause)) error.cause = isOrdinary(cause, 1, room) ? cause : copyOf(cause, 1, { children: MAX_CHILDREN });
  return error;
}

function stackText(value: object, at: ThrownAt): string | undefined {
  const stack = read(value, 'stack');
  return typeof stack === 'string' ? stack : at.stack;
}

function keysOf(value: object): string {
  const keys = safely(() => Object.keys(value).sort().slice(0, MAX_KEYS)) ?? [];
  return keys.length === 0 ? '[object has no keys]' : keys.join(', ');
}

/** `502 https://host/users/:id`, or with the place where it was thrown when the response has no URL of its own. */
function describeResponse(value: object, place: string | undefined): string | undefined {
  const status = read(value, 'status');
  if (classOf(value) !== 'Response' || typeof status !== 'number') return undefined;
  const url = textAt(value, 'url');
  return [String(status), url === '' ? (place ?? '') : urlPattern(url)].filter(Boolean).join(' ');
}

function errorOf(name: string, message: string, stack: string | undefined): Error {
  const error = new Error(message);
  hide(error, 'name', name);
  hide(error, 'stack', stack ?? '');
  return error;
}

/** As the engine defines its own: not listed among the keys. */
function hide(error: Error, key: string, value: unknown): void {
  Object.defineProperty(error, key, { value, configurable: true, writable: true, enumerable: false });
}

function isError(value: unknown): value is Error {
  return safely(() => types.isNativeError(value) || value instanceof Error) ?? false;
}

export function classOf(value: object): string {
  const name = safely(() => (value.constructor as { readonly name?: unknown } | undefined)?.name);
  return typeof name === 'string' ? name : '';
}

export function textAt(value: object, key: string): string {
  const text = read(value, key);
  return typeof text === 'string' ? text : '';
}

export function read(value: object, key: string): unknown {
  return safely(() => (value as Readonly<Record<string, unknown>>)[key]);
}

/** `undefined` for what refuses: a getter, a proxy. */
function safely<T>(readIt: () => T): T | undefined {
  try {
    return readIt();
  } catch {
    return undefined;
  }
}
