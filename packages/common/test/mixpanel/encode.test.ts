import { definePlan, drop, event, hash, url } from '@qr/events';
import fc from 'fast-check';
import Type from 'typebox';
import { describe, expect, it } from 'vitest';
import { createEncoder, type Encoded } from '../../src/mixpanel/encode.ts';

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
const encoder = createEncoder({
  plan,
  hash: (value) => `hash of ${value}`,
  base: { service: 'test', environment: 'test', release: 'r1' },
});
const occurrence = { id: 'u1', time: 1_700_000_000_000, insertId: 'id-1' };

function decode(encoded: Encoded): { event: string; properties: Record<string, unknown> } {
  if (!('record' in encoded)) throw new Error(`dropped: ${encoded.dropped}`);
  return JSON.parse(encoded.record.json);
}

describe('an encoded event', () => {
  it('says who, when, where from and in which trace', () => {
    const encoded = encoder.event('tested', { ...occurrence, traceId: 'abc' }, { word: 'hello' });
    expect(decode(encoded)).toEqual({
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
    const { properties } = decode(
      encoder.event('tested', occurrence, { email: 'Joe@x.y', note: 'secret', page: 'https://x.y/z?token=1#a' }),
    );
    expect(properties).toMatchObject({ email_hash: 'hash of Joe@x.y', page: 'https://x.y/z' });
    expect(properties).not.toHaveProperty('email');
    expect(properties).not.toHaveProperty('note');
  });

  it('leaves out what is not planned, and names it', () => {
    const encoded = encoder.event('tested', occurrence, { word: 'a', street: 'Elm Street', constructor: 1 });
    expect(encoded).toMatchObject({ unplanned: ['street', 'constructor'] });
    expect(decode(encoded).properties).not.toHaveProperty('street');
  });

  it('leaves out a value of another type than planned: an object may hold anything', () => {
    const encoded = encoder.event('tested', occurrence, { word: { name: 'Joe' }, count: Number.NaN, flag: 'yes' });
    expect(encoded).toMatchObject({ invalid: ['word', 'count', 'flag'] });
    expect(JSON.stringify(decode(encoded))).not.toContain('Joe');
  });

  it('cuts text at 255 bytes on a character boundary', () => {
    const { properties } = decode(encoder.event('tested', occurrence, { word: '\u20ac'.repeat(200) }));
    expect(properties['word']).toBe('\u20ac'.repeat(85));
  });

  it('knows a visitor by device id, and nobody by an empty id', () => {
    expect(decode(encoder.event('tested', { ...occurrence, id: '$device:d1' }, {})).properties).toMatchObject({
      distinct_id: '$device:d1',
      $device_id: 'd1',
    });
    const nobody = decode(encoder.event('tested', { ...occurrence, id: '' }, {})).properties;
    expect(nobody['distinct_id']).toBe('');
    expect(nobody).not.toHaveProperty('$user_id');
  });

  it.each([
    'anonymous',
    'NULL',
    ' undefined ',
    '0',
    '00000000-0000-0000-0000-000000000000',
    undefined,
    null,
    7,
    'x'.repeat(256),
  ])('is refused for the id %s, which would merge strangers', (id) => {
    expect(encoder.event('tested', { ...occurrence, id }, {})).toEqual({ dropped: 'forbidden_id' });
  });

  it.each(['unknown_event', 'toString', '', undefined, Symbol('s')])(
    'is refused when %s is not in the plan',
    (name) => {
      expect(encoder.event(name, occurrence, {})).toEqual({ dropped: 'unplanned_event' });
    },
  );

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
          const { properties: sent } = decode(encoder.event('tested', occurrence, properties));
          expect(Object.keys(sent).filter((key) => !allowed.has(key))).toEqual([]);
          for (const value of Object.values(sent)) expect(['string', 'number', 'boolean']).toContain(typeof value);
        },
      ),
    );
  });
});

describe('an encoded profile update', () => {
  it('filters and hashes the operands', () => {
    const encoded = encoder.profile('u1', { $set: { plan: 'pro', $email: 'a@b.co', street: 'x' } }, { $token: 't' });
    expect(decode(encoded)).toEqual({
      $token: 't',
      $distinct_id: 'u1',
      $set: { plan: 'pro', email_hash: 'hash of a@b.co' },
    });
    expect(encoded).toMatchObject({ unplanned: ['street'] });
  });

  it('is refused for nobody', () => {
    expect(encoder.profile('', { $set: {} }, {})).toEqual({ dropped: 'forbidden_id' });
  });
});
