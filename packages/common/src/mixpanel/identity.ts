import { quote } from './quote.ts';

/** Ids that the vendor refuses because they would merge strangers. Mixpanel reference, import-events. */
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
]);
/** All forbidden ids but the first are at most so long. */
const LONGEST_FORBIDDEN_WORD = 9;
const ZERO = 0x30;
/** The vendor cuts longer strings, which could merge two people. */
const MAX_ID_BYTES = 255;
/** Shorter ids cannot be longer in bytes than allowed. */
const SURELY_SHORT = 85;
const DEVICE_PREFIX = '$device:';

/** Whether a value may be the id of a person or device. */
export function isUsableId(id: unknown): id is string {
  if (typeof id !== 'string') return false;
  // The usual id, a UUID or a device, passes by its length and first character.
  if (
    id.length > LONGEST_FORBIDDEN_WORD &&
    id.charCodeAt(0) !== ZERO &&
    id.length <= SURELY_SHORT &&
    id.charCodeAt(0) > 0x20
  ) {
    return true;
  }
  return Buffer.byteLength(id) <= MAX_ID_BYTES && !FORBIDDEN.has(id.trim().toLowerCase());
}

/**
 * The identity properties of an event as JSON, after the vendor's simplified id management: a person by `$user_id`, a visitor by `$device_id`,
 * nobody by an empty `distinct_id`.
 */
export function identityJson(id: string): string {
  if (id === '') return ',"distinct_id":""';
  const quoted = quote(id);
  if (!id.startsWith(DEVICE_PREFIX)) return `,"distinct_id":${quoted},"$user_id":${quoted}`;
  return `,"distinct_id":${quoted},"$device_id":"${quoted.slice(DEVICE_PREFIX.length + 1)}`;
}
