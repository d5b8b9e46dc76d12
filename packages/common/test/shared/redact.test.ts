import { describe, expect, it } from 'vitest';
import { isSensitiveKey, REDACTED, redact } from '../../src/shared/index.ts';

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
    const cycle: Record<string, unknown> = { big: 10n, fn: () => 1, [Symbol('s')]: 1 };
    cycle['self'] = cycle;
    cycle['getter'] = Object.defineProperty({}, 'x', {
      enumerable: true,
      get: () => {
        throw new Error('no');
      },
    });
    cycle['proxy'] = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('no');
        },
      },
    );
    let deep: unknown = 'bottom';
    for (let level = 0; level < 100; level++) deep = { deep };
    cycle['deep'] = deep;
    const text = JSON.stringify(redact(cycle));
    expect(text).toContain('[circular]');
    expect(text).toContain('[unreadable]');
    expect(text).toContain('[deep]');
    expect(text).not.toContain('bottom');
  });

  it('does not touch the original', () => {
    const original = { password: 'x', nested: { email: 'a@b.co' } };
    redact(original);
    expect(original).toEqual({ password: 'x', nested: { email: 'a@b.co' } });
  });
});

describe('isSensitiveKey', () => {
  it.each(['password', 'x-api-key', 'sessionToken', 'Authorization', 'SET_COOKIE', 'cvv'])('knows %s', (key) => {
    expect(isSensitiveKey(key)).toBe(true);
  });
  it.each(['route', 'status_code', 'qr_id', 'method'])('lets %s pass', (key) => {
    expect(isSensitiveKey(key)).toBe(false);
  });
});
