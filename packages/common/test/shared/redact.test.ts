import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSensitiveKey, REDACTED, redact } from '../../../telemetry/src/privacy/index.ts';

describe('redact', () => {
  it('replaces values by the name of their key, at any depth and in any spelling', () => {
    const value = {
      a: [{ creditCard: '4', 'Set-Cookie': 'x', API_KEY: 'k', deep: { userPassword: 'p', note: 'ok' } }],
    };
    expect(redact(value)).toEqual({
      a: [
        {
          creditCard: REDACTED,
          'Set-Cookie': REDACTED,
          API_KEY: REDACTED,
          deep: { userPassword: REDACTED, note: 'ok' },
        },
      ],
    });
  });

  it('survives cycles, throwing getters, proxies, deep nesting and odd types', () => {
    const refuse = () => {
      throw new Error('no');
    };
    const cycle: Record<string, unknown> = { big: 10n, fn: () => 1, [Symbol('s')]: 1, bare: Object.create(null) };
    cycle['self'] = cycle;
    cycle['getter'] = Object.defineProperty({ beside: 'kept' }, 'x', { enumerable: true, get: refuse });
    cycle['proxy'] = new Proxy({}, { ownKeys: refuse });
    cycle['revoked'] = revoked();
    let deep: unknown = 'bottom';
    for (let level = 0; level < 100; level++) deep = { deep };
    cycle['deep'] = deep;
    const text = JSON.stringify(redact(cycle));
    for (const kept of ['[circular]', '[unreadable]', '[deep]', 'kept']) expect(text).toContain(kept);
    expect(text).not.toContain('bottom');
  });

  it('reads maps, sets, URLs, errors and boxed values, and says of bytes only how many they are', () => {
    const error = Object.assign(new TypeError('for joe@example.com', { cause: new Error('password=x') }), {
      token: 't',
      code: 7,
    });
    expect(
      redact({
        map: new Map<unknown, unknown>([
          ['password', 'x'],
          ['plain', { token: 't' }],
          [{ odd: 1 }, 2],
        ]),
        set: new Set(['joe@example.com', 'plain']),
        url: new URL('https://joe:pw@example.com/a?name=Joe'),
        query: new URLSearchParams({ a: '1', token: 't' }),
        error,
        text: new String('joe@example.com'),
        buffer: Buffer.from('secret'),
        floats: new Float64Array(2),
        date: new Date(0),
      }),
    ).toEqual({
      map: { password: REDACTED, plain: { token: REDACTED }, '[object Object]': 2 },
      set: [REDACTED, 'plain'],
      url: 'https://[redacted]@example.com/a?name=[redacted]',
      query: 'a=1&token=[redacted]',
      error: {
        name: 'TypeError',
        message: 'for [redacted]',
        cause: { name: 'Error', message: 'password=[redacted]' },
        token: REDACTED,
        code: 7,
      },
      text: REDACTED,
      buffer: '[6 bytes]',
      floats: '[16 bytes]',
      date: new Date(0),
    });
  });

  it('knows card numbers that are numbers, and secrets that are keys', () => {
    expect(redact({ paid: 4111111111111111, at: 1700000000000, 'joe@example.com': 1 })).toEqual({
      paid: REDACTED,
      at: 1700000000000,
      [REDACTED]: 1,
    });
  });

  it('cannot be made to change the prototype of what it returns', () => {
    const copy = redact(JSON.parse('{"__proto__": {"admin": true}, "a": 1}')) as Record<string, unknown>;
    expect(copy['admin']).toBeUndefined();
    expect(copy).toEqual({ a: 1 });
  });

  it('bounds its work on wide, deep and long values', () => {
    const wide = Object.fromEntries(Array.from({ length: 5000 }, (_, n) => [`k${n}`, n]));
    expect(Object.keys(redact(wide) as object)).toHaveLength(1000);
    expect(redact(new Array(5000).fill(1))).toHaveLength(1000);
    const tree = Array.from({ length: 300 }, () => Array.from({ length: 300 }, () => 'x'));
    expect(JSON.stringify(redact(tree))).toContain('[cut]');
    const long = Array.from({ length: 100 }, () => 'password=hunter2 '.repeat(10_000));
    const started = performance.now();
    expect(JSON.stringify(redact(long))).not.toContain('hunter2');
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it('does not touch the original', () => {
    const original = { password: 'x', nested: { email: 'a@b.co' } };
    redact(original);
    expect(original).toEqual({ password: 'x', nested: { email: 'a@b.co' } });
  });

  it('never throws, always gives what JSON can say, and a second time changes nothing', () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
      withNullPrototype: true,
      withSparseArray: true,
      withBoxedValues: true,
    });
    fc.assert(
      fc.property(anything, (value) => {
        const once = JSON.stringify(redact(value)) ?? 'null';
        expect(JSON.stringify(redact(JSON.parse(once)))).toBe(once);
      }),
      { numRuns: 300 },
    );
  });
});

describe('isSensitiveKey', () => {
  it.each([
    ...[
      'password',
      'PASSWD',
      'user_pwd',
      'x-api-key',
      'sessionToken',
      'Authorization',
      'SET_COOKIE',
      'cvv',
      'creditCard',
    ],
    ...['credit card', 'Card-Number', 'clientSecret', 'privateKey', 'userSSN', 'customer_ssn', 'pin', 'billingEmail'],
  ])('knows %s', (key) => {
    expect(isSensitiveKey(key)).toBe(true);
  });
  it.each(['route', 'status_code', 'qr_id', 'method', 'className', 'shipping', 'hotpot', 'businessName'])(
    'lets %s pass',
    (key) => {
      expect(isSensitiveKey(key)).toBe(false);
    },
  );
});

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}
