import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate as zlibInflate } from 'node:zlib';

type Decompress = (body: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

const DECOMPRESS: Readonly<Record<string, Decompress>> = {
  gzip: promisify<Buffer, { maxOutputLength: number }, Buffer>(gunzip),
  'x-gzip': promisify<Buffer, { maxOutputLength: number }, Buffer>(gunzip),
  deflate: promisify<Buffer, { maxOutputLength: number }, Buffer>(zlibInflate),
  br: promisify<Buffer, { maxOutputLength: number }, Buffer>(brotliDecompress),
};

/** What came of undoing a content encoding. */
export type Inflated =
  | { readonly ok: true; readonly body: Buffer }
  | { readonly ok: false; readonly reason: 'corrupt' | 'too-large' };

/**
 * Undoes `Content-Encoding`, never holding more than `maxBytes` of output: a small body may inflate a thousandfold.
 * An encoding it does not know is read as identity, as Sentry's own ingestion does.
 */
export async function inflate(body: Buffer, encoding: string | undefined, maxBytes: number): Promise<Inflated> {
  const decompress = DECOMPRESS[encoding?.trim().toLowerCase() ?? ''];
  if (decompress === undefined) {
    return body.length > maxBytes ? { ok: false, reason: 'too-large' } : { ok: true, body };
  }
  try {
    return { ok: true, body: await decompress(body, { maxOutputLength: maxBytes }) };
  } catch (error) {
    return { ok: false, reason: isTooLarge(error) ? 'too-large' : 'corrupt' };
  }
}

function isTooLarge(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
}
