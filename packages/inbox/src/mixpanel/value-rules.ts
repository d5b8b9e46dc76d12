import { isJsonObject, type JsonObject } from '../store/records.ts';
import { type Failure, invalidField } from './failure.ts';
import { FORBIDDEN_IDS, LIMITS, type ValueLimits } from './limits.ts';

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
