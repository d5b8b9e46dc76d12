import { drop, hash, url } from '@qr/plan';
import fc from 'fast-check';
import Type from 'typebox';
import { describe, expect, it } from 'vitest';
import { compilePlannedProperties } from '../../../telemetry/src/analytics/planned-properties.ts';
import { compileUsualProperties } from '../../../telemetry/src/analytics/usual-properties.ts';

const described = { description: 'x' };
const schema = Type.Object({
  word: Type.String(described),
  count: Type.Number(described),
  'a "quoted" name': Type.Optional(Type.String(described)),
  flag: Type.Optional(Type.Boolean(described)),
});
const writeUsual = compileUsualProperties(schema);
const pick = compilePlannedProperties(schema, { hashPersonal: (value) => value, sentIdOf: (id) => id });

function written(properties: unknown): unknown {
  const members = writeUsual?.(properties);
  return members === undefined ? undefined : JSON.parse(`{${members.slice(1)}}`);
}

describe('usual properties', () => {
  it('are written in the order of the plan, optional ones only when given', () => {
    expect(writeUsual?.({ word: 'hi', count: 1.5 })).toBe(',"word":"hi","count":1.5');
    expect(written({ flag: false, count: -3, word: '', 'a "quoted" name': '\u00e4' })).toEqual({
      word: '',
      count: -3,
      'a "quoted" name': '\u00e4',
      flag: false,
    });
  });

  it.each([
    ['a required one is missing', { word: 'hi' }],
    ['there is a key beyond the plan', { word: 'hi', count: 1, street: 'Main St' }],
    ['a key beyond the plan stands in for an optional one', { word: 'hi', count: 1, flag: undefined, street: 'x' }],
    ['a value is of another type', { word: 'hi', count: '1' }],
    ['a value is an object', { word: { valueOf: null }, count: 1 }],
    ['a number is not finite', { word: 'hi', count: Number.NaN }],
    ['a number is infinite', { word: 'hi', count: Number.POSITIVE_INFINITY }],
    ['a value is null', { word: 'hi', count: 1, flag: null }],
    ['a text must be escaped', { word: 'a"b', count: 1 }],
    ['a text holds a lone surrogate', { word: '\ud800', count: 1 }],
    ['a text may have to be cut', { word: 'x'.repeat(86), count: 1 }],
    ['they are no object', 'word'],
    ['they are null', null],
  ])('are left to the careful way when %s', (_when, properties) => {
    expect(writeUsual?.(properties)).toBeUndefined();
  });

  it('are what the careful way picks, whenever they are written', () => {
    let writtenRuns = 0;
    const scalar = fc.oneof(fc.string({ unit: 'binary' }), fc.double(), fc.integer(), fc.boolean(), fc.constant(null));
    const usual = fc.record(
      { word: fc.string(), count: fc.double(), flag: fc.boolean(), 'a "quoted" name': fc.string() },
      { requiredKeys: ['word', 'count'] },
    );
    const odd = fc.record({ word: scalar, count: scalar, flag: scalar, other: scalar }, { requiredKeys: [] });
    fc.assert(
      fc.property(fc.oneof(usual, odd), (properties) => {
        const result = written(properties);
        if (result === undefined) return;
        writtenRuns++;
        const { values, unplanned, invalid } = pick(properties);
        expect({ unplanned, invalid }).toEqual({ unplanned: [], invalid: [] });
        expect(result).toEqual(JSON.parse(JSON.stringify(values)));
      }),
    );
    expect(writtenRuns).toBeGreaterThan(5);
  });

  it.each([
    ['hashed', Type.Object({ email: hash(Type.String(described)) })],
    ['never sent', Type.Object({ note: drop(Type.String(described)) })],
    ['reduced to its path', Type.Object({ page: url(Type.String(described)) })],
  ])('are not compiled for a schema with a property that is %s', (_what, special) => {
    expect(compileUsualProperties(special)).toBeUndefined();
  });
});
