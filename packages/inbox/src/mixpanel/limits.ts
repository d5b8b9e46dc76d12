import { isJsonObject, type JsonObject, type NewRecord } from '../store/records.ts';

/** Bounds of a list or object as the value of one property. */
interface ValueLimits {
  /** As JSON. What the vendor does beyond that is not said: it is refused here. */
  readonly bytes: number;
  /** A list has fewer. */
  readonly elements: number;
}

/**
 * The documented limits of Mixpanel's ingestion API.
 * @see https://docs.mixpanel.com/reference/import-events
 * @see https://docs.mixpanel.com/docs/data-structure/property-reference/data-type
 */
export const LIMITS = {
  recordsPerRequest: 2000,
  /** Uncompressed: gzip does not raise it. */
  requestBytes: 10 * 1024 * 1024,
  recordBytes: 1024 * 1024,
  /** An event has fewer properties than this, and so has each nested object or list. */
  properties: 255,
  nesting: 3,
  /** Longer strings and names are cut, not refused. One page says characters, the other bytes: the shorter holds. */
  stringBytes: 255,
  eventValue: { bytes: 8 * 1024, elements: 255 },
  /** A list on a profile is bounded by its weight alone: it would never reach it with so few elements. */
  profileValue: { bytes: 256 * 1024, elements: Number.POSITIVE_INFINITY },
  profileProperties: 2000,
  insertIdBytes: 36,
  earliestTimeMs: Date.UTC(1971, 0, 1),
  futureMs: 60 * 60 * 1000,
  /** `/track` drops what is older and answers as if it had not. */
  trackAgeMs: 5 * 24 * 60 * 60 * 1000,
} as const;

/** Values that mean a bug in the sender, refused as `distinct_id` and as `$insert_id`. */
export const FORBIDDEN_IDS: ReadonlySet<string> = new Set([
  ...['00000000-0000-0000-0000-000000000000', 'anon', 'anonymous', 'nil', 'none', 'null', 'n/a', 'na', 'undefined'],
  ...['unknown', '<nil>', '0', '-1', 'true', 'false', '[]', '{}'],
]);

/** Why one record of a request is not kept; the words of `failed_records`. */
export interface Failure {
  readonly field: string;
  readonly message: string;
}

/** A record to keep, one the vendor drops without a word, or one it refuses. */
export type Verdict =
  | { readonly verdict: 'keep'; readonly record: NewRecord }
  | { readonly verdict: 'drop' | 'refuse'; readonly failure: Failure };

export function refuse(failure: Failure): Verdict {
  return { verdict: 'refuse', failure };
}

/** A failure in the vendor's manner: `'field' is invalid: what it must be`. */
export function invalidField(field: string, expectation: string): Failure {
  return { field, message: `'${field}' is invalid: ${expectation}` };
}

const INSERT_ID = /^[A-Za-z0-9-]+$/;

/** `distinct_id` may be empty (nobody), but not one of the values that only a bug sends. */
export function checkDistinctId(distinctId: unknown, field: string): Failure | undefined {
  if (typeof distinctId !== 'string' && typeof distinctId !== 'number') {
    return invalidField(field, 'must be a string');
  }
  return FORBIDDEN_IDS.has(String(distinctId)) ? invalidField(field, `'${distinctId}' is not allowed`) : undefined;
}

export function checkInsertId(insertId: unknown): Failure | undefined {
  const field = 'properties.$insert_id';
  if (typeof insertId !== 'string' || insertId === '') return invalidField(field, 'must be a non-empty string');
  if (FORBIDDEN_IDS.has(insertId)) return invalidField(field, `'${insertId}' is not allowed`);
  if (Buffer.byteLength(insertId) > LIMITS.insertIdBytes) {
    return invalidField(field, `must be at most ${LIMITS.insertIdBytes} bytes`);
  }
  return INSERT_ID.test(insertId)
    ? undefined
    : invalidField(field, 'must contain only alphanumeric characters and hyphens');
}

/** Counts and depth of a properties object. Walks into values only where one is an object or a list. */
export function checkShape(properties: JsonObject): Failure | undefined {
  const names = Object.keys(properties);
  if (names.length >= LIMITS.properties) {
    return invalidField('properties', `must have fewer than ${LIMITS.properties} properties`);
  }
  for (const name of names) {
    const value = properties[name];
    if (typeof value !== 'object' || value === null) continue;
    const problem = checkValue(value, LIMITS.eventValue);
    if (problem !== undefined) return invalidField(`properties.${name}`, problem);
  }
  return undefined;
}

/** What is wrong with a list or object as the value of one property. */
export function checkValue(value: unknown, limits: ValueLimits): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const problem = checkNested(value, 1, limits);
  if (problem !== undefined) return problem;
  return jsonBytes(value) > limits.bytes ? `must be at most ${limits.bytes} bytes as a list or object` : undefined;
}

function checkNested(value: object, depth: number, limits: ValueLimits): string | undefined {
  if (depth > LIMITS.nesting) return `must not be nested more than ${LIMITS.nesting} levels deep`;
  const children: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
  const bound = Array.isArray(value) ? limits.elements : LIMITS.properties;
  if (children.length >= bound) return `must have fewer than ${bound} elements`;
  for (const child of children) {
    if (typeof child !== 'object' || child === null) continue;
    const problem = checkNested(child, depth + 1, limits);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** True when a record weighs more than one may. Costs a serialization, so ask only when the whole request could. */
export function isOversized(record: unknown): boolean {
  return isJsonObject(record) && jsonBytes(record) > LIMITS.recordBytes;
}

function jsonBytes(value: object): number {
  return Buffer.byteLength(JSON.stringify(value));
}

/** The first 255 bytes of a text, never half a character. */
export function truncateText(text: string): string {
  // A UTF-16 unit is at most three bytes of UTF-8: most texts need no look at all.
  if (text.length * 3 <= LIMITS.stringBytes) return text;
  const bytes = Buffer.from(text);
  if (bytes.length <= LIMITS.stringBytes) return text;
  let end: number = LIMITS.stringBytes;
  while (isContinuation(bytes[end])) end -= 1;
  return bytes.toString('utf8', 0, end);
}

/** Cuts long texts and names as the vendor does, at any depth; what holds none is returned as it is. */
export function truncateStrings(object: JsonObject): JsonObject {
  let changed = false;
  const entries = Object.entries(object).map(([name, value]): [string, unknown] => {
    const cutName = truncateText(name);
    const cutValue = truncateValue(value);
    changed ||= cutName !== name || cutValue !== value;
    return [cutName, cutValue];
  });
  return changed ? Object.fromEntries(entries) : object;
}

function truncateValue(value: unknown): unknown {
  if (typeof value === 'string') return truncateText(value);
  if (isJsonObject(value)) return truncateStrings(value);
  if (!Array.isArray(value)) return value;
  const cut = value.map(truncateValue);
  return cut.some((each, index) => each !== value[index]) ? cut : value;
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}
