import { createHash, randomBytes } from 'node:crypto';
import type { People } from '../people.ts';
import { holdsCredential, USUAL_ID } from '../privacy/index.ts';
import { quote } from './text.ts';

/** Ids that the vendor refuses because they would merge strangers (Mixpanel reference, import-events), and what JavaScript writes for no id. */
const FORBIDDEN = new Set([
  '00000000-0000-0000-0000-000000000000',
  'anon',
  'anonymous',
  'nil',
  'none',
  'null',
  'n/a',
  'na',
  'undefined',
  'unknown',
  '<nil>',
  '0',
  '-1',
  'true',
  'false',
  '[]',
  '{}',
  'nan',
  'infinity',
  '-infinity',
  '[object object]',
]);
/** Longer forbidden ids begin with `00` or `[`. */
const LONGEST_FORBIDDEN_WORD = 9;
const ZERO = 0x30;
const BRACKET = 0x5b;
/** The vendor cuts longer strings, which could merge two people. */
const MAX_ID_BYTES = 255;
/** Shorter ids cannot be longer in bytes than allowed. */
const SURELY_SHORT = 85;
const DEVICE_PREFIX = '$device:';
const DOLLAR = 0x24;

/** Returns whether a text can be the id of a user or device; the empty text stands for nobody. */
export function isUsableId(id: unknown): id is string {
  if (typeof id !== 'string') return false;
  // The usual id, a UUID or a device, passes by its length, its first and its last character; `startsWith` takes ten times as long.
  const start = id.charCodeAt(0) === DOLLAR ? DEVICE_PREFIX.length : 0;
  const first = id.charCodeAt(start);
  if (
    id.length - start > LONGEST_FORBIDDEN_WORD &&
    id.length <= SURELY_SHORT &&
    isVisibleAscii(first) &&
    (first !== ZERO || id.charCodeAt(start + 1) !== ZERO) &&
    first !== BRACKET &&
    isVisibleAscii(id.charCodeAt(id.length - 1))
  ) {
    return true;
  }
  return id === '' || isUsableWord(id);
}

/** Anything else may be a space to `trim`. */
function isVisibleAscii(code: number): boolean {
  return code > 0x20 && code < 0x7f;
}

function isUsableWord(id: string): boolean {
  const word = id
    .slice(isDevice(id) ? DEVICE_PREFIX.length : 0)
    .trim()
    .toLowerCase();
  return word !== '' && !FORBIDDEN.has(word) && Buffer.byteLength(id) <= MAX_ID_BYTES;
}

/**
 * Returns the id as the text that is sent, or `undefined` when it cannot stand for one user. Numbers become text, except those that
 * JavaScript cannot tell from their neighbours.
 */
export function usableIdOf(id: unknown): string | undefined {
  if (typeof id === 'string') return isUsableId(id) ? id : undefined;
  if (typeof id !== 'number' && typeof id !== 'bigint') return undefined;
  if (Number.isInteger(id) && !Number.isSafeInteger(id)) return undefined;
  const text = String(id);
  return isUsableId(text) ? text : undefined;
}

/** Returns whether an id is that of a device. */
export function isDevice(id: string): boolean {
  return id.startsWith(DEVICE_PREFIX);
}

/** The distinct id of a device that no user is known for. */
export function distinctIdOfDevice(deviceId: string): string {
  return DEVICE_PREFIX + deviceId;
}

/**
 * Returns the identity properties of an event as JSON, after the vendor's simplified id management: a user by `$user_id`, a visitor by
 * `$device_id`, nobody by an empty `distinct_id`.
 *
 * @param deviceId the device of a user, without prefix: the vendor merges the two.
 */
export function identityJson(id: string, deviceId?: string): string {
  if (id === '') return ',"distinct_id":""';
  const quoted = quote(id);
  if (id.startsWith(DEVICE_PREFIX)) {
    return `,"distinct_id":${quoted},"$device_id":"${quoted.slice(DEVICE_PREFIX.length + 1)}`;
  }
  const user = `,"distinct_id":${quoted},"$user_id":${quoted}`;
  return deviceId === undefined ? user : `${user},"$device_id":${quote(deviceId)}`;
}

