import fc from 'fast-check';
import { expect, it } from 'vitest';
import { hasKeyTwice } from '../../src/sentry/envelope.ts';

const members = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'a"', 'a\\'), fc.jsonValue()), { maxLength: 6 });

it('a key is there twice exactly when it was written twice, whatever stands inside the values', () => {
  fc.assert(
    fc.property(members, fc.constantFrom('', ' ', '\t '), (pairs, space) => {
      const text = `{${pairs.map(([key, value]) => `${JSON.stringify(key)}${space}:${JSON.stringify(value)}`).join(',')}}`;
      expect(hasKeyTwice(text, 'a')).toBe(pairs.filter(([key]) => key === 'a').length > 1);
    }),
  );
});
