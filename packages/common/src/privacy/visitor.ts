import { createHmac, randomBytes } from 'node:crypto';

/** The part of a request that tells visitors apart. */
export interface VisitorRequest {
  readonly ip: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** Without `PII_HASH_KEY` ids are stable within one process only. */
const processKey = randomBytes(32).toString('hex');

/**
 * An id for an anonymous visitor, `$device:` and 32 hex digits: a keyed hash of address and user agent with a key that changes at midnight UTC.
 *
 * No cookie and nothing stored: the same person is one visitor within a day and cannot be linked across days.
 */
export function visitorId(request: VisitorRequest, now: number = Date.now()): string {
  const dayKey = dayKeyOf(Math.floor(now / 86_400_000));
  const { ip, headers } = request;
  const digest = createHmac('sha256', dayKey)
    .update(`${ip}\n${headers['user-agent'] ?? ''}`)
    .digest('hex');
  return `$device:${digest.slice(0, 32)}`;
}

let current: { day: number; secret: string; key: Buffer } | undefined;

function dayKeyOf(day: number): Buffer {
  const secret = process.env['PII_HASH_KEY'] || processKey;
  if (current?.day !== day || current.secret !== secret) {
    current = { day, secret, key: createHmac('sha256', secret).update(`visitor ${day}`).digest() };
  }
  return current.key;
}
