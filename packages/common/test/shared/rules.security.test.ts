import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createScrubber, HARMLESS_TEXT, REDACTED, redact, scrubText } from '../../../telemetry/src/privacy/index.ts';
import { knownTokens } from '../../../telemetry/src/privacy/known-tokens.ts';
import { createRules, ruleExamples } from '../../../telemetry/src/privacy/rules.ts';
import { createKeyRules } from '../../../telemetry/src/privacy/sensitive-keys.ts';

const rules = createRules(createKeyRules(), [], false);

describe('each rule', () => {
  it('has examples, and no example is without a rule', () => {
    expect(Object.keys(ruleExamples).sort()).toEqual(rules.map(({ name }) => name).sort());
  });

  it.each(Object.entries(ruleExamples))(
    '%s: removes its example and leaves its counter-example',
    (name, { holds, looksLikeIt }) => {
      const [before, secret, after] = holds;
      const rule = rules.find((each) => each.name === name);
      expect(rule?.hint.test(`${before}${secret}${after}`)).toBe(true);
      expect(scrubText(`${before}${secret}${after}`)).toBe(`${before}${REDACTED}${after}`);
      expect(scrubText(looksLikeIt)).toBe(looksLikeIt);
    },
  );
});

describe('a token without a label', () => {
  const tokens = knownTokens.flatMap(({ prefixes, of, atLeast }) =>
    prefixes.map(
      (prefix) =>
        [prefix, `^${prefix.replace(/\[[^\]]*\]|[.$]/g, literal)}[${of}]{${atLeast},${atLeast + 8}}$`] as const,
    ),
  );

  it.each(tokens)('%s', (prefix, source) => {
    // A look-around says what stands beside a token.
    const shape = fc.stringMatching(new RegExp(source.replace(/\(\?<?[=!](?:\[[^\]]*\]|\([^)]*\)|[^()])*\)/g, '')));
    const isLob = prefix.includes('(?=');
    fc.assert(
      fc.property(isLob ? exactly(prefix) : shape, (token) => {
        expect(scrubText(`found ${token} in the log`)).toBe(`found ${REDACTED} in the log`);
        expect(scrubText(`GET /x?y=%3D${token}`)).not.toContain(token);
        expect(redact([token])).toEqual([REDACTED]);
      }),
      { numRuns: 20 },
    );
  });

  it.each([
    ['Slack', `https://hooks.slack.com/${'services/T0'}/B0/x1y2z3`],
    ['Discord', `https://discord.com/api/${'webhooks/12'}/x1y2z3`],
    ['Telegram', `https://api.telegram.org/${'bot12'}:x1y2z3/sendMessage`],
    ['Teams', `https://a.webhook.office.com/${'webhookb2/'}1@2/IncomingWebhook/x1y2z3`],
  ])('a webhook of %s', (_, url) => {
    expect(scrubText(`POST ${url} failed`)).not.toContain('x1y2z3');
  });

  it('leaves names that begin alike', () => {
    const names =
      'npm_config_registry sk_liveness pat.terns.and.more key-value hf_hub s.split api_org_name ghp_ AKIAN secret_name live_view_count';
    expect(scrubText(names)).toBe(names);
  });
});

describe('a text that is not searched', () => {
  it('holds nothing that a rule finds', () => {
    const part = fc.constantFrom(
      'a',
      'B',
      '1',
      '9',
      ' ',
      '.',
      '_',
      'eyJ',
      'Bearer ',
      'xoxb',
      'AKIA',
      'home',
      '-',
      '2024-01-15',
      'T10:00:00Z',
      '8.8',
      '\u00e4',
    );
    const short = fc.oneof(
      fc.string({ maxLength: 12 }),
      fc.array(part, { maxLength: 12 }).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(short, (text) => {
        fc.pre(HARMLESS_TEXT.test(text));
        expect(rules.reduce((clean, rule) => rule.scrub(clean), text)).toBe(text);
      }),
      { numRuns: 3000 },
    );
  });
});

