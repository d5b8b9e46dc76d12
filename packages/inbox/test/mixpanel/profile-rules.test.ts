import { describe, expect, it } from 'vitest';
import { FORBIDDEN_IDS } from '../../src/mixpanel/limits.ts';
import { judgeProfile, type ProfileContext, type ProfileEndpoint } from '../../src/mixpanel/profile-rules.ts';

const NOW = Date.UTC(2026, 5, 1);
const USER = { $token: 't', $distinct_id: 'u' };
const GROUP = { $token: 't', $group_key: 'company', $group_id: 'g' };

function context(endpoint: ProfileEndpoint): ProfileContext {
  return { endpoint, now: NOW, sender: { address: '127.0.0.1', looksLikeServer: true, ip: undefined }, gzip: false };
}

function verdictOf(update: unknown, endpoint: ProfileEndpoint = 'engage'): string {
  const judged = judgeProfile(update, context(endpoint));
  return judged.verdict === 'keep' ? 'keep' : `${judged.failure.field}: ${judged.failure.message}`;
}

describe('an update of a user is kept', () => {
  it.each<[string, object]>([
    ['$set', { $set: { a: 1, b: 'x', c: true, d: null, e: [1], f: { g: 1 } } }],
    ['$set of nothing', { $set: {} }],
    ['$set_once', { $set_once: { a: 1 } }],
    ['$add, of fractions and of negative numbers', { $add: { a: -1.5 } }],
    ['$append', { $append: { list: { any: 'thing' } } }],
    ['$union', { $union: { list: [1, 2] } }],
    ['$remove', { $remove: { list: 1 } }],
    ['$unset', { $unset: ['a', 'b'] }],
    ['$delete, whatever its value', { $delete: '' }],
    ['$delete of null', { $delete: null, $ignore_alias: true }],
    ['two operations at once', { $set: { a: 1 }, $add: { b: 1 } }],
    ['with what is no operation beside it', { $set: { a: 1 }, $ip: '0', $ignore_time: true, $time: 1 }],
  ])('%s', (_operation, operations) => {
    expect(verdictOf({ ...USER, ...operations })).toBe('keep');
  });

  it('with its operations only: modifiers are not stored', () => {
    const judged = judgeProfile({ ...USER, $set: { a: 1 }, $ip: '0' }, context('engage'));
    expect(judged).toMatchObject({ record: { distinctId: 'u', groupKey: null, operations: { $set: { a: 1 } } } });
    expect(
      judged.verdict === 'keep' && judged.record.kind === 'profile' && judged.record.operations,
    ).not.toHaveProperty('$ip');
  });
});

describe('an update of a user is refused', () => {
  it.each<[string, unknown, RegExp]>([
    ['that is no object', 'text', /^data: .*JSON object/],
    ['that is a list', [], /^data: .*JSON object/],
    ['without a token', { $distinct_id: 'u', $set: {} }, /^\$token: /],
    ['with an empty token', { ...USER, $token: '', $set: {} }, /^\$token: /],
    ['without a user', { $token: 't', $set: {} }, /^\$distinct_id: /],
    ['of nobody', { ...USER, $distinct_id: '', $set: {} }, /^\$distinct_id: .*empty/],
    ['without an operation', USER, /^data: no operation: expected one of \$set, /],
    ['with an unknown operation', { ...USER, $multiply: { a: 2 } }, /^data: no operation/],
    ['with an operation of another name', { ...USER, constructor: {} }, /^data: no operation/],
    ['with $set of a list', { ...USER, $set: [1] }, /^\$set: .*JSON object/],
    ['with $set_once of a text', { ...USER, $set_once: 'a' }, /^\$set_once: .*JSON object/],
    ['with $add of a text', { ...USER, $add: { a: '1' } }, /^\$add: .*numbers/],
    ['with $append of a list', { ...USER, $append: ['a'] }, /^\$append: .*JSON object/],
    ['with $union of a text', { ...USER, $union: { a: 'b' } }, /^\$union: .*lists/],
    ['with $remove of a text', { ...USER, $remove: 'a' }, /^\$remove: .*JSON object/],
    ['with $unset of an object', { ...USER, $unset: { a: 1 } }, /^\$unset: .*names/],
    ['with $unset of numbers', { ...USER, $unset: [1] }, /^\$unset: .*names/],
  ])('%s', (_what, update, message) => {
    expect(verdictOf(update)).toMatch(message);
  });

  it.each([...FORBIDDEN_IDS])('of the placeholder %s', (id) => {
    expect(verdictOf({ ...USER, $distinct_id: id, $set: {} })).toMatch(/^\$distinct_id: .*not allowed/);
  });
});

describe('an update of a group', () => {
  it.each(['$set', '$set_once', '$remove'])('is kept with %s', (operation) => {
    expect(verdictOf({ ...GROUP, [operation]: { a: 1 } }, 'groups')).toBe('keep');
  });

  it.each<[string, object]>([
    ['$union', { $union: { a: [1] } }],
    ['$unset', { $unset: ['a'] }],
    ['$delete', { $delete: '' }],
  ])('is kept with %s too', (_operation, operations) => {
    expect(verdictOf({ ...GROUP, ...operations }, 'groups')).toBe('keep');
  });

  it.each(['$add', '$append'])('is refused with %s, which is for users only', (operation) => {
    expect(verdictOf({ ...GROUP, [operation]: { a: 1 } }, 'groups')).toMatch(/no operation/);
  });

  it.each<[string, object, RegExp]>([
    ['without a key', { $token: 't', $group_id: 'g', $set: {} }, /^\$group_key: /],
    ['with an empty key', { ...GROUP, $group_key: '', $set: {} }, /^\$group_key: /],
    ['without an id', { $token: 't', $group_key: 'k', $set: {} }, /^\$group_id: /],
    ['with an empty id', { ...GROUP, $group_id: '', $set: {} }, /^\$group_id: /],
    ['with the id of a user instead', { ...USER, $group_key: 'k', $set: {} }, /^\$distinct_id: /],
    ['with the id of a user beside it', { ...GROUP, $distinct_id: 'u', $set: {} }, /^\$distinct_id: .*group update/],
  ])('is refused %s', (_what, update, message) => {
    expect(verdictOf(update, 'groups')).toMatch(message);
  });

  it('may have a number for an id, as clients send it', () => {
    const judged = judgeProfile({ ...GROUP, $group_id: 42, $set: { a: 1 } }, context('groups'));
    expect(judged).toMatchObject({ verdict: 'keep', record: { distinctId: '42', groupKey: 'company' } });
  });
});
