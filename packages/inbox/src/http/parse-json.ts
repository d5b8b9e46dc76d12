import { isUtf8 } from 'node:buffer';
import { isJsonObject, type JsonObject } from '../store/records.ts';

/** As deep as Sentry's own parser goes; far deeper than Mixpanel takes a value. */
const MAX_DEPTH = 128;

/** As many names and values as the largest request to Mixpanel needs, twice; each takes some 50 bytes of memory, however short it is. */
const MAX_VALUES = 1_000_000;

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);

/**
 * Reads JSON from anyone. What is nested without end would be read, but could never be written again: V8 parses in a
 * loop and serializes by recursion.
 * @throws SyntaxError
 */
export function parseJson(text: string): unknown {
  const problem = problemOf(text);
  if (problem !== undefined) throw new SyntaxError(problem);
  return JSON.parse(text);
}

function problemOf(text: string): string | undefined {
  let depth = 0;
  let values = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) index = endOfString(text, index);
    else if (OPENING.has(code)) depth += 1;
    else if (CLOSING.has(code)) depth -= 1;
    else if (code === COMMA) values += 1;
    if (depth > MAX_DEPTH) return `nested more than ${MAX_DEPTH} levels deep`;
    if (values > MAX_VALUES) return `more than ${MAX_VALUES} values`;
  }
  return undefined;
}

/** The place of the closing quote, or the end of the text. */
export function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text[end - 1 - backslashes] === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return end;
  }
  return text.length;
}

/** Returns the object that a payload holds; undefined for anything else. */
export function parseObject(payload: Buffer): JsonObject | undefined {
  try {
    const value = parseJson(readUtf8(payload) ?? '');
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Returns the text of a body; undefined when its bytes are no UTF-8, where decoding would put U+FFFD without a word. */
export function readUtf8(body: Buffer): string | undefined {
  return isUtf8(body) ? body.toString('utf8') : undefined;
}

/** True when the percent escapes of a form stand for bytes that are UTF-8. */
export function hasUtf8Escapes(form: string): boolean {
  for (const [run] of form.matchAll(/(?:%[\da-f]{2})+/gi)) {
    if (!isUtf8(Buffer.from(run.replaceAll('%', ''), 'hex'))) return false;
  }
  return true;
}
