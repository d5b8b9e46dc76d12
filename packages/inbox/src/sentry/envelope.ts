import { endOfString, parseJson, readUtf8 } from '../http/parse-json.ts';
import { isJsonObject, type JsonObject } from '../store/records.ts';
import { LIMITS } from './composition.ts';

/** One item of an envelope; the payload is exactly the bytes that were sent. */
export interface EnvelopeItem {
  readonly headers: JsonObject;
  readonly type: string;
  readonly payload: Buffer;
}

export interface Envelope {
  readonly headers: JsonObject;
  readonly items: readonly EnvelopeItem[];
}

/** An envelope, or what is malformed about it. */
export type EnvelopeResult =
  | { readonly ok: true; readonly envelope: Envelope }
  | { readonly ok: false; readonly detail: string; readonly isTooMany?: boolean };

const NEWLINE = 0x0a;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;

/**
 * Reads an envelope in one pass. An item with a `length` has exactly that many bytes and then a newline or the end; one
 * without runs to the next newline. A carriage return belongs to the payload.
 * @see https://develop.sentry.dev/sdk/data-model/envelopes/
 */
export function parseEnvelope(body: Buffer): EnvelopeResult {
  if (body.length === 0) return malformed('empty envelope');
  const headerEnd = endOfLine(body, 0);
  const headers = parseHeaders(body.subarray(0, headerEnd));
  if (headers === undefined)
    return malformed(`invalid envelope header: expected one line of JSON of at most ${LIMITS.headerBytes} bytes`);
  const problem = headerProblem(headers, body.toString('utf8', 0, headerEnd));
  if (problem !== undefined) return malformed(problem);
  const items: EnvelopeItem[] = [];
  let offset = headerEnd + 1;
  while (offset < body.length) {
    // No more are even looked at.
    if (items.length === LIMITS.items) return { ok: false, detail: 'too many items', isTooMany: true };
    const lineEnd = endOfLine(body, offset);
    const itemHeaders = parseHeaders(body.subarray(offset, lineEnd));
    const type = itemHeaders?.['type'];
    if (itemHeaders === undefined || typeof type !== 'string' || type === '') {
      return malformed(
        `invalid item header ${items.length}: expected one line of JSON with a type, of at most ${LIMITS.headerBytes} bytes`,
      );
    }
    // Headers at the end of the body have an empty payload.
    const start = Math.min(lineEnd + 1, body.length);
    const end = endOfPayload(body, start, itemHeaders['length']);
    if (end === undefined)
      return malformed(`invalid item ${items.length} (${type}): the length does not match the payload`);
    items.push({ headers: itemHeaders, type, payload: body.subarray(start, end) });
    offset = end + 1;
  }
  return { ok: true, envelope: { headers, items } };
}

function endOfLine(body: Buffer, from: number): number {
  const newline = body.indexOf(NEWLINE, from);
  return newline === -1 ? body.length : newline;
}

function endOfPayload(body: Buffer, start: number, length: unknown): number | undefined {
  if (length === undefined || length === null) return endOfLine(body, start);
  if (typeof length !== 'number' || !Number.isSafeInteger(length) || length < 0) return undefined;
  const end = start + length;
  return end === body.length || body[end] === NEWLINE ? end : undefined;
}

const EVENT_ID = /^[0-9a-f]{8}(-?)[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{12}$/i;
/** RFC 3339; the Go SDK writes the offset of its machine. */
const SENT_AT = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i;

function headerProblem({ event_id: eventId, sent_at: sentAt }: JsonObject, text: string): string | undefined {
  // PHP and .NET write null for what they do not know.
  if (isGiven(eventId) && !isText(eventId, EVENT_ID)) return 'invalid event_id: expected 32 hexadecimal digits';
  if (isGiven(sentAt) && !isText(sentAt, SENT_AT)) return 'invalid sent_at: expected an RFC 3339 time';
  return sentAt !== undefined && hasKeyTwice(text, 'sent_at') ? 'duplicate field `sent_at`' : undefined;
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function isText(value: unknown, pattern: RegExp): boolean {
  return typeof value === 'string' && pattern.test(value);
}

/** Headers have no space around them. */
function parseHeaders(line: Buffer): JsonObject | undefined {
  if (line.length > LIMITS.headerBytes) return undefined;
  if (line[0] !== OPENING_BRACE || line.at(-1) !== CLOSING_BRACE) return undefined;
  try {
    const value = parseJson(readUtf8(line) ?? '');
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function malformed(detail: string): EnvelopeResult {
  return { ok: false, detail };
}

/**
 * True when the JSON object has this key twice. `JSON.parse` would take the last one without a word; the vendor refuses.
 * @param text - valid JSON of one object
 */
export function hasKeyTwice(text: string, key: string): boolean {
  const wanted = JSON.stringify(key);
  let depth = 0;
  let found = 0;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') depth -= 1;
    else if (character === '"') {
      const end = endOfString(text, index) + 1;
      if (depth === 1 && text.slice(index, end) === wanted && /^\s*:/.test(text.slice(end, end + 16))) found += 1;
      index = end - 1;
    }
  }
  return found > 1;
}
