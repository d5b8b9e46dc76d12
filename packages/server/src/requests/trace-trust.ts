import { type Caller, refill, type TokenBucket } from '@qr/telemetry/internal';
import { addressKey } from '../addresses.ts';
import { createTokenCheck } from '../service-token.ts';

/** Traces that one address may have recorded at once, and how many milliseconds until one more: enough for the pages of a person. */
const EACH = { capacity: 20, msEach: 3000 };
/** Addresses that are told apart. */
const MAX_ADDRESSES = 10_000;

/**
 * Makes the function that says whether the `-1` of a caller's `sentry-trace` is followed. A service, which shows the service token, decides for us.
 * Anybody else can write the header: our own pages do, and so may a stranger with each of a million requests. Their `-1` counts within a budget for
 * each address (of IPv6: each /64).
 */
export function createTraceTrust(serviceToken: string | undefined): (caller: Caller) => boolean {
  const isService = serviceToken === undefined ? () => false : createTokenCheck(serviceToken);
  const buckets = new Map<string, TokenBucket>();
  return ({ ip, headers }) => {
    if (headers.authorization !== undefined && isService({ headers })) return true;
    const address = addressKey(ip);
    const now = Date.now();
    const bucket = buckets.get(address) ?? { level: EACH.capacity, at: now };
    // The one used last is last.
    buckets.delete(address);
    buckets.set(address, bucket);
    if (buckets.size > MAX_ADDRESSES) buckets.delete(buckets.keys().next().value ?? '');
    refill(bucket, EACH, now);
    if (bucket.level < 1) return false;
    bucket.level--;
    return true;
  };
}
