import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import type { RawLog } from '../store/raw-log.ts';

type Decompress = (body: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

/** As `zlib.gunzip`; `zstdDecompress` is there from Node 22.15 on. */
type Decompressor = (
  body: Buffer,
  options: zlib.ZlibOptions,
  done: (error: Error | null, result: Buffer) => void,
) => void;

const { zstdDecompress } = zlib as { zstdDecompress?: Decompressor };

const inflateWithHeader = decompressWith(zlib.inflate);
const inflateRaw = decompressWith(zlib.inflateRaw);

const DECOMPRESS: Readonly<Record<string, Decompress>> = {
  gzip: decompressWith(zlib.gunzip),
  'x-gzip': decompressWith(zlib.gunzip),
  deflate: inflateEither,
  br: decompressWith(zlib.brotliDecompress),
  ...(zstdDecompress && { zstd: decompressWith(zstdDecompress) }),
};

function decompressWith(decompress: Decompressor): Decompress {
  return promisify<Buffer, { maxOutputLength: number }, Buffer>(decompress);
}

/** With the zlib header that the name asks for, or without: some clients leave it out, and servers take both. */
function inflateEither(body: Buffer, options: { maxOutputLength: number }): Promise<Buffer> {
  const [method = 0, flags = 0] = body;
  const hasHeader = (method & 0x0f) === 8 && (method * 256 + flags) % 31 === 0;
  return (hasHeader ? inflateWithHeader : inflateRaw)(body, options);
}

/** Which content encodings an endpoint takes, and what it makes of the others. */
export interface Encodings {
  readonly taken: readonly ('gzip' | 'x-gzip' | 'deflate' | 'br' | 'zstd')[];
  /** What to do with any other: read the body as it comes, or refuse it. */
  readonly others: 'as sent' | 'refused';
}

/** What came of undoing a content encoding. */
type Inflated =
  | { readonly ok: true; readonly body: Buffer }
  | { readonly ok: false; readonly reason: 'corrupt' | 'too-large' | 'unsupported' };

/** Undoes `Content-Encoding`, never holding more than `maxBytes` of output: a small body may inflate a thousandfold. */
export async function inflate(
  body: Buffer,
  encoding: string | undefined,
  maxBytes: number,
  { taken, others }: Encodings,
): Promise<Inflated> {
  const name = encoding?.trim().toLowerCase() ?? '';
  const isTaken = taken.some((each) => each === name);
  const decompress = isTaken ? DECOMPRESS[name] : undefined;
  if (decompress === undefined) {
    const isPlain = name === '' || name === 'identity';
    if (isTaken || (others === 'refused' && !isPlain)) return { ok: false, reason: 'unsupported' };
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

declare module 'fastify' {
  interface FastifyRequest {
    /** The body with its content encoding undone; there before any handler. */
    inflated: Inflated;
    /** By the clock of the inbox, milliseconds since the epoch. */
    receivedAt: number;
  }
}

/** How a scope takes bodies. */
interface BodyOptions {
  readonly maxBytes: number;
  readonly encodings: Encodings;
  readonly rawLog: RawLog | undefined;
  readonly now: () => number;
}

const NO_BODY: Inflated = { ok: true, body: Buffer.alloc(0) };

/**
 * Bodies of any content type arrive as bytes: clients name JSON, forms and envelopes in many ways, or not at all. Each
 * is inflated and noted in the raw log, when there is one.
 */
export function takeBodiesAsBytes(app: FastifyInstance, { maxBytes, encodings, rawLog, now }: BodyOptions): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.decorateRequest('inflated');
  app.decorateRequest('receivedAt', 0);
  app.addHook('preHandler', async (request) => {
    if (request.method === 'OPTIONS') return;
    request.receivedAt = now();
    const sent = Buffer.isBuffer(request.body) ? request.body : undefined;
    const { headers, method, url, receivedAt } = request;
    request.inflated =
      sent === undefined ? NO_BODY : await inflate(sent, headers['content-encoding'], maxBytes, encodings);
    // What cannot be inflated is kept as it came: it is evidence all the same.
    const body = request.inflated.ok ? request.inflated.body : (sent ?? Buffer.alloc(0));
    rawLog?.add({ receivedAt, method, url, headers, body });
  });
}
