import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';

/** How many encodings may lie around each other. */
const MAX_DEPTH = 4;

/** Everything that some bytes may mean: uncompressed, and with base64, URL, form and JSON encodings undone, also within each other. */
function meanings(bytes: Buffer): string[] {
  const texts = new Set<string>();
  const words = new Set<string>();
  const read = (text: string, depth: number) => {
    if (texts.has(text) || text === '') return;
    texts.add(text);
    if (depth === MAX_DEPTH) return;
    for (const decoded of [percentDecoded(text), text.replaceAll('+', ' '), jsonUnescaped(text)])
      read(decoded, depth + 1);
    for (const word of text.match(/[A-Za-z0-9+/_-]{8,}={0,2}/g) ?? []) {
      if (words.has(word)) continue;
      words.add(word);
      const decoded = Buffer.from(word, 'base64');
      for (const plain of [decoded, ...(isCompressed(decoded) ? inflated(decoded) : [])]) {
        if (isText(plain)) read(plain.toString('utf8'), depth + 1);
      }
    }
  };
  for (const plain of [bytes, ...inflated(bytes)]) read(plain.toString('utf8'), 0);
  return [...texts];
}

/** Which of the needles some bytes hold, whatever their case and, for numbers, their spacing. */
export function found(bytes: readonly Buffer[], needles: readonly string[]): string[] {
  const haystack = bytes.flatMap(meanings).map((text) => text.toLowerCase());
  const compact = haystack.map((text) => text.replace(/[ -]/g, ''));
  return needles.filter((needle) => {
    const wanted = needle.toLowerCase();
    return haystack.some((text) => text.includes(wanted)) || compact.some((text) => text.includes(wanted));
  });
}

function inflated(buffer: Buffer): Buffer[] {
  return [gunzipSync, inflateSync, inflateRawSync, brotliDecompressSync].flatMap((decompress) => {
    try {
      const plain = decompress(buffer);
      return plain.length > 0 ? [plain] : [];
    } catch {
      return [];
    }
  });
}

function percentDecoded(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'));
}

function jsonUnescaped(text: string): string {
  return text.replace(/\\(?:u([0-9a-f]{4})|(.))/gis, (_, code: string | undefined, sign: string) =>
    code ? String.fromCharCode(Number.parseInt(code, 16)) : ({ n: '\n', r: '\r', t: '\t' }[sign] ?? sign),
  );
}

/** The magic numbers of gzip and zlib, RFC 1952 and 1950; brotli and raw deflate have none and are looked for in whole bodies. */
function isCompressed(buffer: Buffer): boolean {
  return (
    buffer.length > 8 &&
    (buffer.readUInt16BE() === 0x1f8b || (buffer.readUInt16BE() % 31 === 0 && (buffer[0] ?? 0) % 16 === 8))
  );
}

function isText(buffer: Buffer): boolean {
  return !/[^\P{Cc}\s]|\uFFFD/u.test(buffer.toString('utf8'));
}
