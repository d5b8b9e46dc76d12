import { core } from '../instance.ts';
import { holdsCredential, USUAL_ID } from '../privacy/index.ts';
import { quote } from './quote.ts';

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

/**
 * {@link usableIdOf} in the form in which the id is sent: one that holds an e-mail address is hashed. An id that holds a password, a JSON web token or
 * a card number is not sent, though it can be erased.
 */
export function sendableIdOf(id: unknown): string | undefined {
  const text = usableIdOf(id);
  if (text === undefined || text === '' || USUAL_ID.test(text)) return text;
  return holdsCredential(text) ? undefined : core.people.sentIdOf(text);
}

/** Returns the id of a device without the vendor's prefix, or `undefined` when it is not sendable or stands for nobody. */
export function usableDeviceIdOf(id: unknown): string | undefined {
  const text = sendableIdOf(id);
  if (text === undefined || text === '') return undefined;
  const deviceId = text.startsWith(DEVICE_PREFIX) ? text.slice(DEVICE_PREFIX.length) : text;
  return isUsableId(DEVICE_PREFIX + deviceId) ? deviceId : undefined;
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
