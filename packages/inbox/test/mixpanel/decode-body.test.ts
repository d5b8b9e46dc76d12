import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBody, decodeData } from '../../src/mixpanel/decode-body.ts';

const records = fc.array(
  fc.record({ event: fc.string({ unit: 'binary' }), properties: fc.dictionary(fc.string(), fc.jsonValue()) }),
  { minLength: 1, maxLength: 4 },
);
const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64');

/** What comes out after JSON has carried a value: `-0` is `0` then. */
const overTheWire = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('a body comes back as the records that went in', () => {
  it.each<[string, string | undefined, (value: readonly unknown[]) => string]>([
    ['a JSON array', 'application/json', (value) => JSON.stringify(value)],
    ['a JSON array of no declared type', undefined, (value) => JSON.stringify(value)],
    ['one object a line', 'application/x-ndjson', (value) => value.map((each) => JSON.stringify(each)).join('\n')],
    [
      'one object a line with a last newline',
      'application/x-ndjson',
      (value) => value.map((each) => `${JSON.stringify(each)}\n`).join(''),
    ],
    [
      'a form of JSON',
      'application/x-www-form-urlencoded',
      (value) => `data=${encodeURIComponent(JSON.stringify(value))}`,
    ],
    [
      'a form of escaped base64',
      'application/x-www-form-urlencoded',
      (value) => `data=${encodeURIComponent(base64(value))}`,
    ],
    ['a form of bare base64', 'application/x-www-form-urlencoded', (value) => `data=${base64(value)}`],
    [
      'a form with other fields',
      'application/x-www-form-urlencoded',
      (value) => `ip=0&data=${base64(value)}&verbose=1`,
    ],
  ])('%s', (_encoding, contentType, encode) => {
    fc.assert(
      fc.property(records, (value) => {
        expect(decodeBody(Buffer.from(encode(value)), contentType)).toEqual({ ok: true, records: overTheWire(value) });
      }),
    );
  });

  it('a single object is one record', () => {
    expect(decodeBody(Buffer.from('{"event":"a"}'), undefined)).toEqual({ ok: true, records: [{ event: 'a' }] });
  });
});

it('decoding takes memory in proportion to the body', () => {
  const ofLines = (count: number): Buffer => Buffer.from('{"event":"a"}\n'.repeat(count));
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 300 }), (count) => {
      const decoded = decodeBody(ofLines(count), 'application/x-ndjson');
      expect(decoded.ok && decoded.records.length).toBe(count);
    }),
  );
  // A form of a form of a form is not unpacked again and again: what is inside stays one text.
  const nested = `data=${encodeURIComponent(`data=${encodeURIComponent('data=[]')}`)}`;
  expect(decodeBody(Buffer.from(nested), undefined).ok).toBe(false);
});

describe('a body that is none', () => {
  it.each([
    ['nothing', ''],
    ['a form without data', 'ip=1'],
    ['broken JSON', '[{"event":'],
    ['base64 of broken JSON', `data=${Buffer.from('[{').toString('base64')}`],
    ['a broken line among good ones', '{"event":"a"}\n{"event"'],
  ])('%s is reported, not thrown', (_what, body) => {
    expect(decodeBody(Buffer.from(body), undefined).ok).toBe(false);
  });

  it('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.option(fc.string(), { nil: undefined }), (bytes, contentType) => {
        expect(typeof decodeBody(Buffer.from(bytes), contentType).ok).toBe('boolean');
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (data) => {
        expect(typeof decodeData(data).ok).toBe('boolean');
      }),
    );
  });
});
