import { ownEntry } from '../collections.ts';
import { isJsonObject, type JsonObject } from '../store/records.ts';
import { listAt, objectAt, textAt } from './fields.ts';

/**
 * Returns an event in the form of the current protocol, whatever SDK wrote it: exceptions and threads in `{ values }`,
 * breadcrumbs in a list, tags in an object, a message with parameters in `logentry`. What is in that form stays as it is.
 * @see https://develop.sentry.dev/sdk/foundations/transport/event-payloads/
 */
export function normalizeEvent(sent: JsonObject): JsonObject {
  const event: Record<string, unknown> = { ...withCurrentNames(sent) };
  set(event, 'exception', valuesOf(event['exception']));
  set(event, 'threads', valuesOf(event['threads']));
  set(event, 'breadcrumbs', listOf(event['breadcrumbs']));
  set(event, 'tags', tagsOf(event['tags']));
  set(event, 'level', levelOf(event['level']));
  moveMessage(event);
  moveStacktrace(event);
  return event;
}

function set(event: Record<string, unknown>, name: string, value: unknown): void {
  if (!(name in event)) return;
  if (value === undefined) delete event[name];
  else event[name] = value;
}

/** A list, `{ values }`, or a single one. */
function valuesOf(given: unknown): JsonObject | undefined {
  if (isJsonObject(given) && Array.isArray(given['values'])) {
    return given['values'].every(isSplit) ? given : { ...given, values: objectsOf(given['values']).map(splitValue) };
  }
  const values = listOf(given);
  return values && { values: values.map(splitValue) };
}

/** A list, `{ values }`, or a single one; undefined for nothing. */
function listOf(given: unknown): readonly JsonObject[] | undefined {
  if (Array.isArray(given)) return given.every(isJsonObject) ? given : objectsOf(given);
  if (!isJsonObject(given) || Object.keys(given).length === 0) return undefined;
  if (!('values' in given)) return [given];
  return Array.isArray(given['values']) ? objectsOf(given['values']) : [];
}

function objectsOf(values: readonly unknown[]): readonly JsonObject[] {
  return values.filter(isJsonObject);
}

const TYPE_AND_VALUE = /^(\w+):\s*(.*)$/s;

function isSplit(value: unknown): boolean {
  return isJsonObject(value) && splitValue(value) === value;
}

/** An exception without a type may have it at the start of its value. */
function splitValue(exception: JsonObject): JsonObject {
  const { type, value } = exception;
  if ((type !== undefined && type !== null && type !== '') || typeof value !== 'string') return exception;
  const [, name, rest] = TYPE_AND_VALUE.exec(value) ?? [];
  return name === undefined ? exception : { ...exception, type: name, value: rest };
}

/** An object, or pairs. Values are texts. */
function tagsOf(given: unknown): JsonObject | undefined {
  if (!Array.isArray(given)) return isJsonObject(given) ? given : undefined;
  const pairs = given.flatMap((pair: unknown): [string, unknown][] => {
    if (Array.isArray(pair) && typeof pair[0] === 'string') return [[pair[0], pair[1]]];
    const key = isJsonObject(pair) ? textAt(pair, 'key') : null;
    return isJsonObject(pair) && key !== null ? [[key, pair['value']]] : [];
  });
  return Object.fromEntries(pairs);
}

const LEVELS: Readonly<Record<string, string>> = {
  ...{ debug: 'debug', info: 'info', log: 'info', warning: 'warning', warn: 'warning' },
  ...{ error: 'error', fatal: 'fatal', critical: 'fatal' },
  ...{ '10': 'debug', '20': 'info', '30': 'warning', '40': 'error', '50': 'fatal' },
};

/** By name, or by the number of Python's logging. What is no level is an error, as with the vendor. */
function levelOf(given: unknown): string | undefined {
  const name = typeof given === 'string' || typeof given === 'number' ? String(given).toLowerCase() : '';
  return ownEntry(LEVELS, name);
}

