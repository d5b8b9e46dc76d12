import { createHash } from 'node:crypto';
import type { JsonObject } from '../store/records.ts';
import { listAt, objectAt, textAt } from './fields.ts';

const DEFAULT = /^\{\{\s*default\s*\}\}$/;

/**
 * The id of the issue that an error belongs to. In order: the fingerprint, the stack's in-app frames with the exception's
 * type, the type and value, the message.
 * @see https://docs.sentry.io/concepts/data-management/event-grouping/
 */
export function issueIdOf(event: JsonObject): string {
  const { fingerprint } = event;
  const parts = Array.isArray(fingerprint) && fingerprint.length > 0 ? fingerprint.map(String) : ['{{ default }}'];
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

/** The text of a message event, before its parameters were put in when that is known. */
export function messageOf(event: JsonObject, form: 'template' | 'formatted'): string {
  const entry = objectAt(event, 'logentry');
  const formatted = textAt(entry, 'formatted') ?? textAt(event, 'message');
  const template = textAt(entry, 'message');
  return (form === 'template' ? (template ?? formatted) : (formatted ?? template)) ?? '';
}

function defaultParts(event: JsonObject): string[] {
  const exception = mainException(event);
  if (exception === undefined) return ['message', messageOf(event, 'template')];
  const type = textAt(exception, 'type') ?? 'Message';
  const frames = framesOf(exception)
    .filter((frame) => frame['in_app'] === true)
    .map(
      (frame) => `${textAt(frame, 'module') ?? textAt(frame, 'filename') ?? '?'}:${textAt(frame, 'function') ?? '?'}`,
    );
  return frames.length > 0 ? ['stack', type, ...frames] : ['exception', type, textAt(exception, 'value') ?? ''];
}
