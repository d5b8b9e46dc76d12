/** Where what was left behind waits for the next visit, when it could not be sent. */
export const KEPT_KEY = 'qr_left';
/** Of all that waits, in characters; browsers allow some five million for the whole origin. */
const MAX_KEPT = 100_000;
/** A beacon takes 64 KiB in all that are under way: https://fetch.spec.whatwg.org/#http-network-or-cache-fetch */
const MAX_BEACON = 30_000;

/** Calls that no SDK has taken, in the form in which the page's own server takes them. */
export interface LeftBehind<C> {
  /** Whose they are, and what the server must know of the page to make them what the SDK would have. */
  readonly page: Readonly<Record<string, unknown>>;
  readonly calls: readonly C[];
  /** Where that server listens. */
  readonly path: string;
  /** Whether they may be stored on the device when they cannot be sent. */
  readonly mayStore: boolean;
}

/** Hands calls to the page's own server as the page is being left, when no answer can be waited for. */
export function leaveBehind<C>({ page, calls, path, mayStore }: LeftBehind<C>): void {
  if (calls.length === 0) return;
  const body = JSON.stringify({ ...page, calls });
  if (body.length > MAX_BEACON && calls.length > 1) {
    const half = calls.length >> 1;
    leaveBehind({ page, calls: calls.slice(0, half), path, mayStore });
    leaveBehind({ page, calls: calls.slice(half), path, mayStore });
  } else if (!(navigator.onLine && navigator.sendBeacon?.(path, body)) && mayStore) keep(path, body);
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
