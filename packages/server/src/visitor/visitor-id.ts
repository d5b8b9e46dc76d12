import { createHmac, hash } from 'node:crypto';
import { core } from '@qr/telemetry/internal';

/** The part of a request that tells visitors apart. */
export interface VisitorRequest {
  readonly ip: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/**
 * An id for an anonymous visitor, `$device:` and 32 hex digits: a keyed hash of address and user agent with a key that changes at midnight UTC.
 *
 * No cookie and nothing stored: the same person is one visitor within a day and cannot be linked across days. An empty text, which stands for nobody,
 * for what is no request.
 */
export function visitorId(request: VisitorRequest, now: number = Date.now()): string {
  const dayKey = dayKeyOf(Math.floor(now / 86_400_000));
  try {
    // The key before the text, in one call of OpenSSL: a third of what an HMAC object costs. As half of the digest is left out, nobody can go on
    // hashing from it, which is what an HMAC would prevent.
    return `$device:${hash('sha256', `${dayKey}${request.ip}\n${request.headers?.['user-agent'] ?? ''}`).slice(0, 32)}`;
  } catch {
    // No request, as a caller without types may pass it: nobody.
    return '';
  }
}

let current = { day: Number.NaN, secret: '', key: '' };

/** 64 hex digits. Without `PII_HASH_KEY` ids are stable within one process only. */
function dayKeyOf(day: number): string {
  const secret = core.people.hashKey().key ?? core.people.processKey;
  if (current.day !== day || current.secret !== secret) {
    current = { day, secret, key: createHmac('sha256', secret).update(`visitor ${day}`).digest('hex') };
  }
  return current.key;
}
