import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { REDACTED, redact, scrubText } from '../../../telemetry/src/privacy/index.ts';

const SECRET = 'hunter2Xq';

/** Texts with a secret at the place of §. */
const forms: Record<string, readonly string[]> = {
  'an operator of any language': [
    ...['token = §', 'token=§', 'token: §', 'token:§', 'token := "§"', 'token ::= "§"', 'token ?= "§"', 'token += "§"'],
    ...['token == "§"', 'assert(token === "§")', 'token != "§"', 'token !== "§"', "'token' => '§'", 'token->§'],
    ...['token ||= "§"', 'token ??= "§"', 'password＝§', 'password：§', 'x["token"] = "§"', ":password => '§'"],
  ],
  'a declaration with a type': [
    'var fooToken string = "§"',
    'token: string = "§"',
    'string apiToken = "§";',
    '$password = "§";',
  ],
  'angle brackets': [...['<token=§>', 'got <api_key := "§"> there', '<secret ?= §>', '<token: §>', 'e <--password §>']],
  'an XML element': [
    ...['<password>§</password>', '<ns:password type="x">§</ns:password>', '<password>\n  §\n</password>'],
    ...[
      '<Password><![CDATA[§]]></Password>',
      '<password><value>§</value></password>',
      '&lt;password&gt;§&lt;/password&gt;',
    ],
    ...['<key>password</key>\n<string>§</string>', '<entry key="password">§</entry>', '<password value="§"/>'],
  ],
  'a name and a value': [
    ...[
      'name="password" value="§"',
      '<input type="password" name="a" value="§">',
      '<input name="password" type="text" value="§">',
    ],
    ...[
      '<input value="§" name="password">',
      "{ name: 'x-api-key', value: '§' }",
      '{"name":"password","in":"body","value":"§"}',
    ],
    ...[
      '{"key":"password","value":{"a":"§"}}',
      'name=password&value=§',
      '["x-api-key","§"]',
      'setHeader("x-api-key", "§")',
    ],
  ],
  'a form and a sentence': [
    ...['name="password"\r\n\r\n§\r\n--', 'form-data; name="password"; x="y"\r\nContent-Type: text/plain\r\n\r\n§'],
    ...['password is "§"', 'password is: §', 'Password for user joe: §', 'secretKey → §', 'Invalid password: "§"'],
  ],
  'a command line': [
    ...['redis-cli -h x -a § ping'],
    ...[
      '--password §',
      '--password=§',
      '--password "§"',
      'login -p §',
      'mysql -u root -p§ db',
      'docker login -u joe -p §',
    ],
    ...[
      'curl -u joe:§ https://x.y',
      'curl -u "joe:§ a" https://x.y',
      'curl --user joe:§',
      'curl -H "X-Api-Key: §"',
      'java -Dpassword=§',
    ],
  ],
  'JSON, escaped, encoded and cut': [
    ...[
      '{"password":"§"}',
      '{"password": "a\\"§"}',
      '{\\"password\\":\\"§\\"}',
      '{\\\\\\"password\\\\\\":\\\\\\"§\\\\\\"}',
    ],
    ...['%7B%22password%22%3A%22§%22%7D', 'password%3D§', 'password%253D§', '\\u0022password\\u0022:\\u0022§\\u0022'],
    ...[
      '{&quot;password&quot;:&quot;§&quot;}',
      "{'password': b'§'}",
      '“password”: “§”',
      '{"password":"§',
      '{"tokens":["a","§"]}',
    ],
    ...['user[password]=§', 'data%5Bpassword%5D=§', "headers['authorization'] = '§'"],
  ],
  'a configuration file': [
    ...['password: |\n  §', 'spring.datasource.password=§', 'export DB_PASSWORD=§', "PASSWORD '§'", 'AccountKey=§;'],
    ...['PGPASSWORD=§ psql', 'aws_secret_access_key = §', 'connect.sid=§', 'PHPSESSID=§'],
  ],
  'a header': [
    ...[
      'Cookie: a="x y"; sid="§"',
      'Authorization: Digest username="Mufasa", realm="r", response="§"',
      'Set-Cookie: sid="§"; Path=/',
    ],
    ...[
      'Digest username="Mufasa", response="§"',
      '-H "Cookie: a=b; c=§"',
      '{"headers":{"cookie":"a=\\"b\\"; c=§"}}',
      'Authorization: Token §',
    ],
  ],
  'several words': [
    ...[
      'password: correct horse §',
      'Passphrase: one two three §',
      'secret = the § fox',
      'DB_PASSWORD=correct horse §',
    ],
    ...['IBAN: DE89 3704 0044 §', 'Credit card number: 1234 5678 §', 'Social security number: 12 34 §'],
  ],
};

