import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { faultHooks } from '../faults/fault-hooks.ts';
import type { FaultEndpoint, Faults } from '../faults/faults.ts';
import type { RawLog } from '../store/raw-log.ts';
import type { Store } from '../store/store.ts';

/** What the endpoints of both vendors need. */
export interface Ingestion {
  readonly store: Store;
  readonly rawLog: RawLog | undefined;
  readonly faults: Faults;
  readonly now: () => number;
}

/** How the SDK endpoints of one vendor differ from those of the other. */
interface Vendor {
  readonly name: string;
  readonly maxBytes: number;
  readonly encodings: Encodings;
  endpointOf(request: FastifyRequest): FaultEndpoint;
  /** Answers in the vendor's form what is wrong with a request as a whole. */
  refuse(reply: FastifyReply, status: number, message: string): FastifyReply;
}

/** Prepares a scope for the SDKs of a vendor: pages of any origin, bodies of any type, faults, and errors in its form. */
export function openIngestion(app: FastifyInstance, { rawLog, faults, now }: Ingestion, vendor: Vendor): void {
  const { name, maxBytes, encodings, endpointOf, refuse } = vendor;
  allowAnyOrigin(app);
  takeBodiesAsBytes(app, { maxBytes, encodings, rawLog, now });
  faultHooks(app, faults, endpointOf);
  app.setErrorHandler((error, request, reply) => {
    const clientError = clientErrorOf(error);
    if (clientError !== undefined) return refuse(reply, clientError.status, clientError.message);
    request.log.error({ err: error }, `a ${name} request failed`);
    return refuse(reply, 500, 'internal error');
  });
}

/**
 * Lets pages of any origin send telemetry. The origin is mirrored, as mixpanel-browser sends with credentials and a
 * browser refuses `*` there. Only the ingestion endpoints get this: what the inbox holds is not for other origins.
 */
function allowAnyOrigin(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    const { origin } = request.headers;
    reply.header('access-control-allow-origin', origin ?? '*');
    reply.header('access-control-expose-headers', 'X-Sentry-Error, X-Sentry-Rate-Limits, Retry-After');
    if (origin !== undefined) {
      reply.header('access-control-allow-credentials', 'true');
      reply.header('vary', 'Origin');
    }
    done();
  });
}

/** Answers preflight requests for a path that pages of any origin send to. */
export function answerPreflight(app: FastifyInstance, url: string): void {
  app.options(url, ({ headers }, reply) => {
    const headersAllowed = headers['access-control-request-headers'] ?? USUAL_HEADERS;
    return reply
      .code(204)
      .headers({ ...PREFLIGHT, 'access-control-allow-headers': headersAllowed })
      .send();
  });
}

const PREFLIGHT = { 'access-control-allow-methods': 'GET, POST, OPTIONS', 'access-control-max-age': '600' };
const USUAL_HEADERS =
  'authorization, content-encoding, content-type, x-forwarded-for, x-sentry-auth, sentry-trace, baggage, traceparent';

/** Returns the status and message of an error that Fastify found before any handler; undefined for our own. */
function clientErrorOf(error: unknown): { readonly status: number; readonly message: string } | undefined {
  if (!(error instanceof Error) || !('statusCode' in error)) return undefined;
  const { statusCode: status, message } = error;
  return typeof status === 'number' && status >= 400 && status < 500 ? { status, message } : undefined;
}

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
