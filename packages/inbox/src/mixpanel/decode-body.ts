import { hasUtf8Escapes, parseJson, readUtf8 } from '../http/parse-json.ts';
import { LIMITS } from './limits.ts';

/** The records of a request, or why they could not be read. */
export type DecodedBody =
  | { readonly ok: true; readonly records: readonly unknown[] }
  | { readonly ok: false; readonly message: string };

/** The body of a request: its records, and the parameters that a form carries beside them. */
export interface ReadBody {
  readonly decoded: DecodedBody;
  readonly parameters: Readonly<Record<string, string>>;
}

const INVALID_UTF8: DecodedBody = { ok: false, message: 'invalid data: the text is not valid UTF-8' };

/** Parameters that may stand in a form beside `data`; the Python and Ruby SDKs put them there. */
const FORM_PARAMETERS = ['verbose', 'ip', 'api_key', 'strict'];

/**
 * Reads the records from any encoding that a Mixpanel client uses: a form with `data=` (JSON or base64 of it), a JSON
 * array or object, or one JSON object a line.
 */
export function decodeBody(body: Buffer, contentType: string | undefined): DecodedBody {
  return readBody(body, contentType).decoded;
}

/** Like {@link decodeBody}, with the parameters of a form. */
export function readBody(body: Buffer, contentType: string | undefined): ReadBody {
  const text = readUtf8(body)?.trim();
  if (text === undefined) return { decoded: INVALID_UTF8, parameters: {} };
  if (text === '') return { decoded: { ok: false, message: 'no data: the request body is empty' }, parameters: {} };
  if (isJson(text)) return { decoded: decodeJson(text, contentType), parameters: {} };
  const form = new URLSearchParams(firstParameters(text));
  const data = form.get('data');
  const parameters: Record<string, string> = {};
  for (const name of FORM_PARAMETERS) {
    const value = form.get(name);
    if (value !== null) parameters[name] = value;
  }
  if (data !== null) return { decoded: hasUtf8Escapes(text) ? decodeData(data) : INVALID_UTF8, parameters };
  return { decoded: { ok: false, message: 'no data: expected JSON, or a form with a data field' }, parameters };
}

/** Reads the `data` parameter of a form or a query string. */
export function decodeData(data: string): DecodedBody {
  const text = data.trim();
  if (isJson(text)) return decodeJson(text, undefined);
  // The Node client does not escape its base64, so form decoding has made spaces of the plus signs.
  const decoded = readUtf8(Buffer.from(text.replaceAll(' ', '+'), 'base64'));
  return decoded === undefined ? INVALID_UTF8 : decodeJson(decoded.trim(), undefined);
}

function isJson(text: string): boolean {
  return text.startsWith('[') || text.startsWith('{');
}

function decodeJson(text: string, contentType: string | undefined): DecodedBody {
  if (contentType?.includes('ndjson') === true) return decodeLines(text);
  try {
    const value = parseJson(text);
    return { ok: true, records: Array.isArray(value) ? value : [value] };
  } catch (error) {
    return text.startsWith('{') && text.includes('\n') ? decodeLines(text) : invalid(error);
  }
}

/** One more than a form has any use for ends it: each takes some 200 bytes of memory, however short it is. */
const MAX_PARAMETERS = 100;

function firstParameters(text: string): string {
  let end = -1;
  for (let count = 0; count < MAX_PARAMETERS; count += 1) {
    end = text.indexOf('&', end + 1);
    if (end === -1) return text;
  }
  return text.slice(0, end);
}

/** Reads no further than one record more than a request may hold, which is enough to refuse it. */
function decodeLines(text: string): DecodedBody {
  const records: unknown[] = [];
  try {
    for (let start = 0; start < text.length && records.length <= LIMITS.recordsPerRequest; ) {
      const newline = text.indexOf('\n', start);
      const end = newline === -1 ? text.length : newline;
      const line = end === start ? '' : text.slice(start, end);
      if (line.trim() !== '') records.push(parseJson(line));
      start = end + 1;
    }
    return { ok: true, records };
  } catch (error) {
    return invalid(error);
  }
}

function invalid(error: unknown): DecodedBody {
  return { ok: false, message: `invalid JSON: ${error instanceof Error ? error.message : String(error)}` };
}
