import type { ExportedEvent, ExportedProperty } from '@qr/plan/documents';
import { describe, expect, it } from 'vitest';
import { comparePlans } from '../../src/plan/compare-plans.ts';
import { planOf, property } from './plan-fixture.ts';

const changesOf = (before: Partial<ExportedEvent>, after: Partial<ExportedEvent>) =>
  comparePlans(planOf({ scanned: before }), planOf({ scanned: after })).map(({ isBreaking, what }) => [
    isBreaking,
    what,
  ]);

const propertyChanges = (before: Partial<ExportedProperty>, after: Partial<ExportedProperty>) =>
  changesOf({ properties: { size: property(before) } }, { properties: { size: property(after) } });

describe('a property', () => {
  it.each<[Partial<ExportedProperty>, Partial<ExportedProperty>, string]>([
    [{}, { isRequired: true }, 'is required now'],
    [{ type: 'number' }, { type: 'integer' }, 'type changed from number to integer'],
    [{}, { type: 'boolean' }, 'type changed from string to boolean'],
    [{}, { values: ['a', 'b'] }, 'only these are allowed now: a, b'],
    [{ values: ['a', 'b', 'c'] }, { values: ['b'] }, 'no longer allowed: a, c'],
    [{ privacy: 'hash' }, { privacy: 'plain' }, 'privacy class changed from hash to plain'],
    [{ privacy: 'plain' }, { privacy: 'drop' }, 'privacy class changed from plain to drop'],
    [{}, { rules: { pattern: '^x' } }, 'has a new rule: pattern "^x"'],
    [{ rules: { minimum: 0 } }, { rules: { minimum: 1 } }, 'rule minimum changed from 0 to 1'],
    [{ rules: { maximum: 9 } }, { rules: { maximum: 8 } }, 'rule maximum changed from 9 to 8'],
    [{ rules: { pattern: 'a' } }, { rules: { pattern: 'b' } }, 'rule pattern changed from "a" to "b"'],
  ])('breaks: %o to %o', (before, after, what) => {
    expect(propertyChanges(before, after)).toEqual([[true, what]]);
  });

  it.each<[Partial<ExportedProperty>, Partial<ExportedProperty>, string]>([
    [{ isRequired: true }, {}, 'is optional now'],
    [{ type: 'integer' }, { type: 'number' }, 'type widened from integer to number'],
    [{ values: ['a'] }, {}, 'any string is allowed now'],
    [{ values: ['a'] }, { values: ['b', 'a'] }, 'allowed as well: b'],
    [{ rules: { minimum: 1 } }, { rules: { minimum: 0 } }, 'rule minimum changed from 1 to 0'],
    [{ rules: { maximum: 8 } }, { rules: { maximum: 9 } }, 'rule maximum changed from 8 to 9'],
    [{ rules: { format: 'date' } }, {}, 'rule format "date" is gone'],
    [{}, { description: 'Another text.' }, 'is described anew'],
  ])('does not break: %o to %o', (before, after, what) => {
    expect(propertyChanges(before, after)).toEqual([[false, what]]);
  });

  it('breaks when it is removed, or added and required', () => {
    const properties = { size: property({ isRequired: true }) };
    expect(changesOf({ properties }, {})).toEqual([[true, 'removed']]);
    expect(changesOf({}, { properties })).toEqual([[true, 'added, and required']]);
    expect(changesOf({}, { properties: { size: property() } })).toEqual([[false, 'added, optional']]);
  });

  it('is the same when the order of its values changed', () => {
    expect(propertyChanges({ values: ['a', 'b'] }, { values: ['b', 'a'] })).toEqual([]);
  });
});

describe('an event', () => {
  it.each<[Partial<ExportedEvent>, Partial<ExportedEvent>, boolean, string]>([
    [{ surfaces: ['server', 'browser'] }, { surfaces: ['server'] }, true, 'no longer sent from browser'],
    [{ surfaces: ['server'] }, { surfaces: ['server', 'browser'] }, false, 'sent from browser as well'],
    [{ destinations: ['mixpanel', 'analytics'] }, { destinations: ['mixpanel'] }, true, 'no longer sent to analytics'],
    [{ destinations: ['mixpanel'] }, { destinations: ['mixpanel', 'analytics'] }, false, 'sent to analytics as well'],
    [{ owner: 'growth' }, { owner: 'platform' }, false, 'owner changed from growth to platform'],
    [{ description: 'Old.' }, { description: 'New.' }, false, 'is described anew'],
  ])('%o to %o', (before, after, isBreaking, what) => {
    expect(changesOf(before, after)).toEqual([[isBreaking, what]]);
  });

  it('that went is likely renamed when one that came has the same properties', () => {
    const properties = { size: property({ isRequired: true }) };
    const other = { size: property({ type: 'integer' }) };
    const changes = comparePlans(
      planOf({ scanned: { properties } }),
      planOf({ code_scanned: { properties }, resized: { properties: other } }),
    );
    expect(changes).toEqual([
      {
        isBreaking: true,
        subject: 'scanned',
        what: 'removed; likely renamed to code_scanned, which has the same properties',
      },
      { isBreaking: false, subject: 'code_scanned', what: 'added' },
      { isBreaking: false, subject: 'resized', what: 'added' },
    ]);
  });

  it('without properties is not taken for another without properties', () => {
    expect(comparePlans(planOf({ logout: {} }), planOf({ login: {} }))[0]?.what).toBe('removed');
  });

  it('named as something that every object has is an event like others', () => {
    expect(comparePlans(planOf({}), planOf({ constructor: {} }))).toEqual([
      { isBreaking: false, subject: 'constructor', what: 'added' },
    ]);
  });
});

it('compares profile properties like those of events', () => {
  expect(comparePlans(planOf({}, { $email: property({ privacy: 'hash' }) }), planOf({}))).toEqual([
    { isBreaking: true, subject: 'profile', property: '$email', what: 'removed' },
  ]);
});

it('finds nothing between a plan and itself', () => {
  const plan = planOf({ scanned: { properties: { size: property() } } }, { $email: property() });
  expect(comparePlans(plan, structuredClone(plan))).toEqual([]);
});
