import { isJsonObject, type JsonObject } from '../store/records.ts';
import { LIMITS } from './limits.ts';

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
