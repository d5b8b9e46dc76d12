import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { hashEmail, sentIdOf } from '../../src/index.ts';
import { core } from '../../src/instance.ts';
import { setEnv } from '../start-observed.ts';

const KEY = 'k'.repeat(32);
const hashOf = (text: string) => createHmac('sha256', KEY).update(text).digest('hex');
const JANE = hashOf('jane@example.com');

let restore = () => {};
let warn = vi.spyOn(console, 'warn');
beforeEach(() => {
  core.warnOnce.reset();
  warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  restore = setEnv({ PII_HASH_KEY: KEY, OBSERVABILITY_PLAIN_USER_IDS: undefined });
});
afterEach(() => {
  core.people.release();
  restore();
});

const SPELLINGS = [
  ...['jane@example.com', 'Jane@Example.COM', ' jane@example.com\n', 'jane @ example.com', 'jane%40example.com'],
  ...['jane%2540example.com', '%6Aane%40example.com', 'mailto:jane@example.com', 'MAILTO:Jane%40example.com?subject=x'],
  ...['Jane Doe <jane@example.com>', 'jane＠example．com', 'jane\u200b@example.com'],
];

describe('a user id that is an e-mail address', () => {
  it.each(SPELLINGS)('has one hash in every spelling: %j', (spelling) => {
    expect(sentIdOf(spelling)).toBe(JANE);
    expect(hashEmail(spelling)).toBe(JANE);
    expect(sentIdOf(`$device:${spelling.trim()}`)).toBe(`$device:${JANE}`);
  });

  it('keeps what makes it another address', () => {
    expect(sentIdOf('jane%2Bnews%40example.com')).toBe(hashOf('jane+news@example.com'));
    expect(sentIdOf('j.ane@example.com')).toBe(hashOf('j.ane@example.com'));
  });

  it('has one hash for a domain in letters and in ASCII', () => {
    expect(sentIdOf('Jürgen@Bücher.example')).toBe(hashOf('jürgen@bücher.example'));
    expect(sentIdOf('jürgen@xn--bcher-kva.example')).toBe(hashOf('jürgen@bücher.example'));
    expect(sentIdOf('ju\u0308rgen@bücher.example')).toBe(hashOf('jürgen@bücher.example'));
  });

  it.each(['"jane doe"@example.com', 'auth0|jane@example.com', 'tenant-1:jane@example.com', 'jane@localhost'])(
    'is hashed whole when the address is unusual or a part of the id: %j',
    (id) => expect(sentIdOf(id)).toBe(hashOf(id)),
  );

  it('is hashed once: the hash stays as it is', () => {
    expect(sentIdOf(sentIdOf('jane@example.com'))).toBe(JANE);
  });
});

it('hashes an international telephone number, however it is grouped', () => {
  const hash = hashOf('+491701234567');
  for (const id of ['+491701234567', '+49 170 123-45-67', '+49 (170) 1234567', 'tel:+491701234567', '%2B491701234567'])
    expect(sentIdOf(id)).toBe(hash);
});

it.each([
  ...['0b9f6c1e-5f0a-4a52-9c0e-3f6a1d1c7a10', 'user_42', '$device:0123456789abcdef0123456789abcdef', 'a'.repeat(64)],
  ...['@jane', 'team@2', '100%', '50%25', 'a+b', 'user+1', '+12', 'auth0|5f7c8ec7c33c6c004bbafe82', ''],
])('leaves other ids alone: %j', (id) => {
  expect(sentIdOf(id)).toBe(id);
  expect(warn).not.toHaveBeenCalled();
});

it('warns once, without the address', () => {
  for (const id of ['jane@example.com', 'joe@example.com', '+491701234567']) sentIdOf(id);
  expect(warn).toHaveBeenCalledTimes(1);
  expect(String(warn.mock.calls[0])).toMatch(/plainUserIds/);
  expect(String(warn.mock.calls[0])).not.toMatch(/jane|joe|@|\+49/);
});

it('takes hostile ids in linear time', () => {
  const hostile = ['a@', 'a@a.', '%25', '%40', '<', '+1 ', '@ ', '﹫'].map((part) => part.repeat(200_000));
  const startedAt = performance.now();
  for (const id of hostile) sentIdOf(id);
  expect(performance.now() - startedAt).toBeLessThan(1000);
});

describe('plainUserIds', () => {
  const isPlain = () => sentIdOf('jane@example.com') === 'jane@example.com';

  it.each(['true', 'TRUE', ' true '])('sends ids as they are with OBSERVABILITY_PLAIN_USER_IDS=%j', (value) => {
    process.env['OBSERVABILITY_PLAIN_USER_IDS'] = value;
    expect(isPlain()).toBe(true);
  });

  it.each(['', 'false', '1', 'yes', 'truee', 'on'])('hashes them with OBSERVABILITY_PLAIN_USER_IDS=%j', (value) => {
    process.env['OBSERVABILITY_PLAIN_USER_IDS'] = value;
    expect(isPlain()).toBe(false);
  });

  it('warns of a malformed variable', () => {
    process.env['OBSERVABILITY_PLAIN_USER_IDS'] = 'yes';
    core.people.choosePlainUserIds(undefined, 'initializeMixpanel');
    expect(String(warn.mock.calls[0])).toContain('OBSERVABILITY_PLAIN_USER_IDS: expected true or false, got "yes"');
  });

  it('lets an option override the variable', () => {
    core.people.choosePlainUserIds(true, 'initializeMixpanel');
    expect(isPlain()).toBe(true);
    core.people.release();
    process.env['OBSERVABILITY_PLAIN_USER_IDS'] = 'true';
    core.people.choosePlainUserIds(false, 'initializeMixpanel');
    expect(isPlain()).toBe(false);
  });

  it.each(['true', 1, null, {}])('hashes with the malformed option %j, and warns', (option) => {
    process.env['OBSERVABILITY_PLAIN_USER_IDS'] = 'true';
    core.people.choosePlainUserIds(option, 'initializeSentry');
    expect(isPlain()).toBe(false);
    expect(String(warn.mock.calls[0])).toContain('initializeSentry: plainUserIds expects true or false');
  });

  it.each([
    [true, false],
    [false, true],
  ])('hashes when two calls differ (%s, %s), and warns', (first, second) => {
    core.people.choosePlainUserIds(first, 'initializeSentry');
    core.people.choosePlainUserIds(second, 'initializeMixpanel');
    expect(isPlain()).toBe(false);
    expect(String(warn.mock.calls[0])).toContain('differs');
  });
});
