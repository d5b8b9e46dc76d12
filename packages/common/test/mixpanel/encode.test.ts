import { definePlan, drop, event, hash, url } from '@qr/events';
import fc from 'fast-check';
import Type from 'typebox';
import { beforeEach, describe, expect, it } from 'vitest';
import { createEncoder } from '../../src/mixpanel/encode.ts';
import { isUsableId } from '../../src/mixpanel/identity.ts';

const text = (description = 'x') => Type.String({ description });
const plan = definePlan({
  events: {
    tested: event({
      description: 'Something was tested.',
      owner: 'platform',
      surfaces: ['server'],
      properties: {
        word: Type.Optional(text()),
        count: Type.Optional(Type.Number({ description: 'x' })),
        flag: Type.Optional(Type.Boolean({ description: 'x' })),
        email: Type.Optional(hash(text())),
        note: Type.Optional(drop(text())),
        page: Type.Optional(url(text())),
      },
    }),
  },
  profile: { plan: Type.Optional(text()), $email: Type.Optional(hash(text())) },
});
let left: string[] = [];
const encoder = createEncoder({
  plan,
  hash: (value) => `hash of ${value}`,
  base: { service: 'test', environment: 'test', release: 'r1' },
  onLeftOut: (_what, reason, name) => left.push(`${reason} ${name}`),
});
const occurrence = { id: 'u1', time: 1_700_000_000_000, insertId: 'id-1', traceId: undefined };

beforeEach(() => {
  left = [];
});

function encode(properties: unknown, changes: Partial<Parameters<typeof encoder.encodeEvent>[1]> = {}) {
  const event = encoder.event('tested');
  if (!event) throw new Error('expected the event to be planned');
  const json = encoder.encodeEvent(event, { ...occurrence, ...changes }, properties);
  return JSON.parse(json) as { event: string; properties: Record<string, unknown> };
}

describe('an encoded event', () => {
  it('says who, when, where from and in which trace', () => {
    expect(encode({ word: 'hello' }, { traceId: 'abc' })).toEqual({
      event: 'tested',
      properties: {
        word: 'hello',
        service: 'test',
        environment: 'test',
        release: 'r1',
        trace_id: 'abc',
        distinct_id: 'u1',
        $user_id: 'u1',
        time: 1_700_000_000_000,
        $insert_id: 'id-1',
        mp_lib: 'qr-observability',
      },
    });
  });

  it('hashes, drops and shortens as the plan says', () => {
    const { properties } = encode({ email: 'Joe@x.y', note: 'secret', page: 'https://x.y/z?token=1#a' });
    expect(properties).toMatchObject({ email_hash: 'hash of Joe@x.y', page: 'https://x.y/z' });
    expect(properties).not.toHaveProperty('email');
    expect(properties).not.toHaveProperty('note');
    expect(left).toEqual([]);
  });

  it('leaves out what is not planned, and names it', () => {
    const { properties } = encode({ word: 'a', street: 'Elm Street', constructor: 1 });
    expect(properties).not.toHaveProperty('street');
    expect(left).toEqual(['unplanned_property street', 'unplanned_property constructor']);
  });

  it('leaves out a value of another type than planned: an object may hold anything', () => {
    const { properties } = encode({ word: { name: 'Joe' }, count: Number.NaN, flag: 'yes' });
    expect(JSON.stringify(properties)).not.toContain('Joe');
    expect(left).toEqual(['invalid_property word', 'invalid_property count', 'invalid_property flag']);
  });

  it('keeps what can be read when a getter throws', () => {
    const properties = Object.defineProperty({ flag: true }, 'word', {
      enumerable: true,
      get: () => {
        throw new Error('no');
      },
    });
    expect(encode(properties).properties).toMatchObject({ flag: true });
    expect(left).toEqual(['invalid_property word']);
  });

  it('cuts text at 255 bytes on a character boundary', () => {
    expect(encode({ word: '\u20ac'.repeat(200) }).properties['word']).toBe('\u20ac'.repeat(85));
  });

  it.each(['"', '\\', '\n', '\u0000', '\u2028', '\ud800', '\u{1F600}', 'x"'.repeat(40)])(
    'carries the text %j unchanged',
    (word) => {
      expect(encode({ word }).properties['word']).toBe(word);
    },
  );

  it('knows a visitor by device id, and nobody by an empty id', () => {
    expect(encode({}, { id: '$device:d"1' }).properties).toMatchObject({
      distinct_id: '$device:d"1',
      $device_id: 'd"1',
    });
    const nobody = encode({}, { id: '' }).properties;
    expect(nobody['distinct_id']).toBe('');
    expect(nobody).not.toHaveProperty('$user_id');
  });

  it('does not exist for an event that is not in the plan', () => {
    for (const name of ['unknown_event', 'toString', '', undefined, Symbol('s')])
      expect(encoder.event(name)).toBeUndefined();
  });

  it('is valid JSON with planned keys only, whatever the properties are', () => {
    const allowed = new Set([
      ...['word', 'count', 'flag', 'email_hash', 'page', 'service', 'environment', 'release'],
      ...['distinct_id', '$user_id', 'time', '$insert_id', 'mp_lib'],
    ]);
    const anything = fc.anything({ withBigInt: true, withDate: true, withSparseArray: true, withNullPrototype: true });
    fc.assert(
      fc.property(
        fc.oneof(anything, fc.record({ word: anything, count: anything, email: anything, page: anything })),
        (properties) => {
          const { properties: sent } = encode(properties);
          expect(Object.keys(sent).filter((key) => !allowed.has(key))).toEqual([]);
          for (const value of Object.values(sent)) expect(['string', 'number', 'boolean']).toContain(typeof value);
        },
      ),
    );
  });
});

describe('an id', () => {
  it.each([
    ...['anonymous', 'NULL', ' undefined ', '0', '00000000-0000-0000-0000-000000000000'],
    ...[undefined, null, 7, 'x'.repeat(256), '\u20ac'.repeat(86)],
  ])('is refused when it would merge strangers: %s', (id) => {
    expect(isUsableId(id)).toBe(false);
  });

  it.each(['', 'u1', '0a', 'a0b1c2d3-0000-4000-8000-000000000000', '$device:abc', 'x'.repeat(255), '0123456789ab'])(
    'is accepted: %s',
    (id) => {
      expect(isUsableId(id)).toBe(true);
    },
  );
});

describe('an encoded profile update', () => {
  it('filters and hashes the operands', () => {
    const encoded = encoder.profile('u1', { $set: { plan: 'pro', $email: 'a@b.co', street: 'x' } }, { $token: 't' });
    expect(JSON.parse(String(encoded))).toEqual({
      $token: 't',
      $distinct_id: 'u1',
      $set: { plan: 'pro', email_hash: 'hash of a@b.co' },
    });
    expect(left).toEqual(['unplanned_property street']);
  });

  it('is refused for nobody', () => {
    expect(encoder.profile('', { $set: {} }, {})).toEqual({ dropped: 'forbidden_id' });
  });
});
