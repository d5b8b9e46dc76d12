import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';
import type { Dispatcher } from 'undici';
import { type Reply, reasonOf } from './lanes.ts';

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** Receivers of ours answer with a line or two, an error of a proxy is a page; one that says more is cut off. */
const MAX_ANSWER_BYTES = 1024 * 1024;
/** Nobody compresses a reply of a few lines more than once; a longer list is an attack. */
const MAX_ENCODINGS = 2;
const ENCODING_SEPARATOR = /\s*,\s*/;

type Decode = (body: Buffer, limits: { readonly maxOutputLength: number }) => Buffer;

const decoders: Readonly<Record<string, Decode>> = {
  identity: (body) => body,
  gzip: gunzipSync,
  'x-gzip': gunzipSync,
  br: brotliDecompressSync,
  deflate: inflate,
};

/**
 * One request and its answer, as undici's dispatcher tells of it. `request()` would make a stream, a promise for its text and a signal for each:
 * more than the rest of the request, which counts where there is one for each sampled trace.
 */
export class HttpExchange implements Dispatcher.DispatchHandler {
  readonly #resolve: (reply: Reply) => void;
  /** A receiver that answers byte by byte resets the timeouts of the connection each time. */
  readonly #limit: NodeJS.Timeout;
  readonly #limitMs: number;
  #controller: Dispatcher.DispatchController | undefined;
  #status = 0;
  #headers: Headers = {};
  #chunks: Buffer[] = [];
  #bytes = 0;
  #isOver = false;

  constructor(resolve: (reply: Reply) => void, limitMs: number) {
    this.#resolve = resolve;
    this.#limitMs = limitMs;
    this.#limit = setTimeout(() => this.#abort(`no whole answer within ${this.#limitMs} ms`), limitMs).unref();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // The connection came after the limit; sent now, the body would arrive twice.
    if (this.#isOver) controller.abort(new Error('no longer wanted'));
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: Headers): void {
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > MAX_ANSWER_BYTES) return this.#abort(`an answer of more than ${MAX_ANSWER_BYTES} bytes`);
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    const headers = flatten(this.#headers);
    const body = decodeBody(Buffer.concat(this.#chunks), headers['content-encoding'], MAX_ANSWER_BYTES);
    this.#end({ status: this.#status, headers, body });
  }

  onResponseError(_controller: unknown, error: unknown): void {
    this.#end({ networkError: reasonOf(error) });
  }

  #abort(reason: string): void {
    const error = new Error(reason);
    this.#controller?.abort(error);
    this.onResponseError(undefined, error);
  }

  #end(reply: Reply): void {
    this.#isOver = true;
    clearTimeout(this.#limit);
    this.#resolve(reply);
  }
}

function flatten(headers: Headers): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}

/**
 * Returns the text of a reply, decoded as its `content-encoding` says: proxies compress although they were not asked to. A body that cannot be decoded becomes a
 * sentence that says so, which no receiver would write. Synchronous, because replies are small.
 */
function decodeBody(body: Buffer, contentEncoding: string | undefined, maxBytes: number): string {
  const names = (contentEncoding ?? '').trim().toLowerCase().split(ENCODING_SEPARATOR).filter(Boolean);
  if (names.length === 0 || body.length === 0) return body.toString();
  try {
    if (names.length > MAX_ENCODINGS) throw new RangeError('too many encodings');
    let decoded = body;
    // Applied in the order in which they are listed. RFC 9110, section 8.4.
    for (const name of names.reverse()) {
      const decode = Object.hasOwn(decoders, name) ? decoders[name] : undefined;
      if (!decode) throw new TypeError('unknown encoding');
      decoded = decode(decoded, { maxOutputLength: maxBytes });
    }
    return decoded.toString();
  } catch {
    return `(a reply whose content-encoding ${contentEncoding?.slice(0, 50)} cannot be decoded)`;
  }
}

/** With the zlib header that RFC 9110 asks for, or without, as some servers send it. */
function inflate(body: Buffer, limits: { readonly maxOutputLength: number }): Buffer {
  const hasHeader = ((body[0] ?? 0) & 0x0f) === 8 && body.length > 1 && body.readUInt16BE(0) % 31 === 0;
  return hasHeader ? inflateSync(body, limits) : inflateRawSync(body, limits);
}
