import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';

/** How a client compresses a body. */
export type Compression = 'gzip' | 'deflate' | 'br';

/** A request as one version of an official SDK writes it, taken apart so that tests can change any part. */
export interface Sample {
  /** SDK and what it reports. */
  readonly name: string;
  readonly method?: 'GET';
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The JSON inside: a record, or a list of lines of an envelope. */
  readonly payload: unknown;
  /** Turns the JSON into the bytes of a body, before compression. */
  readonly write: (payload: unknown) => string | Buffer;
  readonly compression?: Compression;
  /** Puts what `write` returns into the query instead of a body. */
  readonly queryField?: string;
  /** Whether the SDK takes the answer for a success: it raises, or tries again, otherwise. */
  readonly isSuccess: (status: number, body: string) => boolean;
  /** Where the record shows, and as what. */
  readonly shown: readonly [path: string, list: string, record: object];
}

const COMPRESS: Readonly<Record<Compression, (body: Buffer) => Buffer>> = {
  gzip: (body) => gzipSync(body),
  deflate: (body) => deflateSync(body),
  br: (body) => brotliCompressSync(body),
};

function compress(body: Buffer, compression: Compression | undefined): Buffer {
  return compression === undefined ? body : COMPRESS[compression](body);
}

/** A request ready to send. */
export interface WrittenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Buffer;
}

/** Writes the request of a sample, as its SDK would. */
export function writeSample(sample: Sample, payload: unknown = sample.payload): WrittenRequest {
  const { path, headers, compression, queryField, method = 'POST' } = sample;
  const written = Buffer.from(sample.write(payload));
  if (queryField !== undefined) {
    const separator = path.includes('?') ? '&' : '?';
    const query = `${queryField}=${encodeURIComponent(written.toString('utf8'))}`;
    return { method, path: `${path}${separator}${query}`, headers, body: Buffer.alloc(0) };
  }
  const encoding = compression === undefined ? {} : { 'content-encoding': compression };
  return { method, path, headers: { ...headers, ...encoding }, body: compress(written, compression) };
}
