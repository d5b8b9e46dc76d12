import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { REDACTED, scrubText } from '../../../telemetry/src/privacy/index.ts';

const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-DEF_123';
const key = '-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\nabcd==\n-----END RSA PRIVATE KEY-----';

describe('scrubText removes', () => {
  it.each([
    ['an e-mail address', 'mail to joe.smith+x@example.co.uk now', 'joe'],
    ['an encoded e-mail address', 'GET /u?x joe%40example.com', 'joe'],
    ['an e-mail address in other scripts', 'von jörg@müller.de', 'jörg'],
    ['a JSON web token', `jwt ${jwt}`, 'eyJ'],
    ['a JSON web token that was cut off', 'jwt eyJhbGciOiJIUzI1NiJ9.eyJzdW', 'eyJ'],
    ['a bearer credential', 'Authorization: Bearer abcdef123456', 'abcdef'],
    ['a bearer credential without its header', 'sent bearer abcdef123456 twice', 'abcdef'],
    ['a basic credential', 'basic dXNlcjpwYXNz', 'dXNl'],
    ['credentials in a URL', 'postgres://root:hunter2@db:5432/x', 'hunter2'],
    ['credentials with slashes and at signs', 'redis://:p/w@1@cache:6379', 'p/w'],
    ['a lone user name in a URL', 'https://ghp_abcdef@github.com/x', 'ghp_abcdef'],
    ['a query value', 'GET https://x.y/z?name=Peter&a=1', 'Peter'],
    ['a query value with a quote in it', 'GET /z?name="Peter"Pan&a=1', 'Pan'],
    ['a key and its value', 'login failed: password=hunter2', 'hunter2'],
    ['a key in words and its value', 'Credit card: 1234, API key = abc', 'abc'],
    ['a JSON pair', '{"apiKey":"s3cr3t-value"}', 's3cr3t'],
    ['a JSON pair with an escaped quote', '{"password":"a\\"s3cr3t"}', 's3cr3t'],
    ['a JSON pair within JSON', '{"body":"{\\"password\\":\\"s3cr3t words\\"}"}', 's3cr3t'],
    ['a JSON list under a secret key', '{"tokens":["s3cr3t","x"]}', 's3cr3t'],
    ['a number under a secret key', '{"cvv":987,"a":1}', '987'],
    ['an encoded pair', 'password%3Ds3cr3t&x', 's3cr3t'],
    ['a quoted value of several words', "secret: 'correct horse battery'", 'horse'],
    ['every cookie of a header', 'Cookie: a=b; session=s3cr3t', 's3cr3t'],
    ['an authorization header of any scheme', 'authorization: Digest user s3cr3t', 's3cr3t'],
    ['a card number', 'card 4111 1111 1111 1111 declined', '4111'],
    ['a card number with dashes', '5500-0000-0000-0004', '5500'],
    ['a card number with its check value behind it', 'card 4111 1111 1111 1111 123', '4111'],
    ['a card number after other digits', 'order 42 378282246310005', '378282'],
    ['an encoded card number', 'pay%204111%201111%201111%201111', '4111%201111'],
    ['a card number within letters', 'card4111111111111111x', '4111'],
    ['an IBAN', 'to DE89370400440532013000.', 'DE89'],
    ['an IBAN in blocks, with words behind it', 'to gb29 nwbk 6016 1331 9268 19 was paid', '6016'],
    ['a private key', `key ${key} loaded`, 'MIIE'],
    ['a private key without its end', `key ${key.slice(0, 50)}`, 'MIIE'],
    ['the values of a failed query', 'Failed query: select $1\nparams: Elm Street 5', 'Elm Street'],
    ['texts in a statement', "insert into t values ('Elm Street', 'it''s 5')", 'Elm'],
    ['escaped and dollar-quoted texts in a statement', "select E'a\\'Elm' from t where x = $q$Elm$q$", 'Elm'],
    ['texts in a failed query', "Failed query: select 'Elm Street'::integer\nparams: ", 'Elm'],
    ['a text that a statement does not close', "update t set a = 'Elm Street", 'Elm'],
    ['a value that PostgreSQL refuses', 'invalid input syntax for type uuid: "Elm "Street""', 'Elm'],
    ['a value that PostgreSQL finds too large', 'value "998877665544" is out of range for type integer', '9988'],
    ['a key that exists', 'Key (name)=(Elm Street) already exists.', 'Elm'],
    ['a row that a constraint refuses', 'Failing row contains (1, Elm Street, null).', 'Elm'],
    ['the source that JSON.parse quotes', `Unexpected token 'E', ..."name": Elm}" is not valid JSON`, 'Elm'],
  ])('%s', (_, text, secret) => {
    expect(scrubText(text)).not.toContain(secret);
    expect(scrubText(text)).toMatch(/\[redacted\]|'\?'/);
  });
});

describe('scrubText leaves alone', () => {
  it.each([
    'connect ECONNREFUSED 127.0.0.1:5432',
    'order 4111111111111112 not found',
    'at 1700000000000 or 1700000000000000000 ns',
    'column "created_at" does not exist',
    'Cannot read properties of undefined (reading "id")',
    'GET /scan/:qrId answered 503',
    'http://localhost:3000/users/@me',
    'node_modules/.pnpm/pg@8.23.1/node_modules/@sentry/node/index.js:10:5',
    'trace 4111111111111111aaaaaaaaaaaaaaaa, request 41111111-1111-4111-8111-111111111111',
    'Unexpected token in JSON at position 4',
    'basic authentication required',
    "it's not the user's fault",
    'select id from codes where owner = $1',
  ])('%s', (text) => {
    expect(scrubText(text)).toBe(text);
  });
});

