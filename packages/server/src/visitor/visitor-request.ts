import { createHmac, hash } from 'node:crypto';
import { internals, type TelemetryHandle } from '@qr/telemetry/internal';

/** The part of a request that tells visitors apart. */
export interface VisitorRequest {
  readonly ip: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/**
 * Returns an id for an anonymous visitor, `$device:` and 32 hex digits: a keyed hash of address and user agent with a key that changes at midnight UTC.
 *
 * No cookie and nothing stored: the same person is one visitor within a day and cannot be linked across days. An empty text, which stands for nobody,
 * for what is no request.
 */
export type VisitorId = (request: VisitorRequest, now?: number) => string;

/** Returns the function that identifies visitors. Without `PII_HASH_KEY` ids are stable within one process only. */
export function createVisitorId(telemetry: TelemetryHandle): VisitorId {
  const { hashKey, processKey } = telemetry[internals].core.people;
  let current = { day: Number.NaN, secret: '', key: '' };

  /** 64 hex digits. */
  function dayKeyOf(day: number): string {
    const secret = hashKey().key ?? processKey;
    if (current.day !== day || current.secret !== secret) {
      current = { day, secret, key: createHmac('sha256', secret).update(`visitor ${day}`).digest('hex') };
    }
    return current.key;
  }

  return (request, now = Date.now()) => {
    const dayKey = dayKeyOf(Math.floor(now / 86_400_000));
    try {
      // The key before the text, in one call of OpenSSL: a third of what an HMAC object costs. As half of the digest is left out, nobody can go on
      // hashing from it, which is what an HMAC would prevent.
      return `$device:${hash('sha256', `${dayKey}${request.ip}\n${request.headers?.['user-agent'] ?? ''}`).slice(0, 32)}`;
    } catch {
      // No request, as a caller without types may pass it: nobody.
      return '';
    }
  };
}

/**
 * Whether a browser asks in advance, for a page that the person may never open: nobody has visited anything yet.
 * https://wicg.github.io/nav-speculation/prefetch.html#sec-purpose-header; the other two are how Safari and old versions of Firefox say it.
 */
export function isPrefetch({ headers }: Pick<VisitorRequest, 'headers'>): boolean {
  const purpose = headers['sec-purpose'] ?? headers['purpose'] ?? headers['x-purpose'] ?? headers['x-moz'];
  return typeof purpose === 'string' && /^(?:prefetch|preview|prerender)\b/i.test(purpose.trim());
}
