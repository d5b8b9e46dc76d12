import { advance, EMPTY, type FeedMessage, type FeedSnapshot } from './snapshot.ts';

/** What arrives at the inbox, for components to subscribe to. */
export interface Feed {
  subscribe(listener: () => void): () => void;
  snapshot(): FeedSnapshot;
  /** Opens the connection. @returns what closes it */
  open(): () => void;
}

/** Nobody reads more than ten changes a second, and each costs a layout. */
const MIN_MS_BETWEEN_DRAWS = 100;
/** A tab in the background gets no animation frames. */
const MAX_WAITING = 2000;

/** Reads the stream of an inbox. Messages are put together and shown with an animation frame, however many come. */
export function createFeed(url: string): Feed {
  const listeners = new Set<() => void>();
  let current = EMPTY;
  let waiting: FeedMessage[] = [];
  let isScheduled = false;

  const change = (next: FeedSnapshot): void => {
    current = next;
    for (const listener of listeners) listener();
  };

  const flush = (): void => {
    isScheduled = false;
    change(advance(current, waiting.splice(0)));
  };

  const flushSoon = (): void => {
    if (isScheduled) return;
    isScheduled = true;
    setTimeout(() => requestAnimationFrame(flush), MIN_MS_BETWEEN_DRAWS);
  };

  const restart = (isConnected: boolean): void => {
    waiting = [];
    const { epoch, revision } = current;
    change(
      isConnected
        ? { ...current, isConnected, records: [], epoch: epoch + 1, revision: revision + 1 }
        : { ...current, isConnected },
    );
    // The first records follow at once, if there are any.
    flushSoon();
  };

  function open(): () => void {
    const source = new EventSource(url);
    let closeNext: (() => void) | undefined;
    // A new connection begins with the latest records again.
    source.addEventListener('open', () => restart(true));
    source.addEventListener('error', () => restart(false));
    source.addEventListener('message', ({ data }: MessageEvent<string>) => {
      const message = JSON.parse(data) as FeedMessage;
      if (message.kind === 'removed') {
        // Which records are gone is not said.
        source.close();
        closeNext = open();
        return;
      }
      waiting.push(message);
      if (waiting.length < MAX_WAITING) flushSoon();
      else flush();
    });
    return () => {
      source.close();
      closeNext?.();
    };
  }

  return {
    open,
    snapshot: () => current,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