/** Ids in the form in which they leave the process. */
export interface Ids {
  /**
   * Returns what {@link usableIdOf} returns in the form in which the id is sent: one that holds an e-mail address is hashed. An id that holds a
   * password, a JSON web token or a card number is not sent, though it can be erased.
   */
  readonly sendableIdOf: (id: unknown) => string | undefined;
  /** Returns the id of a device without the vendor's prefix, or `undefined` when it is not sendable or stands for nobody. */
  readonly usableDeviceIdOf: (id: unknown) => string | undefined;
  /**
   * Reads identities after the vendor's simplified id management: `$user_id` decides, else `distinct_id` when it is not that of the device, else
   * `$device_id`.
   *
   * @returns `undefined` when the event names somebody by an id that is not usable: it must not become an event of nobody.
   */
  readonly identityOf: (properties: Readonly<Record<string, unknown>>) => OfficialIdentity | undefined;
}

/** Who an event of the official client is about. */
export interface OfficialIdentity {
  /** The user, else the device with the vendor's prefix, else empty for nobody. */
  readonly id: string;
  /** The device of a user, without prefix. */
  readonly deviceId: string | undefined;
}

/** Creates the functions that need the form in which ids of people are sent. */
export function createIds({ sentIdOf }: Pick<People, 'sentIdOf'>): Ids {
  function sendableIdOf(id: unknown): string | undefined {
    const text = usableIdOf(id);
    if (text === undefined || text === '' || USUAL_ID.test(text)) return text;
    return holdsCredential(text) ? undefined : sentIdOf(text);
  }

  function usableDeviceIdOf(id: unknown): string | undefined {
    const text = sendableIdOf(id);
    if (text === undefined || text === '') return undefined;
    const deviceId = text.startsWith(DEVICE_PREFIX) ? text.slice(DEVICE_PREFIX.length) : text;
    return isUsableId(DEVICE_PREFIX + deviceId) ? deviceId : undefined;
  }

  function idIn(properties: Readonly<Record<string, unknown>>, name: string) {
    const value = properties[name];
    const isGiven = value !== undefined && value !== null && value !== '';
    return { isGiven, id: isGiven ? sendableIdOf(value) : undefined };
  }

  return {
    sendableIdOf,
    usableDeviceIdOf,
    identityOf(properties) {
      const user = idIn(properties, '$user_id');
      const device = idIn(properties, '$device_id');
      const distinct = idIn(properties, 'distinct_id');
      const deviceId = device.isGiven ? usableDeviceIdOf(device.id) : undefined;
      if (user.isGiven) return user.id === undefined ? undefined : { id: user.id, deviceId };
      if (distinct.isGiven && distinct.id === undefined) return undefined;
      const distinctId = distinct.id ?? '';
      if (!device.isGiven) return { id: distinctId, deviceId: undefined };
      // Older clients send the id of the device as `distinct_id` too: taken for a user, it would be merged for good.
      if (distinctId !== '' && !isDevice(distinctId) && distinctId !== deviceId) return { id: distinctId, deviceId };
      return deviceId === undefined ? undefined : { id: distinctIdOfDevice(deviceId), deviceId: undefined };
    },
  };
}

declare const legal: unique symbol;
/** An id that needs no escaping in JSON and that the vendor takes; made by the functions of this file only. */
export type InsertId = string & { readonly [legal]: true };

/** What the vendor takes as `$insert_id`. Mixpanel reference, import-events. */
const LEGAL_INSERT_ID = /^[A-Za-z0-9-]{1,36}$/;

/**
 * Returns a function that makes the ids by which the vendor tells copies of one event: 16 random hex digits a process and a counter, at most
 * 36 of `[A-Za-z0-9-]`. A fifth of the cost of a random UUID, and unique all the same.
 */
export function createInsertIds(): () => InsertId {
  const prefix = `${randomBytes(8).toString('hex')}-`;
  let counter = 0;
  return () => (prefix + (counter++).toString(36)) as InsertId;
}

/**
 * Returns a caller's id as one that the vendor takes: as it is when legal, else a hash of it, so that the same id stays the same.
 *
 * @returns `undefined` for what identifies nothing, such as an empty text or `null`: every event needs an id of its own then.
 */
export function toInsertId(given: unknown): InsertId | undefined {
  const text = typeof given === 'string' ? given : textOf(given);
  if (text === undefined || text === '' || !isUsableInsertId(text)) return undefined;
  if (LEGAL_INSERT_ID.test(text)) return text as InsertId;
  return createHash('sha256').update(text).digest('hex').slice(0, 32) as InsertId;
}

/** The vendor forbids the same words here as in user ids. */
function isUsableInsertId(text: string): boolean {
  return text.length > 36 || isUsableId(text);
}

function textOf(value: unknown): string | undefined {
  try {
    return typeof value === 'bigint' ? String(value) : JSON.stringify(value);
  } catch {
    return undefined;
  }
}
