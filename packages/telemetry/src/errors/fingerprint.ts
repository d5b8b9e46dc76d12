import { createHash } from 'node:crypto';
import { classOf, read, textAt } from './reportable-error.ts';

/** The cause of an error. */
export interface Fingerprint {
  /** 12 hex digits: too few to pass for a card number when texts are searched for secrets. */
  readonly id: string;
  /** For people, such as `TypeError in GET /codes/:id`. */
  readonly title: string;
}

const TOP_FRAMES = 3;
/** Longest part of a message or a name that distinguishes causes. */
const MAX_TEXT_LENGTH = 200;
/** The frames below a message of any length: about ten lines. */
const MAX_STACK_LENGTH = 16_384;
/** Longest part of a fingerprint's key. */
const MAX_LINE_LENGTH = 1000;
/** Entries of each cache. */
const MAX_CACHED = 1000;
const FIRST_FRAME = '\n    at ';

/** Fingerprints of one sentence, or of one place in the code, that count separately. */
const MAX_OF_FAMILY = 5;
/** Messages and thrown texts have no frames: the first ten errors of each are half of what may be sent at once. */
const MAX_WITHOUT_FRAMES = 25;
const MAX_FAMILIES = 2000;
/** A long-lived process may report new causes forever without being flooded. */
const FORGET_FAMILIES_AFTER_MS = 7 * 24 * 3_600_000;
/** The engine's own errors use one sentence for many faults. */
const ENGINE_ERRORS = new Set(['TypeError', 'ReferenceError', 'RangeError', 'SyntaxError', 'URIError']);

interface Cause extends Fingerprint {
  /** Groups to which the fingerprint belongs, with the number of members that count separately. */
  readonly families: readonly { readonly id: string; readonly max: number }[];
}

/**
 * Returns the function that identifies causes: the kind of error, the top three frames of the application (files and functions without lines, so
 * that an edit elsewhere in the file changes nothing), the place (route or job), and the message without numbers, ids and quoted text. A failure of
 * the infrastructure is identified by the failed part alone, because a database that is down makes every route fail.
 *
 * Once a sentence or a place in the code has 5 fingerprints, further ones count as one, so that a flood does not pass for many causes.
 *
 * The function never throws, whatever was thrown: unreadable parts count as empty.
 */
export function createFingerprinter(): (error: unknown, place: string | undefined) => Fingerprint {
  const framesOf = cached(topFrames);
  const causeOf = cached((key: string): Cause => {
    const [name = '', place = '', message = '', frames = ''] = key.split('\n');
    const title = place === '' ? name : `${name} in ${place}`;
    return { id: digest(key), title, families: familiesOf(name, message, frames) };
  });
  const members = new Map<string, Set<string>>();
  let membersSince = 0;

  function representativeOf({ id, title, families }: Cause): Fingerprint {
    const now = Date.now();
    if (members.size >= MAX_FAMILIES || Math.abs(now - membersSince) > FORGET_FAMILIES_AFTER_MS) {
      // Families in use come back.
      members.clear();
      membersSince = now;
    }
    const full = families.find((family) => {
      const known = members.get(family.id);
      return known && known.size >= family.max && !known.has(id);
    });
    if (full) return { id: full.id, title: `${title.split(' in ')[0]} of many kinds` };
    for (const family of families) members.set(family.id, (members.get(family.id) ?? new Set()).add(id));
    return { id, title };
  }

  return (error, place) => {
    const infrastructure = infrastructureOf(error);
    if (infrastructure !== undefined) return representativeOf(causeOf(oneLine(infrastructure)));
    const isObject = typeof error === 'object' && error !== null;
    const message = isObject ? textAt(error, 'message') : describePrimitive(error);
    const frames = isObject ? framesOf(framesText(textAt(error, 'stack'), message)) : '';
    const name = isObject ? nameOf(error) : typeof error;
    return representativeOf(causeOf([name, place ?? '', withoutValues(message), frames].map(oneLine).join('\n')));
  };
}

function familiesOf(name: string, message: string, frames: string): Cause['families'] {
  const ofSentence = { id: digest(`${name}\n${message}`), max: MAX_OF_FAMILY };
  const ofPlace =
    frames === ''
      ? { id: digest(name), max: MAX_WITHOUT_FRAMES }
      : { id: digest(`${name}\n\n${frames}`), max: MAX_OF_FAMILY };
  return ENGINE_ERRORS.has(name) ? [ofPlace] : [ofSentence, ofPlace];
}

