import { parseJson } from '../http/parse-json.ts';

/** The records of a request, or why they could not be read. */
export type DecodedBody =
  | { readonly ok: true; readonly records: readonly unknown[] }
  | { readonly ok: false; readonly message: string };

/**
 * Reads the records from any encoding that a Mixpanel client uses: a form with `data=` (JSON or base64 of it), a JSON
 * array or object, or one JSON object a line.
 */
export function decodeBody(body: Buffer, contentType: string | undefined): DecodedBody {
  const text = body.toString('utf8').trim();
  if (text === '') return { ok: false, message: 'no data: the request body is empty' };
  if (text.startsWith('[') || text.startsWith('{')) return decodeJson(text, contentType);
  const data = new URLSearchParams(text).get('data');
  if (data === null) return { ok: false, message: 'no data: expected JSON, or a form with a data field' };
  return decodeData(data);
}

/** Reads the `data` parameter of a form or a query string. */
export function decodeData(data: string): DecodedBody {
  const text = data.trim();
  if (text.startsWith('[') || text.startsWith('{')) return decodeJson(text, undefined);
  // The Node client does not escape its base64, so form decoding has made spaces of the plus signs.
  const decoded = Buffer.from(text.replaceAll(' ', '+'), 'base64').toString('utf8').trim();
  return decodeJson(decoded, undefined);
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

function decodeLines(text: string): DecodedBody {
  try {
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    return { ok: true, records: lines.map(parseJson) };
  } catch (error) {
    return invalid(error);
  }
}

function invalid(error: unknown): DecodedBody {
  return { ok: false, message: `invalid JSON: ${error instanceof Error ? error.message : String(error)}` };
}
