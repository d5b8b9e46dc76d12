import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';

/** On batches of like-shaped events level 1 costs half of the default's time for a tenth more bytes. */
const LEVEL = 1;
/** A sealed batch is below 2 MB; anything larger is not ours. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;

const gzipAsync = promisify(gzip);
const gunzipAsync = promisify(gunzip);

/** Compresses a request body, off the main thread. */
export function compress(body: Uint8Array | string): Promise<Buffer> {
  return gzipAsync(body, { level: LEVEL });
}

/** Whether a sealed batch is as it was written, by its checksum. Parsing it would hold up the main thread. */
export function isIntact(body: Buffer): Promise<boolean> {
  return gunzipAsync(body, { maxOutputLength: MAX_BODY_BYTES }).then(
    () => true,
    () => false,
  );
}

/** The records of a sealed batch, as they were encoded. */
export async function readRecords(body: Buffer): Promise<readonly unknown[]> {
  const records: unknown = JSON.parse((await gunzipAsync(body, { maxOutputLength: MAX_BODY_BYTES })).toString());
  return Array.isArray(records) ? records : [];
}
