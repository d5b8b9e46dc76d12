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

/** The end of the year 9999, as far as the vendor goes. */
const LATEST_MS = 253_402_300_799_999;

/**
 * Returns a time in milliseconds: Sentry sends seconds as a number or as its text, or an ISO string, which is UTC unless it
 * says otherwise. Undefined for what is no time from 1970 to 9999.
 */
export function timeMsAt(object: JsonObject, key: string): number | undefined {
  const value = object[key];
  const ms = typeof value === 'number' ? value * 1000 : typeof value === 'string' ? parseTime(value) : Number.NaN;
  return ms >= 0 && ms <= LATEST_MS ? ms : undefined;
}

function parseTime(text: string): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  return Date.parse(/T\d\d:\d\d(:\d\d(\.\d+)?)?$/.test(text) ? `${text}Z` : text);
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
