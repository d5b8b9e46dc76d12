import { limitsFor, type Refill, refill, type TokenBucket } from '@qr/telemetry/internal';
import { addressKey } from '../addresses.ts';

/** Addresses that are remembered; the one that was remembered first is forgotten beyond that. */
const MAX_ADDRESSES = 10_000;
/** One address may use this part of the budget of all. */
const ADDRESS_PART = 5;
/** An address may keep this part of what the spool holds. */
const SHARE_PART = 16;
/** Records that are older than this wait for a receiver that is away. */
const BEHIND_MS = 30_000;

/** Limits how many errors pages may send, in all and for each address. */
export interface ErrorAllowance {
  /** Takes `count` errors of an address from the budget, all or none. Returns false when there is no room for them. */
  take(address: string, count?: number): boolean;
}

/**
 * Spreads a month's page errors over the month, apart from those of the services, so that a stranger who sends errors neither exhausts the quota at
 * the vendor nor silences other visitors. A tenth of the month may be sent at once; one address gets a fifth of everything.
 *
 * @param perMonth errors in 31 days; 0 for no limit.
 * @throws Error for anything but a whole number.
 */
export function createErrorAllowance(perMonth: number, now: () => number = Date.now): ErrorAllowance {
  if (!Number.isSafeInteger(perMonth) || perMonth < 0) {
    throw new Error(
      `The option errorsPerMonth of the tunnel expects a whole number of errors, or 0 for no limit; got ${perMonth}.`,
    );
  }
  if (perMonth === 0) return { take: () => true };
  const { total } = limitsFor(perMonth);
  const each: Refill = { capacity: Math.ceil(total.capacity / ADDRESS_PART), msEach: total.msEach * ADDRESS_PART };
  const all: TokenBucket = { level: total.capacity, at: now() };
  const buckets = new Map<string, TokenBucket>();
  return {
    take(address, count = 1) {
      const key = addressKey(address);
      const own = buckets.get(key) ?? { level: each.capacity, at: now() };
      remember(buckets, key, own);
      refill(own, each, now());
      refill(all, total, now());
      if (own.level < count || all.level < count) return false;
      own.level -= count;
      all.level -= count;
      return true;
    },
  };
}

/** Limits how many bytes of one address are kept while a receiver is away. */
export interface KeptShare {
  /** Returns false when the address has no room for this many bytes. */
  take(address: string, bytes: number): boolean;
}

export interface KeptShareOptions {
  /** Bytes that are kept of all addresses. */
  readonly maxBytes: number;
  /** Age of the oldest record that waits, milliseconds. */
  readonly oldestAgeMs: () => number;
  /** @default Date.now */
  readonly now?: () => number;
}

/**
 * Gives each address a sixteenth of what is kept, counted before compression, so that a large report cannot push out those of other visitors. What
 * has been delivered does not count.
 */
export function createKeptShare({ maxBytes, oldestAgeMs, now = Date.now }: KeptShareOptions): KeptShare {
  const share = maxBytes / SHARE_PART;
  // Two generations of counts: when nothing is older than a generation, all that the one before counted has been delivered.
  let [older, newer] = [new Map<string, number>(), new Map<string, number>()];
  let startedAt = now();
  return {
    take(address, bytes) {
      if (now() - startedAt > BEHIND_MS && oldestAgeMs() < BEHIND_MS) {
        [older, newer] = [newer, new Map()];
        startedAt = now();
      }
      const key = addressKey(address);
      const used = (newer.get(key) ?? 0) + bytes;
      if ((older.get(key) ?? 0) + used > share) return false;
      remember(newer, key, used);
      return true;
    },
  };
}

function remember<T>(map: Map<string, T>, key: string, value: T): void {
  const [first] = map.keys();
  if (first !== undefined && map.size >= MAX_ADDRESSES && !map.has(key)) map.delete(first);
  map.set(key, value);
}