describe('a text of more than 16 KiB', () => {
  const filler = 'lorem ipsum '.repeat(20_000);

  it('is cut, and what is left out is left out whole', () => {
    const clean = scrubText(`${filler}password=hunter2`);
    expect(clean.length).toBeLessThan(17_000);
    expect(clean).toMatch(/…$/);
    expect(clean).not.toContain('hunter2');
  });

  it('shows no half of a secret at the cut, wherever that falls', () => {
    const secrets = [
      'joe.smith@example.com',
      'DE89 3704 0044 0532 0130 00',
      '4111 1111 1111 1111',
      'p://user:hunter2@db',
      jwt.repeat(9),
      key,
    ];
    for (const secret of secrets) {
      for (let before = 0; before < secret.length; before += 3) {
        const clean = scrubText(`${filler.slice(0, 16_384 - 1 - before)} ${secret} ${filler}`);
        expect(clean).not.toContain(secret.slice(0, 6));
      }
    }
  });
});

describe('hostile text', () => {
  const units = [
    'a@',
    '@',
    'eyJ',
    '1',
    '4 ',
    '4242 4242 ',
    '://',
    '://a:b@',
    '%40',
    '-----BEGIN ',
    '-BEGIN PRIVATE KEY|',
    'password=',
    '"password":"',
    'token{',
  ];
  const more = [
    ' ',
    '?a=',
    "'",
    '$a$',
    "select from '",
    'Key (a)=(',
    'value "',
    ': "',
    'bearer ',
    'DE89 3704 ',
    'a.b@c.',
    '\\"',
    '" is not valid JSON',
  ];

  // Measured at 10 to 20 ms for 10 MB; a pattern that backtracks takes minutes.
  it.each([...units, ...more])('costs at most 100 ms for 10 MB, and hardly more than for 1 MB: %j', (unit) => {
    const cost = (length: number) => {
      const text = unit.repeat(Math.ceil(length / unit.length));
      const times = [0, 1, 2].map(() => {
        const started = performance.now();
        scrubText(text);
        return performance.now() - started;
      });
      return Math.min(...times);
    };
    const small = cost(1_000_000);
    const large = cost(10_000_000);
    expect(large).toBeLessThan(100);
    // Ten times the text, ten times the time, and a busy neighbour.
    expect(large).toBeLessThan(small * 12 + 20);
  });
});

describe('for any text', () => {
  const shapes: Record<string, fc.Arbitrary<string>> = {
    'an e-mail address': fc
      .tuple(fc.stringMatching(/^[a-z][a-z0-9.]{2,20}$/), fc.stringMatching(/^[a-z]{3,10}\.(com|org|co\.uk)$/))
      .map((parts) => parts.join('@')),
    'a card number': fc
      .tuple(
        fc.constantFrom(
          ['4111', 16],
          ['5500', 16],
          ['3782', 15],
          ['6011', 16],
          ['3056', 14],
          ['3530', 16],
          ['6212', 19],
        ),
        fc.stringMatching(/^\d{16}$/),
        fc.constantFrom('', ' ', '-'),
      )
      .map(([[issuer, length], rest, separator]) =>
        grouped(withCheckDigit(`${issuer}${rest}`.slice(0, Number(length) - 1)), separator),
      ),
    'a JSON web token': fc.stringMatching(/^eyJ[A-Za-z0-9_-]{10,40}\.eyJ[A-Za-z0-9_-]{10,40}\.[A-Za-z0-9_-]{20,43}$/),
    'a bearer credential': fc.stringMatching(/^Bearer [A-Za-z0-9+/._~-]{12,40}$/),
    'credentials in a URL': fc.stringMatching(/^amqp:\/\/[a-z]{3,8}:[a-z][A-Za-z0-9/@!]{6,20}@host$/),
    'an IBAN': fc.constantFrom(
      'DE89370400440532013000',
      'GB29 NWBK 6016 1331 9268 19',
      'FR14 2004 1010 0505 0001 3M02 606',
    ),
    'a password': fc.stringMatching(/^password=[A-Za-z0-9!]{8,20}$/),
  };

  it.each(Object.entries(shapes))('%s is gone wherever it stands', (_, shape) => {
    // Beside a letter or digit nobody could say where the secret begins.
    const around = fc
      .string({ unit: 'grapheme', maxLength: 60 })
      .map((text) => text.replace(/[\p{L}\p{N}_%@:/.+*-]$|^[\p{L}\p{N}_%@:/.+-]/gu, ' '));
    fc.assert(
      fc.property(shape, around, around, (secret, before, after) => {
        expect(scrubText(`${before} ${secret} ${after}`)).not.toContain(secret.slice(secret.indexOf('=') + 1));
      }),
      { numRuns: 200 },
    );
  });

  it('it never throws, and a second time changes nothing', () => {
    const parts = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom(
        'password=',
        '"',
        "'",
        '4111 1111 1111 1111',
        '@x.com',
        '://',
        'select from ',
        ' ',
        '[redacted]',
        '?a=',
        'bearer ',
        jwt,
        '{',
        ':',
      ),
    );
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 12 }), (list) => {
        const once = scrubText(list.join(''));
        expect(scrubText(once)).toBe(once);
      }),
      { numRuns: 500 },
    );
  });

  it('what is no text gives an empty one', () => {
    expect(scrubText(undefined as never)).toBe('');
    expect(REDACTED).toBe('[redacted]');
  });
});

function withCheckDigit(digits: string): string {
  let sum = 0;
  for (let at = 0; at < digits.length; at++) {
    const digit = Number(digits[digits.length - 1 - at]) * (at % 2 === 0 ? 2 : 1);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return digits + ((10 - (sum % 10)) % 10);
}

function grouped(digits: string, separator: string): string {
  return digits.replace(/\d{4}(?=\d)/g, (group) => group + separator);
}
