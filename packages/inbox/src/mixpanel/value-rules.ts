import { isJsonObject, type JsonObject } from '../store/records.ts';
import { type Failure, invalidField } from './failure.ts';
import { FORBIDDEN_IDS, LIMITS } from './limits.ts';

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
    const problem = checkNested(value, 1);
    if (problem !== undefined) return invalidField(`properties.${name}`, problem);
  }
  return undefined;
}

function checkNested(value: object, depth: number): string | undefined {
  if (depth > LIMITS.nesting) return `must not be nested more than ${LIMITS.nesting} levels deep`;
  const children: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
  if (children.length >= LIMITS.properties) return `must have fewer than ${LIMITS.properties} elements`;
  for (const child of children) {
    if (typeof child !== 'object' || child === null) continue;
    const problem = checkNested(child, depth + 1);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** Cuts long strings and names as the vendor does, and copies nothing when none is long. */
export function truncateStrings(properties: JsonObject): JsonObject {
  const isLong = (value: unknown): boolean => typeof value === 'string' && value.length > LIMITS.stringLength;
  const entries = Object.entries(properties);
  if (!entries.some(([name, value]) => isLong(name) || isLong(value))) return properties;
  return Object.fromEntries(
    entries.map(([name, value]) => [
      name.slice(0, LIMITS.stringLength),
      typeof value === 'string' ? value.slice(0, LIMITS.stringLength) : value,
    ]),
  );
}

/** True when a record weighs more than one may. Costs a serialization, so ask only when the whole request could. */
export function isOversized(record: unknown): boolean {
  return isJsonObject(record) && Buffer.byteLength(JSON.stringify(record)) > LIMITS.recordBytes;
}
