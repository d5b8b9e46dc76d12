import { describe, expect, it } from 'vitest';
import { parseWhere } from '../../../src/query/analytics/where.ts';

const PROPERTIES = { country: 'CZ', 'a "b"': 'x', scans: 5, first: true, tags: ['a', 'b'], gone: null, text: '5' };

// docs.mixpanel.com/reference/segmentation-expressions
describe('a filter on properties', () => {
  it.each([
    ['properties["country"] == "CZ"', true],
    ["properties['country'] == 'CZ'", true],
    ['properties["country"]=="DE"', false],
    ['properties["a \\"b\\""] == "x"', true],
    ['properties["country"] != "DE"', true],
    ['properties["absent"] != "DE"', true],
    ['properties["absent"] == "DE"', false],
    ['properties["toString"] == "DE"', false],
    ['properties["scans"] == 5', true],
    ['properties["scans"] > 4 and properties["scans"] < 5.5', true],
    ['properties["scans"] >= 5 and properties["scans"] <= 5', true],
    ['properties["scans"] > -1e3', true],
    ['properties["scans"] > 5 or properties["scans"] < 5', false],
    ['properties["text"] == 5', false],
    ['properties["text"] >= 5', false],
    ['properties["first"] == true', true],
    ['properties["first"] == "true"', false],
    ['properties["country"] in ["DE", "CZ"]', true],
    ['properties["scans"] in [1,2,3]', false],
    ['"a" in properties["tags"]', true],
    ['"Z" in properties["country"]', true],
    ['"c" in properties["tags"]', false],
    ['defined(properties["country"])', true],
    ['(defined (properties["absent"]))', false],
    ['defined(properties["gone"])', false],
    ['not defined(properties["gone"])', true],
    ['not "a" in properties["tags"]', false],
    // `and` binds more strongly than `or`.
    ['properties["scans"] == 5 or properties["scans"] == 6 and properties["scans"] == 7', true],
    ['(properties["scans"] == 5 or properties["scans"] == 6) and properties["scans"] == 7', false],
  ])('%s is %s', (text, expected) => {
    expect(parseWhere('where', text)(PROPERTIES)).toBe(expected);
  });

  it.each([
    ['properties["x"]', '"the end"'],
    ['properties["x"] ==', '"the end"'],
    ['properties["x"] == "a" extra', '"extra"'],
    ['properties["x"] < "a"', '""a""'],
    ['properties["x"] + 1 == 2', '"+ 1 == 2"'],
    ['user["$email"] == "a"', '"user['],
    ['number(properties["x"]) == 1', '"number('],
    ['properties["x"] in []', '"]"'],
    ['properties[x] == 1', '"x] == 1"'],
    ['(properties["x"] == 1', '"the end"'],
    ['properties["x"] == "a', '""a"'],
    ['properties["x"] and "a"', '"and "a""'],
  ])('refuses %s from %s on', (text, place) => {
    expect(() => parseWhere('born_where', text)).toThrow(`born_where is not understood from ${place}`);
  });

  it('refuses what is nested deeply with words, not with a broken stack', () => {
    const text = `${'('.repeat(990)}properties["x"] == 1${')'.repeat(990)}`;
    expect(parseWhere('where', text)({ x: 1 })).toBe(true);
  });
});
