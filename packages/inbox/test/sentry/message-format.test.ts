import { describe, expect, it } from 'vitest';
import { formatMessage } from '../../src/sentry/normalize-event.ts';

describe('a message template', () => {
  it.each<[string, unknown, string]>([
    ['%s of %d', ['2', 3], '2 of 3'],
    ['%(name)s is late', { name: 'Ann' }, 'Ann is late'],
    ['{} and {}', ['a', 'b'], 'a and b'],
    ['{1} before {0}', ['a', 'b'], 'b before a'],
    ['{name}: {count}', { name: 'x', count: 2 }, 'x: 2'],
    ['100 %% of %s', ['users'], '100 % of users'],
    ['%s and %s', ['one'], 'one and %s'],
    ['%(missing)s', { name: 'Ann' }, '%(missing)s'],
    ['%(toString)s', {}, '%(toString)s'],
    ['%s', [{ a: [1] }], '{"a":[1]}'],
    ['nothing to fill in', ['x'], 'nothing to fill in'],
    ['%s', 'text', '%s'],
  ])('%j with %j is %j', (template, params, expected) => {
    expect(formatMessage(template, params)).toBe(expected);
  });
});
