import { describe, expect, it } from 'vitest';
import { createFingerprinter } from '../../../telemetry/src/errors/fingerprint.ts';

/** Of a first error: a flood of one family counts as one. */
const fingerprintOf = (error: unknown, place: string | undefined) => createFingerprinter()(error, place);
const id = (error: unknown, place = 'GET /codes/:id') => fingerprintOf(error, place).id;

class LimitError extends Error {}
const failHere = (message: string) => new Error(message);
const failThere = (message: string) => new Error(message);

describe('errors of one cause have one fingerprint', () => {
  it.each([
    ['numbers', 'no row 17 in 3 ms', 'no row 4711 in 12 ms'],
    ['ids', 'no code 550e8400-e29b-41d4-a716-446655440000', 'no code 6ba7b810-9dad-11d1-80b4-00c04fd430c8'],
    ['quoted text', 'no user "joe" here', 'no user "jane doe" here'],
    ['addresses', 'no mail to joe@example.com', 'no mail to jane@example.org'],
    ['what stands beyond 200 characters', `${'x'.repeat(200)} a`, `${'x'.repeat(200)} b`],
  ])('whatever %s their message holds', (_, one, other) => {
    expect(id(failHere(one))).toBe(id(failHere(other)));
  });

  it('which is 12 hex digits and has a title', () => {
    expect(fingerprintOf(new LimitError('x'), 'GET /a')).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f]{12}$/),
      title: 'LimitError in GET /a',
    });
    expect(fingerprintOf(failHere('x'), undefined).title).toBe('Error');
  });
});

describe('errors of different causes have different ones', () => {
  it.each<[string, unknown, unknown, string?]>([
    ['message', failHere('no row'), failHere('no column')],
    ['class', makeOf(Error), makeOf(LimitError)],
    ['place in the code', failHere('x'), failThere('x')],
    ['route', failHere('x'), failHere('x'), 'GET /other'],
    ['thrown string', 'out of paper', 'out of ink'],
  ])('by their %s', (_, one, other, place) => {
    expect(id(one)).not.toBe(id(other, place));
  });
});

it.each<[string, unknown]>([
  ['undefined', undefined],
  ['null', null],
  ['a symbol', Symbol('x')],
  ['a bigint', 10n ** 100n],
  ['a function', () => {}],
  ['an object without a prototype', Object.create(null)],
  ['a frozen error', Object.freeze(new Error('x'))],
  ['getters that throw', throwingGetters()],
  ['a proxy that refuses', new Proxy({}, { get: refuse, has: refuse, getPrototypeOf: refuse })],
  ['a stack that is no text', Object.assign(new Error('x'), { stack: 17 })],
  ['a name that is no text', Object.assign(new Error('x'), { name: {} })],
  ['a message of 5 MB', new Error('<"\'9@ \n    at '.repeat(400_000))],
])('never throws, and does not take long: %s', (_, error) => {
  const before = performance.now();
  expect(id(error)).toMatch(/^[0-9a-f]{12}$/);
  expect(performance.now() - before).toBeLessThan(500);
});

function makeOf(Class: new (message: string) => Error): Error {
  return new Class('x');
}

function refuse(): never {
  throw new Error('refused');
}

function throwingGetters(): object {
  const error = new Error('x');
  for (const key of ['stack', 'name', 'message', 'constructor']) Object.defineProperty(error, key, { get: refuse });
  return error;
}
