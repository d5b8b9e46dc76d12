import { warnOnce } from '../warn-once.ts';

/** Longest wait for an idle moment after the page has loaded. */
const IDLE_TIMEOUT_MS = 2000;

/** Decides when an SDK is fetched. */
export interface LateStart {
  /** Fetches it when the page has loaded and is idle, or is about to be left. */
  whenIdle(): void;
  /** Fetches it at once; a fetch that is under way or done is not repeated, one that failed is. */
  now(): void;
}

/** What {@link createLateStart} takes. */
export interface LateStartOptions {
  /** The SDK, for the warning when it cannot be fetched. */
  readonly name: string;
  /** Fetches and connects it; resolves to false when it may not be connected any more. */
  readonly start: () => Promise<boolean>;
  /** Asked before every fetch. */
  readonly isAllowed: () => boolean;
}

/** Makes the schedule of one SDK. Each SDK has its own, so that a failed chunk of one does not hold back the other. */
export function createLateStart({ name, start, isAllowed }: LateStartOptions): LateStart {
  let state: 'waiting' | 'started' = 'waiting';
  let armed = false;

  const now = () => {
    if (state === 'started' || !isAllowed()) return;
    state = 'started';
    void start()
      .catch((error: unknown) => {
        warnOnce(`${name} could not be loaded; calls are kept, the next error or reconnection tries again (${error})`);
        return false;
      })
      .then((isConnected) => {
        if (!isConnected) state = 'waiting';
      });
  };

  return {
    now,
    whenIdle() {
      if (armed) return;
      armed = true;
      afterLoad(now);
      addEventListener('pagehide', now);
      addEventListener('online', now);
      document.addEventListener('visibilitychange', () => {
        if (document.visibilityState === 'hidden') now();
      });
    },
  };
}

function afterLoad(action: () => void): void {
  const wait = () => {
    // Safari has no requestIdleCallback.
    if (typeof requestIdleCallback === 'function') requestIdleCallback(action, { timeout: IDLE_TIMEOUT_MS });
    else setTimeout(action, 1);
  };
  if (document.readyState === 'complete') wait();
  else addEventListener('load', wait, { once: true });
}
