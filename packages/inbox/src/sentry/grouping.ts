import { createHash } from 'node:crypto';
import type { JsonObject } from '../store/records.ts';
import { listAt, objectAt, textAt } from './fields.ts';
import { messageOf } from './normalize-event.ts';
import { securityParts } from './other-bodies.ts';

const DEFAULT = /^\{\{\s*default\s*\}\}$/;

/**
 * The id of the issue that an event belongs to. In order: the fingerprint or the checksum of old SDKs, what a security report is
 * about, the stacks of the exceptions with their types, their types and values, the message template.
 * @param event - in the form that `normalizeEvent` gives it
 * @see https://docs.sentry.io/concepts/data-management/event-grouping/
 */
export function issueIdOf(event: JsonObject): string {
  const parts = fingerprintOf(event) ?? ['{{ default }}'];
  const first = parts.findIndex((part) => DEFAULT.test(part));
  // Named again, the default adds nothing; put in each time, a small event could fill the memory.
  const key = parts.flatMap((part, index) => (index === first ? defaultParts(event) : [part]));
  return createHash('sha256').update(JSON.stringify(key)).digest('hex').slice(0, 16);
}

/** The exception that was thrown last: an SDK lists causes first. */
export function mainException(event: JsonObject): JsonObject | undefined {
  return listAt(objectAt(event, 'exception'), 'values').at(-1);
}

export function framesOf(exception: JsonObject): readonly JsonObject[] {
  return listAt(objectAt(exception, 'stacktrace'), 'frames');
}

/** Texts, numbers and truth values; undefined when there is none. */
function fingerprintOf({ fingerprint, checksum }: JsonObject): readonly string[] | undefined {
  const parts: readonly unknown[] = Array.isArray(fingerprint) ? fingerprint : [];
  const texts = parts.filter((part) => ['string', 'number', 'boolean'].includes(typeof part)).map(String);
  if (texts.length > 0) return texts;
  return typeof checksum === 'string' && checksum !== '' ? [checksum] : undefined;
}

function defaultParts(event: JsonObject): string[] {
  const security = securityParts(event);
  if (security !== undefined) return security;
  const exceptions = listAt(objectAt(event, 'exception'), 'values');
  if (exceptions.length === 0) return ['message', templateOf(event)];
  // The frames of libraries and of the runtime decide only where the application has none of its own.
  const isOwn = exceptions.some((exception) => framesOf(exception).some(isInApp));
  const stacks = exceptions.map((exception) => stackParts(event, exception, isOwn));
  if (stacks.every((frames) => frames.length === 0)) return ['exception', ...exceptions.flatMap(valueParts)];
  return ['stack', ...exceptions.flatMap((exception, index) => [typeOf(exception), ...(stacks[index] ?? [])])];
}

/** A template is one already; the text of anything else has its numbers and ids taken out. */
function templateOf(event: JsonObject): string {
  return textAt(objectAt(event, 'logentry'), 'message') ?? parameterize(messageOf(event, 'template'));
}

function typeOf(exception: JsonObject): string {
  return textAt(exception, 'type') ?? 'Message';
}

function valueParts(exception: JsonObject): string[] {
  return [typeOf(exception), parameterize(textAt(exception, 'value') ?? '')];
}

function isInApp(frame: JsonObject): boolean {
  return frame['in_app'] === true;
}

function stackParts(event: JsonObject, exception: JsonObject, onlyInApp: boolean): string[] {
  return framesOf(exception)
    .filter((frame) => !onlyInApp || isInApp(frame))
    .map((frame) => frameKey(event, frame))
    .filter((key) => key !== '');
}

/** Platforms whose frames carry lines of the application's own source. */
const WITH_SOURCE: ReadonlySet<string> = new Set(['javascript', 'node', 'python', 'php', 'ruby']);

/** Module or file, function and source line; nothing of a frame that says none of these. */
function frameKey(event: JsonObject, frame: JsonObject): string {
  const place = textAt(frame, 'module') ?? fileOf(frame) ?? '?';
  const name = functionOf(frame);
  const platform = textAt(frame, 'platform') ?? textAt(event, 'platform') ?? '';
  const line = WITH_SOURCE.has(platform) ? textAt(frame, 'context_line')?.trim().slice(0, 200) : undefined;
  if (place === '?' && name === '?' && !line) return '';
  return line ? `${place}:${name}:${line}` : `${place}:${name}`;
}

/** Without the query of a URL and the hash of a build. */
function fileOf(frame: JsonObject): string | undefined {
  return textAt(frame, 'filename')
    ?.replace(/[?#].*$/, '')
    .replace(/[-.](?=[\da-zA-Z_]*\d)[\da-zA-Z_]{8,}(?=\.\w+$)/, '');
}

/** Without the numbers that a compiler gives to lambdas and anonymous classes. */
function functionOf(frame: JsonObject): string {
  const name = textAt(frame, 'function') ?? '?';
  return name.replace(/\$\$?(?:Lambda|lambda)\$?.*$|\$\d+/g, '<lambda>');
}

/** What changes from one occurrence of a message to the next, the longer shapes first. */
const SHAPES: readonly (readonly [name: string, shape: RegExp])[] = [
  ['url', /\b[a-z][a-z\d+.-]{1,20}:\/\/[^\s"'<>]+/gi],
  ['email', /[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+/g],
  ['uuid', /\b[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}\b/gi],
  ['date', /\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?/g],
  ['ip', /\b\d{1,3}(?:\.\d{1,3}){3}\b/g],
  ['hex', /\b0x[\da-f]+\b|\b(?=[\da-f]*\d)(?=[\da-f]*[a-f])[\da-f]{8,128}\b/gi],
  ['duration', /\b\d+(?:\.\d+)?(?:ms|us|µs|ns|s)\b/g],
  ['float', /\b\d+\.\d+\b/g],
  ['int', /\b\d+\b/g],
];

/** As much of a text as decides to which issue it belongs. */
const MAX_LENGTH = 2000;

/** Returns a text with `<int>`, `<uuid>` and the like for its variable parts, so that "Timeout after 301 ms" is one issue. */
function parameterize(text: string): string {
  return SHAPES.reduce((rest, [name, shape]) => rest.replace(shape, `<${name}>`), text.slice(0, MAX_LENGTH));
}