describe('numbers and ids', () => {
  it.each([
    ['a UUID', '41111111-1111-4111-8111-111111111111', 'ad12aa34-5bcd-4ef0-8123-456789abcdef'],
    ['a digest', `4111111111111111${'ab12'.repeat(12)}`, `de89370400440532013000${'0a'.repeat(21)}`],
    ['a trace', '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', '4111111111111111aaaaaaaaaaaaaaaa'],
    ['a time', '2024-01-15T10:00:00.123456789Z', '1700000000000', '1700000000000000000', '20240115123456'],
    ['a version', 'v1.2.3.4', 'pg@8.1.2.3', 'Chrome/120.0.6099.109', '1.2.3-beta.4'],
    [
      'an article or order',
      'EAN 4006381333931',
      'order 20240115123456',
      'ISBN 978-3-16-148410-0',
      'snowflake 175928847299117063',
    ],
    ['a word with colons', 'std::a1b2', '12:30:45', 'dead::beef', '00:00', 'a:b:c:d:e:f:0:1'],
    ['a file or an account of a machine', 'icon@3x.png', 'git@github.com:a/b.git', 'user@localhost'],
  ])('stay: %s', (_, ...texts) => {
    for (const text of texts) expect(scrubText(`x ${text} y`)).toBe(`x ${text} y`);
  });

  it('stay under keys of ids, and go where nothing says what they are', () => {
    const ids = {
      order_id: '4111111111111111',
      orderId: 4111111111111111,
      ean: '4012888888881881',
      orderNumber: '30569309025904',
    };
    expect(redact(ids)).toEqual(ids);
    expect(redact({ number: '4111111111111111', note: 'order 4111111111111111', card_id: '4111111111111111' })).toEqual(
      {
        number: REDACTED,
        note: `order ${REDACTED}`,
        card_id: REDACTED,
      },
    );
  });

  it('no UUID is changed', () => {
    fc.assert(
      fc.property(fc.uuid(), (id) => {
        expect(scrubText(`code ${id}, ${id.toUpperCase()}`)).toBe(`code ${id}, ${id.toUpperCase()}`);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('card numbers and accounts', () => {
  const separators = [' ', '\u00a0', '\t', '.', '-', '%20', '\u202f', '+', '  '];
  it.each(separators)('go with %j between their blocks', (separator) => {
    for (const blocks of ['4111 1111 1111 1111', '5555 5555 5555 4444', '3782 822463 10005', '6011 1111 1111 1117']) {
      expect(scrubText(`pay ${blocks.replaceAll(' ', separator)} now`)).toBe(`pay ${REDACTED} now`);
    }
  });

  it.each(separators.slice(0, 7))('IBANs go with %j between their blocks', (separator) => {
    for (const blocks of ['DE89 3704 0044 0532 0130 00', 'GB29 NWBK 6016 1331 9268 19', 'NO93 8601 1117 947']) {
      expect(scrubText(`to ${blocks.replaceAll(' ', separator)} today`)).toBe(`to ${REDACTED} today`);
    }
  });
});

describe('people', () => {
  it.each([
    ...[
      '+49 30 901820',
      '+1 (555) 123-4567',
      '+15551234567',
      '+44 20 7946 0958',
      '0049 30 901820',
      'tel:+4930901820',
      '%2B15551234567',
    ],
  ])('the telephone number %s goes', (number) => {
    expect(scrubText(`call ${number} now`)).not.toMatch(/\d/);
  });

  it.each([
    ...[
      '203.0.113.7',
      '8.8.8.8:53',
      'ip=198.51.100.4',
      '[2001:db8::1]:443',
      '2001:db8:85a3::8a2e:370:7334',
      '::ffff:203.0.113.7',
    ],
    ...['2a00:1450:4001:81b:0:0:0:200e', '4a:00:04:10:9b:50'],
  ])('the address %s goes, unless addresses are kept', (address) => {
    expect(scrubText(`from ${address} at`)).toContain(REDACTED);
    const { scrubText: keeping, redact: redactKeeping } = createScrubber({ keepAddresses: true });
    expect(keeping(`from ${address} at`)).toBe(`from ${address} at`);
    expect(redactKeeping({ remote_addr: address })).toEqual({ remote_addr: address });
    expect(redact({ remote_addr: 'somewhere' })).toEqual({ remote_addr: REDACTED });
  });

  it.each(['127.0.0.1:5432', '10.1.2.3', '192.168.0.1', '172.16.0.1', '169.254.1.1', '::1', 'fe80::1', 'fd00::1'])(
    'the private address %s stays',
    (address) => {
      expect(scrubText(`connect ${address} refused`)).toBe(`connect ${address} refused`);
    },
  );

  it.each([
    ['/home/joe/app/x.js', `/home/${REDACTED}/app/x.js`],
    ['file:///Users/joe/x.js', `file:///Users/${REDACTED}/x.js`],
    ['C:\\Users\\joe\\x.js', `C:\\Users\\${REDACTED}\\x.js`],
    ['C:\\\\Users\\\\joe\\\\x.js', `C:\\\\Users\\\\${REDACTED}\\\\x.js`],
    ['c:/Users/Jane Doe/x.js', `c:/Users/${REDACTED}/x.js`],
  ])('the name in %s goes', (path, expected) => {
    expect(scrubText(`at ${path}:1:2`)).toBe(`at ${expected}:1:2`);
  });

  it.each(['https://shop.example/home/garden', '/users/42', '/home/:id'])('the path %s stays', (path) => {
    expect(scrubText(`GET ${path}`)).toBe(`GET ${path}`);
  });

  it('an option that makes no sense keeps no address', () => {
    const { scrubText: scrub, problems } = createScrubber({ keepAddresses: 'yes' } as never);
    expect(scrub('from 203.0.113.7')).toBe(`from ${REDACTED}`);
    expect(problems).toEqual([
      'scrub.keepAddresses: expected true or false, got the text "yes"; addresses are removed.',
    ]);
  });
});

function literal(part: string): string {
  return part.length === 1 ? `\\${part}` : part;
}

/** Tokens whose length is fixed. */
function exactly(prefix: string): fc.Arbitrary<string> {
  const length = Number(/\{(\d+)\}/.exec(prefix)?.[1]);
  const start = prefix.replace(/\(\?=.*$/, '').replace('(?:live|test)', 'live');
  // One in hexadecimal alone could be a digest.
  const rest = start.endsWith('_') ? `[a-f0-9]{${length}}` : `[G-Z][A-Za-z0-9]{${length - 1}}`;
  return fc.stringMatching(new RegExp(`^${rest}$`)).map((text) => start + text);
}
