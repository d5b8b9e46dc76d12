import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { AppError } from '../app-error.ts';

const gunzipAsync = promisify(gunzip);

/**
 * The body as it was before the client compressed it.
 *
 * @throws AppError 413 when it would be larger than `maxBytes`: a small body can inflate a thousandfold.
 */
export async function inflate(body: unknown, encoding: string | undefined, maxBytes: number): Promise<Buffer> {
  if (!Buffer.isBuffer(body) || body.length === 0) {
    throw new AppError({ code: 'empty_body', message: 'The body is empty.' });
  }
  if (encoding === undefined || encoding === 'identity') return body;
  if (encoding !== 'gzip') {
    throw new AppError({ statusCode: 415, code: 'wrong_encoding', message: 'Expected no content-encoding, or gzip.' });
  }
  try {
    return await gunzipAsync(body, { maxOutputLength: maxBytes });
  } catch (error) {
    const isTooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    throw isTooLarge
      ? new AppError({ statusCode: 413, code: 'too_large', message: `The inflated body exceeds ${maxBytes} bytes.` })
      : new AppError({ code: 'malformed', message: 'The body is not gzip, although its content-encoding says so.' });
  }
}
