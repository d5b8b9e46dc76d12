import { isGranted } from './consent.ts';
import { leaveTasks } from './page-state.ts';

/** Where what was left behind waits for the next visit, when it could not be sent: `[path, body, at]` each. */
export const KEPT_KEY = 'qr_left';
/** Of all that waits, in characters of two bytes each; browsers allow some five million for the whole origin. */
const MAX_KEPT = 100_000;
/** A beacon takes 64 KiB in all that are under way: https://fetch.spec.whatwg.org/#http-network-or-cache-fetch. In characters of up to three bytes. */
const MAX_BEACON = 20_000;
/** Longer texts are cut; the server takes no more of any. */
const MAX_TEXT = 8000;

/** Where calls go that no SDK has taken. */
export interface OwnServer {
  /** The owner, and what the server must know of the page to process the calls as the SDK would. */
  readonly page: Readonly<Record<string, unknown>>;
  readonly path: string;
}

/**
 * Runs a task each time the page is being left and may not come back. On phones a page that is hidden is often never heard of again
 * (https://developer.mozilla.org/docs/Web/API/Document/visibilitychange_event). The newest task runs first, because what it says may go through
 * the older ones.
 */
export function whenLeft(task: () => void): void {
  if (leaveTasks.unshift(task) > 1) return;
  const leave = () => {
    for (const each of leaveTasks) each();
  };
  addEventListener('pagehide', leave);
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) leave();
  });
}

/**
 * Hands calls that no SDK has taken to the page's own server, without waiting for an answer.
 *
 * @param mayKeep whether what cannot be sent waits on the device for the next visit, with consent.
 * @returns how many of the calls are gone, the first ones; the others still wait in memory.
 */
export function leaveBehind(to: OwnServer, calls: readonly object[], mayKeep: boolean): number {
  // Calls are as they were made, so no other server may have them.
  const path = new URL(to.path, location.href).pathname;
  const body = `${JSON.stringify(to.page).slice(0, -1)},"calls":[${calls.map(jsonOf)}]}`;
  if (body.length > MAX_BEACON && calls[1]) {
    const half = calls.length >> 1;
    const gone = leaveBehind(to, calls.slice(0, half), mayKeep);
    return gone < half ? gone : half + leaveBehind(to, calls.slice(half), mayKeep);
  }
  return (navigator.onLine && navigator.sendBeacon?.(path, body)) || (mayKeep && keep(path, body)) ? calls.length : 0;
}

/** Keeps a body for the next visit, if that is allowed and there is room; the oldest, which explain the rest, survive. */
export function keep(path: string, body: string): boolean {
  try {
    const kept = JSON.parse(localStorage.getItem(KEPT_KEY) ?? '[]') as unknown[];
    const text = JSON.stringify([...kept, [path, body, Date.now()]]);
    if (!isGranted() || text.length > MAX_KEPT) return false;
    localStorage.setItem(KEPT_KEY, text);
    return true;
  } catch {
    // Storage is full or blocked.
    return false;
  }
}

/** The JSON of a call. Circles, big integers and nodes of the page have none: such a call loses its data and nothing else. */
export function jsonOf(call: object): string {
  try {
    return JSON.stringify(call, cut);
  } catch {
    return JSON.stringify({ ...call, context: {}, data: {}, properties: {} }, cut);
  }
}

function cut(_: string, value: unknown): unknown {
  return typeof value === 'string' ? value.slice(0, MAX_TEXT) : value;
}
