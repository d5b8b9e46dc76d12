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
/** The vendor cuts longer strings, which could merge two people. */
const MAX_ID_BYTES = 255;
const DEVICE_PREFIX = '$device:';

/** Whether a value may be the id of a person or device. */
export function isUsableId(id: unknown): id is string {
  return typeof id === 'string' && Buffer.byteLength(id) <= MAX_ID_BYTES && !FORBIDDEN.has(id.trim().toLowerCase());
}

/**
 * The identity properties of an event, after the vendor's simplified id management: a person by `$user_id`, a visitor by `$device_id`,
 * nobody by an empty `distinct_id`.
 */
export function identityProperties(id: string): Record<string, string> {
  if (id === '') return { distinct_id: '' };
  if (id.startsWith(DEVICE_PREFIX)) return { distinct_id: id, $device_id: id.slice(DEVICE_PREFIX.length) };
  return { distinct_id: id, $user_id: id };
}
