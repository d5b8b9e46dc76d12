import { describe, expect, it } from 'vitest';
import { Profiles } from '../../src/store/profiles.ts';
import type { JsonObject, StoredProfileUpdate } from '../../src/store/records.ts';

let lastId = 0;
function update(distinctId: string, operations: JsonObject, groupKey: string | null = null): StoredProfileUpdate {
  lastId += 1;
  const endpoint = groupKey === null ? 'engage' : 'groups';
  return { kind: 'profile', id: lastId, receivedAt: lastId, endpoint, distinctId, groupKey, operations };
}

/** The properties of one user after these operations. */
function propertiesAfter(...operations: readonly JsonObject[]): JsonObject | undefined {
  const profiles = new Profiles(10);
  for (const each of operations) profiles.apply(update('u', each));
  return profiles.list()[0]?.properties;
}

describe('a profile', () => {
  it.each<[string, JsonObject[], JsonObject]>([
    ['$set replaces', [{ $set: { a: 1 } }, { $set: { a: 2 } }], { a: 2 }],
    ['$set_once does not replace', [{ $set: { a: 1 } }, { $set_once: { a: 2, b: 3 } }], { a: 1, b: 3 }],
    ['$add counts from 0 and takes negative numbers', [{ $add: { a: 5 } }, { $add: { a: -2 } }], { a: 3 }],
    ['$append keeps repeats', [{ $append: { a: 1 } }, { $append: { a: 1 } }], { a: [1, 1] }],
    [
      '$union does not',
      [{ $union: { a: [1, 2] } }, { $union: { a: [2, { b: 1 }, { b: 1 }] } }],
      { a: [1, 2, { b: 1 }] },
    ],
    ['$remove takes out every equal value', [{ $set: { a: [1, 2, 1] } }, { $remove: { a: 1 } }], { a: [2] }],
    ['$remove of what was never there adds nothing', [{ $set: { b: 1 } }, { $remove: { a: 1 } }], { b: 1 }],
    ['$unset forgets', [{ $set: { a: 1, b: 2 } }, { $unset: ['a', 'c'] }], { b: 2 }],
    ['$delete starts over', [{ $set: { a: 1 } }, { $delete: null }, { $set: { b: 1 } }], { b: 1 }],
  ])('%s', (_what, operations, expected) => {
    expect(propertiesAfter(...operations)).toEqual(expected);
  });

  it('takes a property named __proto__ as data', () => {
    const properties = propertiesAfter(JSON.parse('{"$set":{"__proto__":{"admin":true}}}'));
    expect(Object.keys(properties ?? {})).toEqual(['__proto__']);
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  it('of a user is not that of a group with the same id', () => {
    const profiles = new Profiles(10);
    profiles.apply(update('x', { $set: { a: 1 } }));
    profiles.apply(update('x', { $set: { a: 2 } }, 'company'));
    expect(profiles.list().map(({ groupKey, properties }) => [groupKey, properties['a']])).toEqual([
      [null, 1],
      ['company', 2],
    ]);
  });

  it('untouched for longest goes when there are too many', () => {
    const profiles = new Profiles(2);
    for (const id of ['a', 'b', 'a', 'c']) profiles.apply(update(id, { $set: { id } }));
    expect(profiles.list().map(({ distinctId }) => distinctId)).toEqual(['a', 'c']);
  });
});
