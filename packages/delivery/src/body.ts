import { promisify } from 'node:util';
import { gunzip, gzip, gzipSync } from 'node:zlib';

/** On batches of like-shaped events level 1 costs half of the default's time for a tenth more bytes. */
const LEVEL = 1;
/** Most of a sealed batch in one piece: by the default of 16 KiB each goes back and forth between the threads several times. */
const CHUNK_BYTES = 64 * 1024;
/** A sealed batch is below 2 MB, an envelope may be of this size; anything larger is not ours. */
export const MAX_BODY_BYTES = 4 * 1024 * 1024;
/** Between records, on disk and in the request: what was journalled is the body already. */
export const SEPARATOR = ',\n';

const gzipAsync = promisify(gzip);
const gunzipAsync = promisify(gunzip);

/** Compresses a request body, off the main thread. */
export function compress(body: Uint8Array | string): Promise<Buffer> {
  return gzipAsync(body, { level: LEVEL, chunkSize: CHUNK_BYTES });
}

/** {@link compress} at once, for a small body that must be finished before anything else happens. */
export function compressSync(body: string): Buffer {
  return gzipSync(body, { level: LEVEL, chunkSize: CHUNK_BYTES });
}

/** What a sealed body says. */
export async function readText(body: Buffer): Promise<string> {
  return (await gunzipAsync(body, { maxOutputLength: MAX_BODY_BYTES })).toString();
}

/** Returns the records of a sealed batch, whether it is an array or lines of JSON. */
export async function readRecords(body: Buffer): Promise<readonly unknown[]> {
  const text = await readText(body);
  if (!text.startsWith('['))
    return text
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
  const records: unknown = JSON.parse(text);
  return Array.isArray(records) ? records : [];
}

/**
 * The records of a JSON array, each as the text that it was encoded as.
 *
 * @param count the number of records, if known: bodies of earlier versions have other separators, and are parsed.
 * @throws when the text is not a JSON array.
 */
export function splitRecords(text: string, count?: number): string[] {
  const body = text.trim();
  if (!body.startsWith('[') || !body.endsWith(']')) throw new SyntaxError('not a JSON array');
  // JSON escapes line breaks within a text, so the separator cannot occur in a record.
  const pieces = body.slice(1, -1).split(SEPARATOR);
  if (pieces.length === count) return pieces;
  const records: unknown = JSON.parse(body);
  return (records as readonly unknown[]).map((record) => JSON.stringify(record));
}

export function joinRecords(records: readonly string[]): string {
  return `[${records.join(SEPARATOR)}]`;
}

/** A sealed body as lines of JSON. */
export async function toLines(body: Buffer): Promise<Buffer> {
  // JSON escapes line breaks within a text, so the separator cannot occur in a record.
  const lines = (await readText(body)).slice(1, -1).replaceAll(SEPARATOR, '\n');
  return compress(`${lines}\n`);
}

/** The whole records of a journal; a torn or damaged one costs itself only. */
export function readJournal(text: string): { readonly records: readonly string[]; readonly lost: number } {
  const pieces = text.split(SEPARATOR).filter((piece) => piece !== '');
  const records = pieces.filter(isJsonObject);
  return { records, lost: pieces.length - records.length };
}

/** What a text says; `undefined` for one that is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * A Sentry envelope of ours as text: a line of headers, then for each item a line of headers and one of payload, every line JSON. Items that are
 * not JSON never get here, so that the text can be searched and changed without counting bytes.
 *
 * @see https://develop.sentry.dev/sdk/foundations/transport/envelopes/
 */
type EnvelopeText = string;

/** Names of numbers that are ids: others, such as that of a line, name nobody. */
const ID = /(?:^|[_.-])id$|Id$/;

/** The envelope without every value that is the id of one of these people. @throws when it is no envelope of ours. */
export function withoutPeople(envelope: EnvelopeText, isErased: (text: string) => boolean): EnvelopeText {
  let isNamed = false;
  const leaveOut = (key: string, value: unknown) => {
    const isMeant = typeof value === 'string' || (typeof value === 'number' && ID.test(key));
    if (!isMeant || !isErased(String(value))) return value;
    isNamed = true;
    return undefined;
  };
  const anonymous = (line: string) => JSON.stringify(JSON.parse(line, leaveOut));
  const rest = envelope
    .split('\n')
    .map((line, index) => (isPayload(index) ? anonymous(line) : line))
    .join('\n');
  return isNamed ? rest : envelope;
}

/** The payloads of its items, for people to look at. */
export function readPayloads(envelope: EnvelopeText): readonly unknown[] {
  return envelope
    .split('\n')
    .filter((_, index) => isPayload(index))
    .map((line): unknown => JSON.parse(line));
}

/** An envelope of the payloads that {@link readPayloads} has read; `undefined` when there is no error among them. What it said of its trace is gone. */
export function envelopeOf(payloads: unknown): EnvelopeText | undefined {
  if (!Array.isArray(payloads)) return undefined;
  const error = (payloads as readonly unknown[]).find(isError);
  return (
    error && [{ event_id: error.event_id }, { type: 'event' }, error].map((line) => JSON.stringify(line)).join('\n')
  );
}

function isPayload(lineIndex: number): boolean {
  return lineIndex > 0 && lineIndex % 2 === 0;
}

function isError(payload: unknown): payload is { readonly event_id: string } {
  return isObject(payload) && 'event_id' in payload && typeof payload.event_id === 'string';
}

function isJsonObject(text: string): boolean {
  const value = parseJson(text);
  return isObject(value) && !Array.isArray(value);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
