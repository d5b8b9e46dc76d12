import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate as zlibInflate } from 'node:zlib';

type Decompress = (body: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

const DECOMPRESS: Readonly<Record<string, Decompress>> = {
  gzip: promisify<Buffer, { maxOutputLength: number }, Buffer>(gunzip),
  'x-gzip': promisify<Buffer, { maxOutputLength: number }, Buffer>(gunzip),
  deflate: promisify<Buffer, { maxOutputLength: number }, Buffer>(zlibInflate),
  br: promisify<Buffer, { maxOutputLength: number }, Buffer>(brotliDecompress),
};

/** Which content encodings an endpoint takes, and what it makes of the others. */
export interface Encodings {
  readonly taken: readonly ('gzip' | 'x-gzip' | 'deflate' | 'br')[];
  /** Encodings that the vendor takes, or may take, and the inbox cannot undo. */
  readonly refused: readonly string[] | 'all others';
}

/** What came of undoing a content encoding. */
export type Inflated =
  | { readonly ok: true; readonly body: Buffer }
  | { readonly ok: false; readonly reason: 'corrupt' | 'too-large' | 'unsupported' };

/** Undoes `Content-Encoding`, never holding more than `maxBytes` of output: a small body may inflate a thousandfold. */
export async function inflate(
  body: Buffer,
  encoding: string | undefined,
  maxBytes: number,
  { taken, refused }: Encodings,
): Promise<Inflated> {
  const name = encoding?.trim().toLowerCase() ?? '';
  const decompress = taken.some((each) => each === name) ? DECOMPRESS[name] : undefined;
  if (decompress === undefined) {
    const isRefused = refused === 'all others' ? name !== '' && name !== 'identity' : refused.includes(name);
    if (isRefused) return { ok: false, reason: 'unsupported' };
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
