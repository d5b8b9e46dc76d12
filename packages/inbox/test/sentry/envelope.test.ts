import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type EnvelopeItem, parseEnvelope } from '../../src/sentry/envelope.ts';

interface Written {
  readonly headers: Record<string, unknown>;
  readonly items: readonly { readonly type: string; readonly payload: Buffer; readonly withLength: boolean }[];
}

const NEWLINE = Buffer.from('\n');
const jsonObject = fc.dictionary(fc.string(), fc.jsonValue());
const binary = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes));

/** Only a payload without a newline may do without a length. */
const item = fc.oneof(
  fc.record({ type: fc.constant('attachment'), payload: binary, withLength: fc.constant(true) }),
  fc.record({
    type: fc.constant('event'),
    payload: jsonObject.map((value) => Buffer.from(JSON.stringify(value))),
    withLength: fc.boolean(),
  }),
);
const written: fc.Arbitrary<Written> = fc.record({ headers: jsonObject, items: fc.array(item, { maxLength: 4 }) });

function write({ headers, items }: Written, lastNewline: boolean): Buffer {
  const parts: Buffer[] = [Buffer.from(JSON.stringify(headers))];
  for (const { type, payload, withLength } of items) {
    const header = withLength ? { type, length: payload.length } : { type };
    parts.push(NEWLINE, Buffer.from(JSON.stringify(header)), NEWLINE, payload);
  }
  if (lastNewline) parts.push(NEWLINE);
  return Buffer.concat(parts);
}

function itemsOf(body: Buffer): readonly EnvelopeItem[] {
  const result = parseEnvelope(body);
  if (!result.ok) throw new Error(`expected an envelope, got: ${result.detail}`);
  return result.envelope.items;
}

describe('an envelope', () => {
  it('comes back byte for byte, with lengths and without, with a last newline and without', () => {
    fc.assert(
      fc.property(written, fc.boolean(), (envelope, lastNewline) => {
        const items = itemsOf(write(envelope, lastNewline));
        expect(items.map(({ type, payload }) => [type, payload.toString('hex')])).toEqual(
          envelope.items.map(({ type, payload }) => [type, payload.toString('hex')]),
        );
      }),
    );
  });

  it('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(typeof parseEnvelope(Buffer.from(bytes)).ok).toBe('boolean');
      }),
    );
  });

  it('never throws when a good one is cut or changed anywhere', () => {
    fc.assert(
      fc.property(written, fc.nat(), fc.integer({ min: 0, max: 255 }), (envelope, at, byte) => {
        const body = write(envelope, true);
        const index = at % body.length;
        const changed = Buffer.from(body);
        changed[index] = byte;
        expect(typeof parseEnvelope(changed).ok).toBe('boolean');
        expect(typeof parseEnvelope(body.subarray(0, index)).ok).toBe('boolean');
      }),
    );
  });

  it('may hold nothing', () => {
    expect(itemsOf(Buffer.from('{}'))).toEqual([]);
    expect(itemsOf(Buffer.from('{}\n'))).toEqual([]);
  });

  it('leaves a carriage return to the payload', () => {
    expect(itemsOf(Buffer.from('{}\n{"type":"a"}\nx\r\n')).map(({ payload }) => payload.toString())).toEqual(['x\r']);
  });

  it('keeps newlines inside a payload with a length', () => {
    const items = itemsOf(Buffer.from('{}\n{"type":"a","length":3}\n\n\n\n\n{"type":"b"}\nx'));
    expect(items.map(({ payload }) => payload.toString())).toEqual(['\n\n\n', 'x']);
  });

  it.each([
    ['no bytes', ''],
    ['a header that is no JSON', 'hello'],
    ['a header that is a list', '[]\n{"type":"a"}\nx'],
    ['an item header that is no JSON', '{}\nhello\nx'],
    ['an item without a type', '{}\n{}\nx'],
    ['a length beyond the end', '{}\n{"type":"a","length":9}\nx'],
    ['a length that stops short', '{}\n{"type":"a","length":1}\nxyz'],
    ['a length that ends before the newline', '{}\n{"type":"a","length":1}\nxy{"type":"b"}\nz'],
    ['a negative length', '{}\n{"type":"a","length":-1}\nx'],
    ['a length in words', '{}\n{"type":"a","length":"1"}\nx'],
    ['an empty line between items', '{}\n{"type":"a"}\nx\n\n{"type":"b"}\ny'],
  ])('is malformed with %s', (_what, text) => {
    expect(parseEnvelope(Buffer.from(text)).ok).toBe(false);
  });

  it('of ten thousand items is read in linear time', () => {
    const body = write(
      { headers: {}, items: Array(10_000).fill({ type: 'a', payload: Buffer.from('x'), withLength: true }) },
      true,
    );
    expect(itemsOf(body)).toHaveLength(10_000);
  });
});
