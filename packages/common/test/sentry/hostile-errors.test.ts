import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { captureException, flushObservability, Sentry, setUserContext, withJobContext } from '../../src/index.ts';
import { buildServer, type Server } from '../../src/server.ts';
import { observeFile } from '../start-observed.ts';

const inbox = await observeFile();

let app: Server;
beforeEach(() => {
  inbox.clear();
  app = buildServer();
});
afterEach(() => app.close());

interface Exception {
  readonly type: string;
  readonly value: string;
  readonly stacktrace?: { readonly frames: readonly unknown[] };
}

/** Throws it in a handler; what the inbox got, and the answer. */
async function fail(thrown: () => unknown) {
  app.post('/codes/:id', async () => {
    setUserContext({ id: 'user-17' });
    throw thrown();
  });
  const response = await app.inject({ method: 'POST', url: '/codes/42', payload: {} });
  await flushObservability(20_000);
  const errors = inbox.errors();
  const { values } = (errors[0]?.event['exception'] ?? { values: [] }) as { readonly values: readonly Exception[] };
  return { response, errors, values, main: values.at(-1) };
}

const many = (count: number) => Array.from({ length: count }, (_, n) => new Error(`child ${n}`));

describe('an error of many errors', () => {
  it.each([300, 1000])('arrives whole, with the first of its %i children', async (count) => {
    const { errors, main, values, response } = await fail(() => new AggregateError(many(count), 'all attempts failed'));
    expect(errors).toMatchObject([{ userId: 'user-17', service: 'test-service', type: 'AggregateError' }]);
    expect(main).toMatchObject({ type: 'AggregateError', value: 'all attempts failed' });
    expect(main?.stacktrace?.frames.length).toBeGreaterThan(0);
    expect(values.length).toBeGreaterThan(1);
    expect(values.length).toBeLessThanOrEqual(11);
    expect(values.map(({ value }) => value)).toContain('child 0');
    expect(response.json()).toMatchObject({ errorId: errors[0]?.eventId });
  });

  it('is cut by bytes, the main error last', async () => {
    const long = () => new Error('錯'.repeat(16_000));
    const { errors, main } = await fail(() => new AggregateError(Array.from({ length: 10 }, long), 'all failed'));
    expect(errors).toMatchObject([{ userId: 'user-17', value: 'all failed' }]);
    expect(main?.stacktrace?.frames.length).toBeGreaterThan(0);
    expect(largestBody()).toBeLessThan(1_000_000);
  });

  it.each([
    ['past our functions', () => void Sentry.captureException(new AggregateError(many(1000), 'all failed'))],
    ['in a job', () => withJobContext({ name: 'job' }, () => void captureException(nested(30)))],
  ])('also %s', async (_, capture) => {
    capture();
    await flushObservability(20_000);
    expect(inbox.errors()).toMatchObject([{ type: 'AggregateError', service: 'test-service' }]);
  });
});

/** Errors of errors of errors. */
function nested(depth: number): Error {
  return new AggregateError(depth === 0 ? [] : [nested(depth - 1), new Error('beside it')], `level ${depth}`);
}

describe('what is no error', () => {
  it.each<[string, () => unknown, { readonly type: string; readonly value: string }]>([
    ['an object with code and message', () => ({ code: 'E_GONE', message: 'it left' }), object('E_GONE: it left')],
    ['an object with a message', () => ({ message: 'it left' }), object('it left')],
    ['an object with keys only', () => ({ a: 1, b: 2 }), object('Object captured as exception with keys: a, b')],
    ['an object with a name', () => ({ name: 'Gone', message: 'it left' }), { type: 'Gone', value: 'it left' }],
    ['a symbol', () => Symbol('it left'), { type: 'Symbol', value: 'Symbol(it left)' }],
    ['a response', () => new Response(null, { status: 502 }), { type: 'Response', value: '502 POST /codes/:id' }],
    [
      'a response of an address',
      () => responseOf('https://api.example/users/joe.17/keys?token=s3cr3t'),
      { type: 'Response', value: '502 https://api.example/users/:id/keys' },
    ],
  ])('%s says what it is', async (_, thrown, expected) => {
    const { main, errors, response } = await fail(thrown);
    expect(main).toMatchObject(expected);
    expect([response.statusCode, response.json().errorId]).toEqual([500, errors[0]?.eventId]);
  });
});

function object(value: string) {
  return { type: 'Object', value };
}

function responseOf(url: string): Response {
  return Object.defineProperty(new Response('hidden', { status: 502 }), 'url', { value: url });
}

function largestBody(): number {
  return Math.max(...inbox.raw().map(({ body }) => body.length));
}