describe('scrubText removes a labelled value from', () => {
  it.each(Object.entries(forms).flatMap(([name, texts]) => texts.map((text) => [name, text] as const)))(
    '%s: %s',
    (_, form) => {
      const clean = scrubText(form.replace('§', SECRET));
      expect(clean).not.toContain(SECRET);
      expect(clean).toContain(REDACTED);
      expect(scrubText(clean)).toBe(clean);
    },
  );

  it.each([
    ['assert(token === "s3cr3t")', `assert(token === "${REDACTED}")`],
    ['user=joe password=hunter2 status=200', `user=joe password=${REDACTED} status=200`],
    ['login failed: password=hunter2 for user joe', `login failed: password=${REDACTED} for user joe`],
    ['password: correct horse battery staple, user: joe', `password: ${REDACTED}, user: joe`],
    ['{"a":"TOKEN=s3cr3t","b":"kept"}', `{"a":"TOKEN=${REDACTED}","b":"kept"}`],
    ['Password: a b c\nHost: example.com', `Password: ${REDACTED}\nHost: example.com`],
    ['token: abc123 was rejected', `token: ${REDACTED} was rejected`],
    ['<a><pin>1234</pin><b>kept</b></a>', `<a><pin>${REDACTED}</pin><b>kept</b></a>`],
    ['["x-api-key","s3cr3t"] of 2', `["x-api-key","${REDACTED}"] of 2`],
  ])('no more than it: %s', (text, expected) => {
    expect(scrubText(text)).toBe(expected);
  });
});

describe('scrubText leaves what only looks like a label', () => {
  it.each([
    ...[
      'x_password=\nnext line',
      'password:\n  user: joe',
      'author: Peter',
      'passenger: 3',
      'bypass=1',
      'tokens_used=12',
    ],
    ...[
      'session_count: 4',
      'max_tokens: 4096',
      'token_type=bearer',
      'token_type: Bearer',
      'secretary: Ann',
      'has_password: true',
    ],
    ...[
      'cookies: disabled',
      'cookies: disabled, storage: enabled',
      "the update isn't set yet",
      "isn't set",
      'password is required',
    ],
    ...[
      'password: must have 8 characters',
      'password: is required',
      'Unexpected token } in JSON',
      'Unexpected token: }',
    ],
    ...[
      'auth-service: listening',
      'pinned: yes',
      'shipping: DHL',
      'design: x',
      'assignee: joe',
      'className: "x"',
      '<password/>',
    ],
    ...[
      'mkdir -p build',
      'docker run -p 8080:80 app',
      'ssh -p 22 host',
      'tsc -p tsconfig.json',
      '--password-stdin < file',
    ],
    ...[
      'page=2',
      'limit=10',
      'sessions: 12',
      'ssh://git@github.com/a/b.git',
      '{"a":"https://localhost","b":"foo@localhost"}',
      'GET /z?page=2&limit=10&sort=asc',
      'Signature: invalid',
      'token::parse(x)',
      'where password = $1',
    ],
  ])('%s', (text) => {
    expect(scrubText(text)).toBe(text);
  });
});

describe('for any harmless text around it', () => {
  const word = fc.constantFrom(
    'lorem',
    'ipsum',
    'GET',
    '/codes/:id',
    '503',
    'in 12 ms',
    'ECONNREFUSED',
    '(retry 2)',
    'user joe',
  );
  const sentence = fc.array(word, { maxLength: 6 }).map((words) => words.join(' '));
  const secret = fc.stringMatching(/^[A-Za-z][0-9][A-Za-z0-9!#]{6,20}$/);
  const label = fc.constantFrom(
    'password',
    'apiKey',
    'db_pass',
    'x-auth-token',
    'CLIENT_SECRET',
    'two-factor',
    'user.session',
    'sid',
  );
  const form = fc.constantFrom<(label: string, secret: string) => [string, string]>(
    (name, value) => [`${name}=${value}`, `${name}=${REDACTED}`],
    (name, value) => [`"${name}":"${value}"`, `"${name}":"${REDACTED}"`],
    (name, value) => [`${name} := '${value}'`, `${name} := '${REDACTED}'`],
    (name, value) => [`<${name}>${value}</${name}>`, `<${name}>${REDACTED}</${name}>`],
    (name, value) => [`--${name} "${value}"`, `--${name} "${REDACTED}"`],
    (name, value) => [`["${name}", "${value}"]`, `["${name}", "${REDACTED}"]`],
  );

  it('the secret goes, the rest stays whole, and a second time changes nothing', () => {
    fc.assert(
      fc.property(sentence, sentence, label, secret, form, (before, after, name, value, write) => {
        const [text, expected] = write(name, value);
        const clean = scrubText(`${before}. ${text} ${after}`);
        expect(clean).toBe(`${before}. ${expected} ${after}`);
        expect(scrubText(clean)).toBe(clean);
      }),
      { numRuns: 500 },
    );
  });
});

describe('redact', () => {
  it('removes the values of pairs in lists and objects', () => {
    expect(
      redact({
        header: ['x-api-key', 's'],
        headers: [
          ['x-api-key', 's'],
          ['accept', 'json'],
        ],
        raw: ['host', 'a', 'authorization', 's'],
        pair: { name: 'password', value: 's' },
        entry: { key: 'token', value: { a: 1 } },
        field: { name: 'city', value: 'Berlin' },
      }),
    ).toEqual({
      header: ['x-api-key', REDACTED],
      headers: [
        ['x-api-key', REDACTED],
        ['accept', 'json'],
      ],
      raw: ['host', 'a', 'authorization', REDACTED],
      pair: { name: 'password', value: REDACTED },
      entry: { key: 'token', value: REDACTED },
      field: { name: 'city', value: 'Berlin' },
    });
  });

  it('keeps words that say there is no secret', () => {
    const states = { cookies: 'disabled', password: 'required', token: 'expired', session: 'none' };
    expect(redact(states)).toEqual(states);
  });
});
