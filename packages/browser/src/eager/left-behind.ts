import { isGranted } from '../consent/consent.ts';

/** Where what was left behind waits for the next visit, when it could not be sent. */
export const KEPT_KEY = 'qr_left';
/** Of all that waits, in characters; browsers allow some five million for the whole origin. */
const MAX_KEPT = 100_000;
/** A beacon takes 64 KiB in all that are under way: https://fetch.spec.whatwg.org/#http-network-or-cache-fetch */
const MAX_BEACON = 30_000;

/** Calls that no SDK has taken, in the form in which the page's own server takes them. */
export interface LeftBehind {
  /** Whose they are, and what the server must know of the page to make them what the SDK would have. */
  readonly page: Readonly<Record<string, unknown>>;
  readonly calls: readonly unknown[];
  /** Where that server listens. */
  readonly path: string;
}

/**
 * Hands calls to the page's own server as the page is being left, when no answer can be waited for. What cannot be sent waits on the device for the
 * next visit, with consent.
 */
export function leaveBehind({ page, calls, path }: LeftBehind): void {
  const body = JSON.stringify({ ...page, calls });
  if (body.length > MAX_BEACON && calls.length > 1) {
    const half = calls.length >> 1;
    for (const part of [calls.slice(0, half), calls.slice(half)]) leaveBehind({ page, calls: part, path });
  } else if (!(navigator.onLine && navigator.sendBeacon?.(path, body)) && isGranted()) keep(path, body);
}

function keep(path: string, body: string): void {
  try {
    const kept = JSON.parse(localStorage.getItem(KEPT_KEY) ?? '[]') as unknown[];
    const text = JSON.stringify([...kept, [path, body]]);
    // The oldest, which explain the rest, survive.
    if (text.length <= MAX_KEPT) localStorage.setItem(KEPT_KEY, text);
  } catch {
    // Storage is full or blocked.
  }
}
