import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';

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
 * Returns the text of a reply, decoded as its `content-encoding` says: proxies compress although they were not asked to. A body that cannot be decoded becomes a
 * sentence that says so, which no receiver would write. Synchronous, because replies are small.
 */
export function decodeBody(body: Buffer, contentEncoding: string | undefined, maxBytes: number): string {
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
