import * as zlib from 'node:zlib';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Encodings, inflate } from '../../src/http/ingestion.ts';

const ALL: Encodings = { taken: ['gzip', 'x-gzip', 'deflate', 'br', 'zstd'], others: 'as sent' };
const GZIP: Encodings = { taken: ['gzip'], others: 'refused' };
const COMPRESS = { gzip: gzipSync, 'x-gzip': gzipSync, deflate: deflateSync, br: brotliCompressSync } as const;
const encoding = fc.constantFrom('gzip', 'x-gzip', 'deflate', 'br');

describe('a compressed body', () => {
  it('comes back as it was, or is too large: never more than the bound', async () => {
    const property = fc.asyncProperty(
      fc.uint8Array({ maxLength: 300 }),
      fc.integer({ min: 1, max: 5000 }),
      fc.integer({ min: 1, max: 50_000 }),
      encoding,
      async (seed, repeat, maxBytes, name) => {
        const plain = Buffer.concat(Array(Math.ceil(repeat / 50)).fill(seed));
        const inflated = await inflate(COMPRESS[name](plain), name, maxBytes, ALL);
        if (plain.length > maxBytes) expect(inflated).toEqual({ ok: false, reason: 'too-large' });
        else expect(inflated.ok && inflated.body.equals(plain)).toBe(true);
      },
    );
    await fc.assert(property, { numRuns: 60 });
  });

  it('of any bytes never throws', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), encoding, async (bytes, name) => {
        expect(typeof (await inflate(Buffer.from(bytes), name, 1000, ALL)).ok).toBe('boolean');
      }),
    );
  });

  it('that is cut short is corrupt', async () => {
    const whole = gzipSync('hello '.repeat(100));
    const inflated = await inflate(whole.subarray(0, whole.length - 5), 'gzip', 10_000, ALL);
    expect(inflated).toEqual({ ok: false, reason: 'corrupt' });
  });

  it('that would be 1 GB takes no more memory than the bound', async () => {
    const bomb = gzipSync(gzipSync(Buffer.alloc(64 * 1024 * 1024)));
    const before = process.memoryUsage().arrayBuffers;
    const once = await inflate(bomb, 'gzip', 1024 * 1024, ALL);
    const again = once.ok ? await inflate(once.body, 'gzip', 1024 * 1024, ALL) : once;
    expect(again).toEqual({ ok: false, reason: 'too-large' });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * 1024 * 1024);
  });
});

/** Node knows zstd from 22.15 on. */
const NOT_ZSTD = 'zstdDecompress' in zlib ? 'corrupt' : 'unsupported';

describe('an encoding', () => {
  it.each<[string | undefined, Encodings, 'as it came' | 'unsupported' | 'corrupt']>([
    [undefined, ALL, 'as it came'],
    ['', GZIP, 'as it came'],
    ['identity', GZIP, 'as it came'],
    ['rot13', ALL, 'as it came'],
    ['rot13', GZIP, 'unsupported'],
    ['br', GZIP, 'unsupported'],
    ['zstd', ALL, NOT_ZSTD],
    ['ZSTD ', ALL, NOT_ZSTD],
    ['zstd', GZIP, 'unsupported'],
    ['__proto__', ALL, 'as it came'],
  ])('of %j is read %#', async (name, encodings, expected) => {
    const inflated = await inflate(Buffer.from('hello'), name, 100, encodings);
    expect(inflated.ok ? 'as it came' : inflated.reason).toBe(expected);
  });

  it('of gzip may be spelled in capitals', async () => {
    const inflated = await inflate(gzipSync('hello'), 'GZIP', 100, GZIP);
    expect(inflated.ok && inflated.body.toString()).toBe('hello');
  });
});
