import { definePlan, drop, event, hash, url } from '@qr/plan';
import fc from 'fast-check';
import Type from 'typebox';
import { beforeEach, describe, expect, it } from 'vitest';
import { createEncoder } from '../../../telemetry/src/analytics/encoder.ts';
import type { InsertId } from '../../../telemetry/src/analytics/ids.ts';
import { isUsableId, usableIdOf } from '../../../telemetry/src/analytics/ids.ts';
import { core } from '../../src/instance.ts';

const text = (description = 'x') => Type.String({ description });
const plan = definePlan({
  destinations: ['mixpanel'],
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
        country: Type.Optional(text()),
        words: Type.Optional(Type.Array(text(), { description: 'x' })),
      },
    }),
  },
  profile: {
    plan: Type.Optional(text()),
    $email: Type.Optional(hash(text())),
    $name: Type.Optional(drop(text())),
    visits: Type.Optional(Type.Integer({ description: 'x' })),
    tags: Type.Optional(Type.Array(text(), { description: 'x' })),
  },
});
let left: string[] = [];
const encoder = createEncoder({
  plan,
  people: { hashPersonal: (value) => `hash of ${value}`, sentIdOf: core.people.sentIdOf },
  base: { service: 'test', environment: 'test', release: 'r1' },
  onLeftOut: (_what, reason, name) => left.push(`${reason} ${name}`),
});
const occurrence = { id: 'u1', time: 1_700_000_000_000, insertId: 'id-1' as InsertId, traceId: undefined };

beforeEach(() => {
  left = [];
});

/** Texts that would leave a JSON string which does not escape them. */
const hostileText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('a","x":"secret","b":"', '"}}', '\\', '\\"', '\ud800', '$device:"', '\u2028', '\n', '\u0000'),
);

function tested() {
  const event = encoder.event('tested');
  if (!event) throw new Error('expected the event to be planned');
  return event;
}

function refuse(): never {
  throw new Error('no');
}

function encode(properties: unknown, changes: Partial<Parameters<typeof encoder.encodeEvent>[1]> = {}) {
  const json = encoder.encodeEvent(tested(), { ...occurrence, ...changes }, properties);
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
        ip: '0',
      },
    });
  });

  it('escapes and cuts the names of service, environment and release', () => {
    const hostile = 'a","x":"secret","b":"\ud800';
    const base = { service: hostile, environment: hostile, release: 'r'.repeat(300) };
    const other = createEncoder({ plan, people: core.people, base, onLeftOut: () => {} });
    const { properties } = JSON.parse(other.encodeEvent(other.event('tested') ?? tested(), occurrence, {}));
    expect(properties).toMatchObject({ service: 'a","x":"secret","b":"\ufffd', release: 'r'.repeat(255) });
    expect(properties).not.toHaveProperty('x');
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

  it.each(['"', '\\', '\n', '\u0000', '\u2028', '\u{1F600}', 'x"'.repeat(40)])(
    'carries the text %j unchanged',
    (word) => {
      expect(encode({ word }).properties['word']).toBe(word);
    },
  );

  it.each([
    ['half of a pair', '\ud83d!', '\ufffd!'],
    ['half of a pair in a long text', `\ude00${'x'.repeat(100)}`, `\ufffd${'x'.repeat(100)}`],
    ['a pair across the limit', `${'x'.repeat(254)}\u{1F600}`, 'x'.repeat(254)],
  ])('carries well-formed text only: %s', (_, word, expected) => {
    expect(encode({ word }).properties['word']).toBe(expected);
    expect(encode({ word, flag: 'no boolean' }).properties['word']).toBe(expected);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, new Date(Number.NaN), Symbol('s'), () => 'x', ['x'], { x: 1 }])(
    'leaves out and counts %s where a text is planned',
    (word) => {
      expect(encode({ word }).properties).not.toHaveProperty('word');
      expect(left).toEqual(['invalid_property word']);
    },
  );

  it('keeps an event when a value throws while it is converted', () => {
    const word = Object.assign(new Date(), { toISOString: () => Promise.reject(new Error('no')), getTime: null });
    expect(encode({ flag: true, word }).properties).toMatchObject({ flag: true });
    expect(left).toEqual(['invalid_property word']);
  });

  it('carries a planned list without the elements that are of another type', () => {
    expect(encode({ words: ['a', '\ud800', {}, Number.NaN, 7] }).properties['words']).toEqual(['a', '\ufffd', '7']);
    expect(left).toEqual(['invalid_property words']);
  });

  it.each([
    ['longer than the vendor takes', Array.from({ length: 255 }, () => 'x')],
    ['heavier than the vendor takes', Array.from({ length: 100 }, () => 'x'.repeat(100))],
    ['of a length that would take hours to walk', new Array(4_000_000_000)],
    ['no list', 'x'],
  ])('leaves out a list that is %s', (_, words) => {
    expect(encode({ words }).properties).not.toHaveProperty('words');
    expect(left).toEqual(['invalid_property words']);
  });

  it('is placed in the country that the plan names, and never at the address of the server', () => {
    expect(encode({ country: 'DE' }).properties).toMatchObject({ country: 'DE', mp_country_code: 'DE', ip: '0' });
    for (const country of ['unknown', 'ZZ', 'de', 'XX', ''])
      expect(encode({ country }).properties).not.toHaveProperty('mp_country_code');
    const throwing = Object.defineProperty({ country: 'FR' }, 'word', { enumerable: true, get: refuse });
    expect(encode(throwing).properties).toMatchObject({ mp_country_code: 'FR' });
  });

  it('carries the device of a user beside the user', () => {
    expect(encode({}, { id: 'u1', deviceId: 'd"1' }).properties).toMatchObject({
      distinct_id: 'u1',
      $user_id: 'u1',
      $device_id: 'd"1',
    });
  });

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
      ...['country', 'mp_country_code', 'words', '$device_id', 'trace_id'],
      ...['word', 'count', 'flag', 'email_hash', 'page', 'service', 'environment', 'release'],
      ...['distinct_id', '$user_id', 'time', '$insert_id', 'mp_lib', 'ip'],
    ]);
    const anything = fc.anything({ withBigInt: true, withDate: true, withSparseArray: true, withNullPrototype: true });
    fc.assert(
      fc.property(
        fc.oneof(
          anything,
          fc.record({ word: anything, count: anything, email: anything, page: anything, words: anything }),
          fc.record({ word: hostileText, country: hostileText, words: fc.array(hostileText) }),
        ),
        fc.record({ id: hostileText, deviceId: hostileText, traceId: hostileText }, { requiredKeys: ['traceId'] }),
        (properties, changes) => {
          const json = encoder.encodeEvent(tested(), { ...occurrence, ...changes }, properties);
          const { properties: sent } = JSON.parse(json) as { properties: Record<string, unknown> };
          expect(Object.keys(sent).filter((key) => !allowed.has(key))).toEqual([]);
          for (const value of Object.values(sent).flat()) {
            expect(['string', 'number', 'boolean']).toContain(typeof value);
            if (typeof value === 'string') expect(value.isWellFormed()).toBe(true);
          }
        },
      ),
    );
  });
});