/** The message may be a text or an object, under two names; its formatted text is made when an SDK leaves that to the vendor. */
function moveMessage(event: Record<string, unknown>): void {
  const { message, logentry } = event;
  if (message !== undefined && typeof message !== 'string') delete event['message'];
  if (typeof logentry === 'string') event['logentry'] = { formatted: logentry };
  else if (!isJsonObject(logentry)) delete event['logentry'];
  if (isJsonObject(message)) {
    const isEntry = ['message', 'formatted', 'params'].some((name) => name in message);
    event['logentry'] ??= isEntry ? message : { formatted: JSON.stringify(message) };
  } else if (message !== undefined && message !== null && message !== false && typeof message !== 'string') {
    event['logentry'] ??= { formatted: JSON.stringify(message) };
  }
  const entry = objectAt(event, 'logentry');
  const template = textAt(entry, 'message');
  const { params } = entry;
  if (textAt(entry, 'formatted') !== null || template === null || params === undefined || params === null) return;
  event['logentry'] = { ...entry, formatted: formatMessage(template, params) };
}

/**
 * The stack of the only exception may stand beside it, or in the thread that failed. That of a message becomes an exception
 * without a type, as the JavaScript SDKs send it.
 */
function moveStacktrace(event: Record<string, unknown>): void {
  const values = listAt(objectAt(event, 'exception'), 'values');
  const stacktrace = isJsonObject(event['stacktrace']) ? event['stacktrace'] : stackOfThreads(event);
  if (stacktrace === undefined || listAt(stacktrace, 'frames').length === 0) return;
  const [only = { value: messageOf(event, 'formatted') }] = values;
  if (values.length > 1 || isJsonObject(only['stacktrace'])) return;
  event['exception'] = { values: [{ ...only, stacktrace }] };
  delete event['stacktrace'];
}

function stackOfThreads(event: JsonObject): JsonObject | undefined {
  const threads = listAt(objectAt(event, 'threads'), 'values');
  const failed = threads.find(({ crashed }) => crashed === true) ?? threads.find(({ current }) => current === true);
  const stacktrace = (failed ?? (threads.length === 1 ? threads[0] : undefined))?.['stacktrace'];
  return isJsonObject(stacktrace) ? stacktrace : undefined;
}

/** Names of old SDKs with those that took their place. */
const CURRENT_NAMES: Readonly<Record<string, string>> = {
  'sentry.interfaces.Exception': 'exception',
  'sentry.interfaces.Message': 'logentry',
  'sentry.interfaces.Stacktrace': 'stacktrace',
  'sentry.interfaces.Template': 'template',
  'sentry.interfaces.User': 'user',
  'sentry.interfaces.Http': 'request',
  'sentry.interfaces.Contexts': 'contexts',
  'sentry.interfaces.Breadcrumbs': 'breadcrumbs',
  'sentry.interfaces.Csp': 'csp',
};

/** Renames the interfaces of old SDKs; a current name beside them wins. */
function withCurrentNames(event: JsonObject): JsonObject {
  const names = Object.keys(event).filter((name) => Object.hasOwn(CURRENT_NAMES, name));
  if (names.length === 0) return event;
  const renamed: Record<string, unknown> = { ...event };
  for (const name of names) {
    const current = CURRENT_NAMES[name] ?? name;
    renamed[current] ??= event[name];
    delete renamed[name];
  }
  return renamed;
}

/** Returns the text of a message event: before its parameters were put in when that is known, or after. */
export function messageOf(event: JsonObject, form: 'template' | 'formatted'): string {
  const entry = objectAt(event, 'logentry');
  const formatted = textAt(entry, 'formatted') ?? textAt(event, 'message');
  const template = textAt(entry, 'message');
  return (form === 'template' ? (template ?? formatted) : (formatted ?? template)) ?? '';
}

/** `%s`, `%(name)s`, `{}`, `{0}` and `{name}`, and the doubled signs that stand for themselves. */
const PLACEHOLDERS = /%%|%\((\w+)\)[a-z]|%(?:\d+\$)?[a-z]|\{\{|\}\}|\{(\w*)\}/gi;

/** Puts the parameters into a message template, as the vendor does for SDKs that send both. */
export function formatMessage(template: string, params: unknown): string {
  const list: readonly unknown[] = Array.isArray(params) ? params : [];
  const named = isJsonObject(params) ? params : {};
  let next = 0;
  return template.replace(PLACEHOLDERS, (placeholder: string, percentName?: string, braceName?: string) => {
    if (placeholder === '%%') return '%';
    if (placeholder === '{{' || placeholder === '}}') return placeholder;
    const name = percentName ?? braceName ?? '';
    if (name !== '' && Object.hasOwn(named, name)) return textOf(named[name]);
    const index = /^\d+$/.test(name) ? Number(name) : name === '' ? next++ : -1;
    return index >= 0 && index < list.length ? textOf(list[index]) : placeholder;
  });
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
