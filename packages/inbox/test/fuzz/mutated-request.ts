import fc from 'fast-check';
import { type Compression, type Sample, type WrittenRequest, writeSample } from '../samples/sample.ts';
import { applyChanges, changes } from './mutated-payload.ts';
import { oddText } from './odd-values.ts';

/** What becomes of the bytes of a body. */
type ByteChange =
  | { readonly kind: 'none' }
  | { readonly kind: 'cut' | 'flip' | 'repeat'; readonly at: number }
  | { readonly kind: 'insert'; readonly at: number; readonly bytes: readonly number[] };

const at = fc.nat({ max: 1_000_000 });
const byteChange: fc.Arbitrary<ByteChange> = fc.oneof(
  { weight: 8, arbitrary: fc.constant({ kind: 'none' as const }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom('cut' as const, 'flip' as const, 'repeat' as const), at }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('insert' as const),
      at,
      bytes: fc.constantFrom([0xff], [0xc5], [0], [0x0a], [0x0d, 0x0a], [0xef, 0xbb, 0xbf], [0xed, 0xa0, 0x80], [0x26]),
    }),
  },
);

/** Headers that replace those of the sample; a list is sent as repeated headers. */
const headers: fc.Arbitrary<Record<string, string | string[]>> = fc.oneof(
  { weight: 6, arbitrary: fc.constant({}) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        fc.constantFrom(
          'content-type',
          'content-encoding',
          'x-sentry-auth',
          'authorization',
          'x-forwarded-for',
          'origin',
          'user-agent',
        ),
        fc.oneof(
          fc.constantFrom<string | string[]>(
            '',
            'gzip',
            'GZIP',
            'gzip, gzip',
            'deflate',
            'br',
            'zstd',
            'identity',
            'rot13',
          ),
          fc.constantFrom<string | string[]>(
            'application/json',
            'multipart/form-data',
            'text/plain;charset="',
            ';;;',
            'a/b/c',
          ),
          fc.constantFrom<string | string[]>(
            'Sentry sentry_key=',
            'Sentry sentry_key=public',
            'Basic',
            'Basic :',
            'Bearer x',
          ),
          fc.constantFrom<string | string[]>(
            ['gzip', 'gzip'],
            ['application/json', 'text/plain'],
            ['Sentry a=b', 'Sentry sentry_key=x'],
          ),
          fc.string({ maxLength: 30 }).map((text) => text.replace(/[^\x20-\x7e]/g, '')),
        ),
      )
      .map(([name, value]) => ({ [name]: value })),
  },
);

const query = fc.oneof(
  { weight: 6, arbitrary: fc.constant('') },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        fc.constantFrom(
          'verbose',
          'strict',
          'ip',
          'img',
          'callback',
          'data',
          'sentry_key',
          'sentry_version',
          'project_id',
          '__proto__',
          'a[b]',
        ),
        oddText.map((text) => encodeURIComponent(Buffer.from(text.slice(0, 2000)).toString())),
      )
      .map(([name, value]) => `${name}=${value}`),
  },
);

/** A request like that of a sample, with changes on every level: values, bytes, compression, headers, query. */
export function mutatedRequest(samples: readonly Sample[]): fc.Arbitrary<WrittenRequest> {
  return fc
    .record({
      sample: fc.constantFrom(...samples),
      changes,
      written: byteChange,
      compression: fc.oneof(
        { weight: 6, arbitrary: fc.constant(undefined) },
        fc.constantFrom<Compression>('gzip', 'deflate', 'br'),
      ),
      compressed: byteChange,
      headers,
      query,
    })
    .map((parts) => {
      const { sample } = parts;
      const payload = applyChanges(sample.payload, parts.changes);
      const write = (value: unknown): Buffer => changeBytes(Buffer.from(written(sample, value)), parts.written);
      const plain = writeSample(
        { ...sample, write, ...(parts.compression && { compression: parts.compression }) },
        payload,
      );
      const separator = plain.path.includes('?') ? '&' : '?';
      return {
        ...plain,
        path: parts.query === '' ? plain.path : `${plain.path}${separator}${parts.query}`,
        headers: { ...plain.headers, ...parts.headers },
        body: changeBytes(plain.body, parts.compressed),
      };
    });
}

/** The lines of an envelope may be no list any more, or hold what no SDK writes as a line. */
function written(sample: Sample, payload: unknown): string | Buffer {
  try {
    return sample.write(payload);
  } catch {
    return JSON.stringify(payload) ?? '';
  }
}

function changeBytes(body: Buffer, change: ByteChange): Buffer {
  if (change.kind === 'none' || body.length === 0) return body;
  const place = change.at % body.length;
  if (change.kind === 'cut') return body.subarray(0, place);
  if (change.kind === 'repeat') return Buffer.concat([body, body.subarray(place)]);
  if (change.kind === 'insert')
    return Buffer.concat([body.subarray(0, place), Buffer.from(change.bytes), body.subarray(place)]);
  const flipped = Buffer.from(body);
  flipped[place] = 0xff - (flipped[place] ?? 0);
  return flipped;
}