describe('an id', () => {
  it.each([
    ...['anonymous', 'NULL', ' undefined ', '0', '00000000-0000-0000-0000-000000000000'],
    ...['anonymous ', '\u00a0anonymous', 'NaN', ' nan', '[object Object]', '[OBJECT object]\t', 'Infinity', '  '],
    ...['$device:', '$device:null', '$device: undefined ', '$device:00000000-0000-0000-0000-000000000000'],
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

  it.each([
    [12_345, '12345'],
    [-12.5, '-12.5'],
    [123n, '123'],
    ['u1', 'u1'],
  ])('leaves as text: %s', (id, text) => {
    expect(usableIdOf(id)).toBe(text);
  });

  it.each([
    Number.NaN,
    Number.POSITIVE_INFINITY,
    0,
    -0,
    -1,
    2 ** 53,
    true,
    {},
    [],
    ['u1'],
    new Date(),
    Symbol('s'),
    null,
  ])('is refused when it is no text and no exact number: %s', (id) => {
    expect(usableIdOf(id)).toBeUndefined();
  });
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

  const update = (operations: Record<string, unknown>) => {
    const encoded = encoder.profile('u1', operations, {});
    return typeof encoded === 'string' ? (JSON.parse(encoded) as Record<string, unknown>) : encoded;
  };

  it('unsets what is stored', () => {
    expect(update({ $unset: ['$email', 'plan', 'email_hash', 'street', '$name', 7] })).toMatchObject({
      $unset: ['email_hash', 'plan'],
    });
    expect(left).toEqual(['unplanned_property street', 'unplanned_property number']);
  });

  it('carries lists whole, each element as the plan says', () => {
    expect(
      update({ $set: { tags: ['a', 'b'] }, $union: { tags: ['a', {}, 'c'], plan: 'pro', street: ['x'] } }),
    ).toMatchObject({ $set: { tags: ['a', 'b'] }, $union: { tags: ['a', 'c'], plan: ['pro'] } });
    expect(left).toEqual(['invalid_property tags', 'unplanned_property street']);
  });

  it('appends and removes single values, and adds numbers only', () => {
    expect(
      update({ $append: { tags: 'a' }, $remove: { tags: 'b', $email: 'a@b.co' }, $add: { visits: 2, plan: 1 } }),
    ).toMatchObject({
      $append: { tags: 'a' },
      $remove: { tags: 'b', email_hash: 'hash of a@b.co' },
      $add: { visits: 2 },
    });
    expect(left).toEqual(['invalid_property plan']);
  });

  it('has no operation that is empty', () => {
    expect(update({ $set: { plan: 'pro' }, $union: { street: ['x'] }, $unset: [], $append: {} })).toEqual({
      $distinct_id: 'u1',
      $set: { plan: 'pro' },
    });
  });

  it.each([
    ['counted when all of it was left out', { $set: { street: 'x' } }, 'invalid_record'],
    ['not counted when nothing was asked for', { $set: {} }, undefined],
    ['not counted when the plan drops all of it', { $set: { $name: 'Joe' } }, undefined],
  ])('is not sent without an operation, and %s', (_, operations, dropped) => {
    expect(update(operations)).toEqual({ dropped });
  });

  it.each(['', undefined, '[object Object]', Number.NaN])('is refused for nobody: %s', (id) => {
    expect(encoder.profile(id, { $set: {} }, {})).toEqual({ dropped: 'forbidden_id' });
  });

  it('of a group names the group and nobody else', () => {
    expect(JSON.parse(String(encoder.group('company', 7, { $set: { plan: 'pro' } }, {})))).toEqual({
      $group_key: 'company',
      $group_id: '7',
      $set: { plan: 'pro' },
    });
    expect(encoder.group('', 'acme', { $set: { plan: 'pro' } }, {})).toEqual({ dropped: 'forbidden_id' });
  });
});
