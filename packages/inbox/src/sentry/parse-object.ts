import { parseJson } from '../http/parse-json.ts';
import { readUtf8 } from '../http/read-utf8.ts';
import { isJsonObject, type JsonObject } from '../store/records.ts';

/** Returns the object that a payload holds; undefined for anything else. */
export function parseObject(payload: Buffer): JsonObject | undefined {
  try {
    const value = parseJson(readUtf8(payload) ?? '');
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
