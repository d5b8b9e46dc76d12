import { warnOnce } from '../warn-once.ts';
import { whenLeft } from './leaving.ts';

/** Longest wait for an idle moment after the page has loaded. */
const IDLE_TIMEOUT_MS = 2000;
/** How long after a failure the next try comes, at first; each further one waits twice as long. */
const RETRY_MS = 5000;

/** Decides when an SDK is fetched. */
export interface LateStart {
  /** Fetches it when the page has loaded and is idle. */
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
  /** What waits for the SDK goes another way: the page is being left and may not come back, or the SDK cannot be had. */
  readonly handOver: () => void;
}

/** Makes the schedule of one SDK. Each SDK has its own, so that a failed chunk of one does not hold back the other. */
export function createLateStart({ name, start, isAllowed, handOver }: LateStartOptions): LateStart {
  let isStarted = false;
  let retryMs = RETRY_MS;

  const now = () => {
    if (isStarted || !isAllowed()) return;
    isStarted = true;
    void start()
      .catch((error: unknown) => {
        warnOnce(`${name} could not be loaded (${error})`);
        // A chunk of an older deploy never comes, and one that shares code with an entry that threw fails for good.
        handOver();
        setTimeout(now, retryMs);
        retryMs *= 2;
        return false;
      })
      .then((isConnected) => {
        isStarted = isConnected;
      });
  };

  return {
    now,
    whenIdle() {
      afterLoad(now);
      addEventListener('online', now);
      whenLeft(handOver);
    },
  };
}

function afterLoad(action: () => void): void {
  const wait = () => {
    // Safari has no requestIdleCallback; to `setTimeout` an object is no time at all.
    const whenIdle = (globalThis.requestIdleCallback ?? setTimeout) as typeof requestIdleCallback;
    whenIdle(action, { timeout: IDLE_TIMEOUT_MS });
  };
  if (document.readyState === 'complete') wait();
  else addEventListener('load', wait, { once: true });
}