function digest(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 12);
}

/** Removes from a message what differs between two errors of one cause. */
function withoutValues(message: string): string {
  const text = message.slice(0, MAX_TEXT_LENGTH);
  // Most messages hold no value at all.
  if (!/[\d"'`@]/.test(text)) return text;
  return text.replace(/"[^"]*"|'[^']*'|`[^`]*`/g, '""').replace(/\S+/g, (word) => (/[\d@]/.test(word) ? '#' : word));
}

/** The lines below the message, as the engine writes them. */
function framesText(stack: string, message: string): string {
  // The message may hold lines that look like frames, and may have changed since.
  const start = stack.indexOf(FIRST_FRAME, message.length < stack.length ? message.length : 0);
  return start === -1 ? '' : stack.slice(start, start + MAX_STACK_LENGTH);
}

function topFrames(text: string): string {
  const frames = text.split(FIRST_FRAME).slice(1);
  const own = frames.filter((frame) => !/node_modules[\\/]|\(?node:|<anonymous>\)?$/.test(frame));
  const top = own.length > 0 ? own.slice(0, TOP_FRAMES) : frames.slice(0, 1);
  return top.map((frame) => frame.replace(/:\d+:\d+\)?$/, '')).join('\n');
}

/** Prefers the class to `name`, which many classes leave as `Error`. */
function nameOf(error: object): string {
  const className = classOf(error);
  return className === 'Error' || className === 'Object' || className === ''
    ? textAt(error, 'name') || 'Object'
    : className;
}

function describePrimitive(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'symbol' ? 'symbol' : String(value).slice(0, 20);
}

function oneLine(text: string): string {
  return text.slice(0, MAX_LINE_LENGTH).replaceAll('\n', ' ');
}

/** Clears the cache when it is full: entries in use come back at once. */
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

/** Codes of Node, undici and our own clients for a part that is down, or out of a resource. */
const CODES =
  /^(?:E(?:CONNREFUSED|CONNRESET|CONNABORTED|TIMEDOUT|NOTFOUND|AI_AGAIN|PIPE|HOSTUNREACH|HOSTDOWN|NETUNREACH|NETDOWN|MFILE|NFILE|NOSPC|ROFS|DQUOT|IO)|UND_ERR_(?:\w*TIMEOUT|SOCKET|CLOSED|DESTROYED|ABORTED)|FST_REPLY_FROM_\w+|ERR_SERVICE_\w+|NR_CLOSED)$/;
/** PostgreSQL: connection exceptions, insufficient resources, operator intervention, system errors. @see https://www.postgresql.org/docs/current/errcodes-appendix.html */
const DATABASE_CODES = /^(?:08|53|57P|58)[0-9A-Z]{2,3}$/;
/** Messages of `pg` without a code. */
const SENTENCES =
  /^(?:timeout exceeded when trying to connect|Connection terminated|Client has encountered a connection error)/;
const MAX_CAUSES = 5;

/** Names the failed part of the infrastructure, such as `ECONNREFUSED connect 127.0.0.1:5432`, from an error or its causes; `undefined` for an error of the code. */
function infrastructureOf(error: unknown): string | undefined {
  let current = error;
  for (let depth = 0; depth < MAX_CAUSES && typeof current === 'object' && current !== null; depth++) {
    const code = textAt(current, 'code');
    if (DATABASE_CODES.test(code)) return `database ${code}`;
    if (CODES.test(code)) return [code, ...targetOf(current)].join(' ');
    const sentence = SENTENCES.exec(textAt(current, 'message'))?.[0];
    if (sentence !== undefined) return sentence;
    current = read(current, 'cause');
  }
  return undefined;
}

/** Of several attempts, one for each address of a host, the first. */
function targetOf(error: object): string[] {
  const errors = read(error, 'errors');
  const attempt = Array.isArray(errors) && typeof errors[0] === 'object' && errors[0] !== null ? errors[0] : error;
  const at = (key: string) => {
    const value = read(attempt as object, key);
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  };
  const address = [at('hostname') || at('address'), at('port')].filter(Boolean).join(':');
  return [at('syscall'), address, at('service')].filter(Boolean);
}
