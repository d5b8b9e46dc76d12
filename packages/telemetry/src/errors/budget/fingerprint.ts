import { createHash } from 'node:crypto';
import type { Family } from './families.ts';
import { infrastructureOf } from './infrastructure.ts';

/** What errors of one cause have in common. */
export interface Fingerprint {
  /** 12 hex digits: too few to pass for a card number when texts are searched for secrets. */
  readonly id: string;
  /** For people, such as `TypeError in GET /codes/:id`. */
  readonly title: string;
  /** The sentence, wherever it is said, and the place in the code, whatever it says; of what has no frames its kind. */
  readonly families: readonly Family[];
}

const TOP_FRAMES = 3;
/** Of a message and of a name; what differs further on is no other cause. */
const MAX_TEXT_LENGTH = 200;
/** Below a message of any length there are the frames, ten lines or so. */
const MAX_STACK_LENGTH = 16_384;
/** Of each part of a fingerprint. */
const MAX_LINE_LENGTH = 1000;
/** Entries of each cache. */
const MAX_CACHED = 1000;
const FIRST_FRAME = '\n    at ';

/**
 * Makes the function that tells causes apart: by the kind of error, the top three frames of the application (files and functions, not lines, so
 * that an edit elsewhere in the file makes no new one), the place (route or job), and the message without numbers, ids and quoted text. A
 * failure of the infrastructure is told apart by what failed alone: a database that is away is one cause, whichever routes it makes fail.
 *
 * Never throws, whatever was thrown: what refuses to be read counts as empty.
 */
export function createFingerprinter(): (error: unknown, place: string | undefined) => Fingerprint {
  const framesOf = cached(topFrames);
  const finish = cached((key: string): Fingerprint => {
    const [name = '', place = '', message = '', frames = ''] = key.split('\n');
    return {
      id: digest(key),
      title: place === '' ? name : `${name} in ${place}`,
      families: familiesOf(name, message, frames),
    };
  });
  return (error, place) => {
    const infrastructure = infrastructureOf(error);
    if (infrastructure !== undefined) return finish(oneLine(infrastructure));
    const isObject = typeof error === 'object' && error !== null;
    const message = isObject ? textAt(error, 'message') : describePrimitive(error);
    const frames = isObject ? framesOf(framesText(textAt(error, 'stack'), message)) : '';
    const name = isObject ? nameOf(error) : typeof error;
    return finish([name, place ?? '', withoutValues(message), frames].map(oneLine).join('\n'));
  };
}

function familiesOf(name: string, message: string, frames: string): readonly Family[] {
  const bySentence = { id: digest(`${name}\n${message}`), max: MAX_OF_FAMILY };
  const byPlace =
    frames === ''
      ? { id: digest(name), max: MAX_WITHOUT_FRAMES }
      : { id: digest(`${name}\n\n${frames}`), max: MAX_OF_FAMILY };
  // The engine's own errors say the same of many faults.
  return ENGINE_ERRORS.has(name) ? [byPlace] : [bySentence, byPlace];
}

/** Fingerprints of one sentence, or of one place in the code. */
const MAX_OF_FAMILY = 5;
/** Of messages and thrown texts: the first ten of each are half of what may be sent at once. */
const MAX_WITHOUT_FRAMES = 25;
const ENGINE_ERRORS = new Set(['TypeError', 'ReferenceError', 'RangeError', 'SyntaxError', 'URIError']);

function digest(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 12);
}

/** The message without what differs from one time to the next. */
function withoutValues(message: string): string {
  const text = message.length > MAX_TEXT_LENGTH ? message.slice(0, MAX_TEXT_LENGTH) : message;
  // Most messages hold no value at all.
  if (!/[\d"'`@]/.test(text)) return text;
  return text.replace(QUOTED, '""').replace(/\S+/g, (word) => (/[\d@]/.test(word) ? '#' : word));
}

const QUOTED = /"[^"]*"|'[^']*'|`[^`]*`/g;

/** The lines below the message, as the engine writes them. */
function framesText(stack: string, message: string): string {
  // The message may hold lines that look like frames, and may have been changed since.
  const start = stack.indexOf(FIRST_FRAME, message.length < stack.length ? message.length : 0);
  return start === -1 ? '' : stack.slice(start, start + MAX_STACK_LENGTH);
}

function topFrames(text: string): string {
  const frames = text.split(FIRST_FRAME).slice(1);
  const own = frames.filter((frame) => !/node_modules[\\/]|\(?node:|<anonymous>\)?$/.test(frame));
  return (own.length > 0 ? own.slice(0, TOP_FRAMES) : frames.slice(0, 1)).map(withoutPosition).join('\n');
}

function withoutPosition(frame: string): string {
  return frame.replace(/:\d+:\d+\)?$/, '');
}

/** The class says more than `name`, which many classes leave as `Error`. */
function nameOf(error: object): string {
  const own = textAt(error, 'name');
  try {
    const made = (error.constructor as { readonly name?: unknown } | undefined)?.name;
    if (typeof made === 'string' && made !== '' && made !== 'Error' && made !== 'Object') return made;
  } catch {
    // A proxy or a getter refused.
  }
  return own || 'Object';
}

function textAt(error: object, key: string): string {
  try {
    const value = (error as Readonly<Record<string, unknown>>)[key];
    return typeof value === 'string' ? value : '';
  } catch {
    return '';
  }
}

function describePrimitive(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'symbol' ? 'symbol' : String(value).slice(0, 20);
}

function oneLine(text: string): string {
  return text.slice(0, MAX_LINE_LENGTH).replaceAll('\n', ' ');
}

/** Forgets everything when it is full: what is in use comes back at once. */
function cached<T>(compute: (key: string) => T): (key: string) => T {
  const known = new Map<string, T>();
  return (key) => {
    let value = known.get(key);
    if (value === undefined) {
      if (known.size >= MAX_CACHED) known.clear();
      value = compute(key);
      known.set(key, value);
    }
    return value;
  };
}
