import { describe, expect, it } from 'vitest';
import { REDACTED, scrubText } from '../../src/shared/index.ts';

describe('scrubText', () => {
  it.each([
    ['an e-mail address', 'mail to joe.smith+x@example.co.uk now', 'joe'],
    ['an encoded e-mail address', 'GET /u?x joe%40example.com', 'example.com'],
    ['a JSON web token', 'jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-DEF_123', 'eyJ'],
    ['a bearer credential', 'Authorization: Bearer abcdef123456', 'abcdef'],
    ['a basic credential', 'basic dXNlcjpwYXNz', 'dXNl'],
    ['credentials in a URL', 'postgres://root:hunter2@db:5432/x', 'hunter2'],
    ['a query value', 'GET https://x.y/z?name=Peter&a=1', 'Peter'],
    ['a key and its value', 'login failed: password=hunter2', 'hunter2'],
    ['a JSON pair', '{"apiKey":"s3cr3t-value"}', 's3cr3t'],
    ['a card number', 'card 4111 1111 1111 1111 declined', '4111'],
    ['the values of a failed query', 'Failed query: select $1\nparams: Elm Street 5', 'Elm Street'],
    ['a card number with dashes', '5500-0000-0000-0004', '5500'],
  ])('removes %s', (_, text, secret) => {
    expect(scrubText(text)).not.toContain(secret);
    expect(scrubText(text)).toContain(REDACTED);
  });

  it.each([
    'connect ECONNREFUSED 127.0.0.1:5432',
    'order 4111111111111112 not found',
    'column "created_at" does not exist',
    'Cannot read properties of undefined (reading "id")',
    'GET /scan/:qrId answered 503',
  ])('leaves harmless text alone: %s', (text) => {
    expect(scrubText(text)).toBe(text);
  });

  it('takes time in proportion to the length of hostile text', () => {
    const hostile = [
      'a@'.repeat(20_000),
      'eyJ'.repeat(20_000),
      '1 '.repeat(20_000),
      '?a='.repeat(20_000),
      '@'.repeat(50_000),
    ];
    const started = performance.now();
    for (const text of hostile) scrubText(text);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
