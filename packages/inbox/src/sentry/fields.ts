import { isJsonObject, type JsonObject } from '../store/records.ts';

const EMPTY: JsonObject = {};

/** The object at a key, or an empty one: payloads come from anyone, so nothing in them is sure to be there. */
export function objectAt(object: JsonObject, key: string): JsonObject {
  const value = object[key];
  return isJsonObject(value) ? value : EMPTY;
}

export function listAt(object: JsonObject, key: string): readonly JsonObject[] {
  const value = object[key];
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

/** A non-empty string, or a number as one; else null. */
export function textAt(object: JsonObject, key: string): string | null {
  const value = object[key];
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : null;
}

/** A time in milliseconds: Sentry sends seconds as a number, older SDKs an ISO string. */
export function timeMsAt(object: JsonObject, key: string): number | undefined {
  const value = object[key];
  if (typeof value === 'number' && Number.isFinite(value)) return value * 1000;
  const parsed = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(parsed) ? undefined : parsed;
}

/** Attributes without their `{ type, value }` wrapping. */
export function plainAttributes(attributes: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, attribute]) => [
      name,
      isJsonObject(attribute) && 'value' in attribute ? attribute['value'] : attribute,
    ]),
  );
}
