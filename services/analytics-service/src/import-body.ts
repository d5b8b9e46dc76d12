import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { AppError } from '@qr/common';

/** Of a request, compressed or not: what senders keep to. */
export const MAX_BODY_BYTES = 2 * 1024 * 1024;
const MAX_RECORDS = 2000;

const gunzipAsync = promisify(gunzip);

/**
 * The records of a request to `/import`, gzipped or not.
 *
 * @returns a sentence when it holds none.
 * @throws AppError 413 beyond the limits, which a sender answers with two halves; 415 for another encoding.
 */
export async function readRecords(body: unknown, encoding: string | undefined): Promise<readonly unknown[] | string> {
  if (!Buffer.isBuffer(body) || body.length === 0) return 'The body is empty: send a JSON array of events.';
  const inflated = await inflate(body, encoding);
  if (inflated === undefined) return 'The body is not gzip, although its content-encoding says so.';
  const records = parse(inflated.toString());
  if (!Array.isArray(records)) return 'The body is not a JSON array of events.';
  if (records.length > MAX_RECORDS) throw tooLarge(`${MAX_RECORDS} records`);
  return records;
}

/** Never more than the limit in memory, as a small body may inflate a thousandfold; `undefined` when it is damaged. */
async function inflate(body: Buffer, encoding = 'identity'): Promise<Buffer | undefined> {
  const name = encoding.trim().toLowerCase();
  if (name === 'identity') return body;
  if (name !== 'gzip')
    throw new AppError({
      statusCode: 415,
      code: 'wrong_encoding',
      message: `Expected the content-encoding gzip or none, got ${name}.`,
    });
  try {
    return await gunzipAsync(body, { maxOutputLength: MAX_BODY_BYTES });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE')
      throw tooLarge(`${MAX_BODY_BYTES} bytes inflated`);
    return undefined;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function tooLarge(limit: string): AppError {
  return new AppError({ statusCode: 413, code: 'too_large', message: `At most ${limit} a request: send it in parts.` });
}
