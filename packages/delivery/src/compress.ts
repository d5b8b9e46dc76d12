import { promisify } from 'node:util';
import { gunzip, gzip, gzipSync } from 'node:zlib';

/** On batches of like-shaped events level 1 costs half of the default's time for a tenth more bytes. */
const LEVEL = 1;
/** Most of a sealed batch in one piece: by the default of 16 KiB each goes back and forth between the threads several times. */
const CHUNK_BYTES = 64 * 1024;
/** A sealed batch is below 2 MB, an envelope may be of this size; anything larger is not ours. */
export const MAX_BODY_BYTES = 4 * 1024 * 1024;

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

/** The records of a sealed batch, as they were encoded. */
export async function readRecords(body: Buffer): Promise<readonly unknown[]> {
  const records: unknown = JSON.parse(await readText(body));
  return Array.isArray(records) ? records : [];
}
