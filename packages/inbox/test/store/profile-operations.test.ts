import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyOperations } from '../../src/store/profiles.ts';
import type { JsonObject } from '../../src/store/records.ts';

/** The properties after these operations, one update each. */
function profileAfter(...operations: readonly JsonObject[]): Record<string, unknown> {
  const properties = new Map<string, unknown>();
  for (const each of operations) applyOperations(properties, each);
  return Object.fromEntries(properties);
}

const name = fc.constantFrom('a', 'b', '__proto__', 'constructor');
const value = fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.array(fc.integer()));

describe('a profile, whatever was there before', () => {
  it('has what was $set last', () => {
    fc.assert(
      fc.property(name, value, value, (key, first, second) => {
        expect(Object.entries(profileAfter({ $set: { [key]: first } }, { $set: { [key]: second } }))).toEqual([
          [key, second],
        ]);
      }),
    );
  });

  it('has what was $set_once first', () => {
    fc.assert(
      fc.property(name, value, value, (key, first, second) => {
        const kept = profileAfter({ $set_once: { [key]: first } }, { $set_once: { [key]: second } });
        expect(Object.entries(kept)).toEqual([[key, first]]);
      }),
    );
  });

  it('has the sum of what was added, in any order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1 }), (numbers) => {
        const sum = numbers.reduce((total, number) => total + number, 0);
        expect(profileAfter(...numbers.map((number) => ({ $add: { a: number } })))).toEqual({ a: sum });
      }),
    );
  });

  it('has a list without repeats after $union, in the order of arrival', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.integer({ min: 0, max: 5 }))), (lists) => {
        const expected = [...new Set(lists.flat())];
        expect(profileAfter(...lists.map((list) => ({ $union: { a: list } })))).toEqual(
          lists.length === 0 ? {} : { a: expected },
        );
      }),
    );
  });

  it('has a list with repeats after $append, and none of a value after $remove', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1 }), (numbers) => {
        const appended = numbers.map((number) => ({ $append: { a: number } }));
        expect(profileAfter(...appended)).toEqual({ a: numbers });
        expect(profileAfter(...appended, { $remove: { a: 1 } })).toEqual({
          a: numbers.filter((number) => number !== 1),
        });
      }),
    );
  });

  it('has nothing of what was $unset', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), value), (properties) => {
        expect(profileAfter({ $set: properties }, { $unset: Object.keys(properties) })).toEqual({});
      }),
    );
  });
});

it('operands that are none change nothing', () => {
  const before = { $set: { a: 1 } };
  for (const operations of [{ $set: 'x' }, { $add: null }, { $unset: 'a' }, { $multiply: { a: 2 } }]) {
    expect(profileAfter(before, operations)).toEqual({ a: 1 });
  }
});
