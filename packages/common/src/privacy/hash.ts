import { createHash, createHmac } from 'node:crypto';

/** Makes the function that hashes personal values: HMAC-SHA-256 with a key, plain SHA-256 without. */
export function createHasher(key: string | undefined): (value: string) => string {
  return (value) => {
    const normal = value.trim().toLowerCase();
    return (key === undefined ? createHash('sha256') : createHmac('sha256', key)).update(normal).digest('hex');
  };
}

/**
 * The hash under which an e-mail address is known in events: of the trimmed, lower-cased address, 64 hex digits.
 *
 * Keyed with `PII_HASH_KEY` when it is set, so that nobody without the key can test a list of addresses against it.
 */
export function hashEmail(email: string): string {
  return createHasher(process.env['PII_HASH_KEY'] || undefined)(email);
}
