import { createHash, createHmac } from 'node:crypto';
import { domainToUnicode } from 'node:url';
import { personalIdOf } from '../privacy/index.ts';
import { hashKey } from './hash-key.ts';

/**
 * Hashes a personal value, trimmed and in lower case, to 64 hex digits: HMAC-SHA-256 with `PII_HASH_KEY`, plain SHA-256 where no key is set. With a
 * key that production refuses, the hash is keyed at random. All spellings of one e-mail address or telephone number have one hash.
 *
 * @param key instead of that of this process.
 */
export function hashPersonal(value: string, key: string | undefined = hashKey().key): string {
  const hash = key === undefined ? createHash('sha256') : createHmac('sha256', key);
  return hash.update(normalOf(value)).digest('hex');
}

function normalOf(value: string): string {
  const personal = personalIdOf(value);
  if (personal === undefined) return value.trim().toLowerCase();
  const domain = personal.slice(personal.lastIndexOf('@') + 1);
  if (!domain.includes('xn--')) return personal;
  // A browser's e-mail field turns the letters of a domain into ASCII; empty for what is no domain.
  return personal.slice(0, -domain.length) + (domainToUnicode(domain) || domain);
}

/**
 * Returns the hash under which an e-mail address is known in events, the `email_hash` of the tracking plan: of the trimmed, lower-cased address, 64
 * hex digits, however the address is encoded. An empty text for anything that is not a text.
 *
 * Keyed with `PII_HASH_KEY` when it is set, so that nobody without the key can test a list of addresses against it.
 */
export function hashEmail(email: string): string {
  return typeof email === 'string' ? hashPersonal(email) : '';
}
