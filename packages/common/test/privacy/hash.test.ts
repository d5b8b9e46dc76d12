import { createHash, createHmac } from 'node:crypto';
import { afterEach, expect, it } from 'vitest';
import { hashEmail, visitorId } from '../../src/index.ts';
import { setEnv } from '../start-observed.ts';

let restore = () => {};
afterEach(() => restore());

it('hashes the trimmed, lower-cased address without a key', () => {
  restore = setEnv({ PII_HASH_KEY: undefined });
  expect(hashEmail('  Joe@Example.COM ')).toBe(createHash('sha256').update('joe@example.com').digest('hex'));
});

it('uses HMAC with PII_HASH_KEY', () => {
  const key = 'k'.repeat(32);
  restore = setEnv({ PII_HASH_KEY: key });
  expect(hashEmail('joe@example.com')).toBe(createHmac('sha256', key).update('joe@example.com').digest('hex'));
});

const request = { ip: '203.0.113.7', headers: { 'user-agent': 'Mozilla/5.0' } };
const noon = Date.UTC(2026, 0, 15, 12);

it('gives a visitor one id a day, and another the next day', () => {
  const today = visitorId(request, noon);
  expect(today).toMatch(/^\$device:[0-9a-f]{32}$/);
  expect(visitorId(request, noon + 11 * 3_600_000)).toBe(today);
  expect(visitorId(request, noon + 12 * 3_600_000)).not.toBe(today);
});

it('tells addresses and user agents apart, and shows neither', () => {
  const id = visitorId(request, noon);
  expect(visitorId({ ...request, ip: '203.0.113.8' }, noon)).not.toBe(id);
  expect(visitorId({ ...request, headers: {} }, noon)).not.toBe(id);
  expect(id).not.toContain('203.0');
});
