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

  it('is not copied: every payload is a view of the body, so memory stays that of the body', () => {
    fc.assert(
      fc.property(written, (envelope) => {
        const body = write(envelope, true);
        for (const { payload } of itemsOf(body)) {
          expect(payload.buffer).toBe(body.buffer);
          expect(payload.length).toBeLessThanOrEqual(body.length);
        }
      }),
    );
    const large = write(
      { headers: {}, items: [{ type: 'attachment', payload: Buffer.alloc(32 * 1024 * 1024, 'x'), withLength: true }] },
      true,
    );
    const { arrayBuffers, heapUsed } = process.memoryUsage();
    expect(itemsOf(large)).toHaveLength(1);
    const after = process.memoryUsage();
    expect(after.arrayBuffers - arrayBuffers + after.heapUsed - heapUsed).toBeLessThan(4 * 1024 * 1024);
  });

  it('holds no more items than it has room for, whatever the bytes', () => {
    // The smallest item is its type, two newlines and no payload.
    const smallest = '{"type":"a"}\n\n'.length;
    const tokens = fc.constantFrom('{}', '{"type":"a"}', '{"type":"a","length":2}', '\n', 'x', '{', '"');
    fc.assert(
      fc.property(fc.array(tokens, { maxLength: 40 }), (parts) => {
        const body = Buffer.from(parts.join(''));
        const result = parseEnvelope(body);
        const items = result.ok ? result.envelope.items.length : 0;
        expect(items * smallest).toBeLessThanOrEqual(body.length + 1);
      }),
    );
  });

  it('may hold nothing', () => {
    expect(itemsOf(Buffer.from('{}'))).toEqual([]);
    expect(itemsOf(Buffer.from('{}\n'))).toEqual([]);
  });

  // The examples of https://develop.sentry.dev/sdk/foundations/transport/envelopes/#full-examples
  it.each<[string, string, string[]]>([
    [
      'two items',
      '{"event_id":"9ec79c33ec9942ab8353589fcb2e04dc","dsn":"https://k@sentry.io/42"}\n{"type":"attachment","length":10,"content_type":"text/plain","filename":"hello.txt"}\n\ufeffHello\r\n\n{"type":"event","length":41,"content_type":"application/json","filename":"application.log"}\n{"message":"hello world","level":"error"}\n',
      ['\ufeffHello\r\n', '{"message":"hello world","level":"error"}'],
    ],
    [
      'two empty attachments',
      '{"event_id":"9ec79c33ec9942ab8353589fcb2e04dc"}\n{"type":"attachment","length":0}\n\n{"type":"attachment","length":0}\n\n',
      ['', ''],
    ],
    [
      'two empty attachments, the last newline omitted',
      '{"event_id":"9ec79c33ec9942ab8353589fcb2e04dc"}\n{"type":"attachment","length":0}\n\n{"type":"attachment","length":0}\n',
      ['', ''],
    ],
    [
      'an implicit length that a newline ends',
      '{"event_id":"12c2d058-d584-4270-9aa2-eca08bf20986"}\n{"type":"attachment"}\nhelloworld\n',
      ['helloworld'],
    ],
    ['an implicit length that the end ends', '{}\n{"type":"attachment"}\nhelloworld', ['helloworld']],
  ])('is read as documented with %s', (_what, text, payloads) => {
    expect(itemsOf(Buffer.from(text)).map(({ payload }) => payload.toString())).toEqual(payloads);
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
    ['a header with space before it', ' {}\n{"type":"a"}\nx'],
    ['an item header with space after it', '{}\n{"type":"a"} \nx'],
    ['a carriage return after its header', '{}\r\n{"type":"a"}\nx'],
    ['a length that is no whole number', '{}\n{"type":"a","length":0.5}\nx'],
    ['a negative length', '{}\n{"type":"a","length":-1}\nx'],
    ['a length in words', '{}\n{"type":"a","length":"1"}\nx'],
    ['an empty line between items', '{}\n{"type":"a"}\nx\n\n{"type":"b"}\ny'],
  ])('is malformed with %s', (_what, text) => {
    expect(parseEnvelope(Buffer.from(text)).ok).toBe(false);
  });

  it('of a thousand items is read, and one of more is refused', () => {
    const of = (count: number) =>
      write(
        { headers: {}, items: Array(count).fill({ type: 'a', payload: Buffer.from('x'), withLength: true }) },
        true,
      );
    expect(itemsOf(of(1000))).toHaveLength(1000);
    expect(parseEnvelope(of(1001))).toMatchObject({ ok: false, detail: 'too many items' });
  });
});
