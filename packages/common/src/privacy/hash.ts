import { createHash, createHmac } from 'node:crypto';
import { hashKey } from './hash-key.ts';

/**
 * Hashes a personal value, trimmed and in lower case, to 64 hex digits: HMAC-SHA-256 with `PII_HASH_KEY`, plain SHA-256 where no key is set. With a
 * key that production refuses, the hash is keyed at random.
 */
export function hashPersonal(value: string): string {
  const { key } = hashKey();
  const normal = value.trim().toLowerCase();
  return (key === undefined ? createHash('sha256') : createHmac('sha256', key)).update(normal).digest('hex');
}

/**
 * Returns the hash under which an e-mail address is known in events, the `email_hash` of the tracking plan: of the trimmed, lower-cased address, 64
 * hex digits. An empty text for anything that is not a text.
 *
 * Keyed with `PII_HASH_KEY` when it is set, so that nobody without the key can test a list of addresses against it.
 */
export function hashEmail(email: string): string {
  return typeof email === 'string' ? hashPersonal(email) : '';
}
