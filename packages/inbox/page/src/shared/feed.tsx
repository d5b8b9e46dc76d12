import { createContext, type ReactElement, type ReactNode, use, useEffect, useSyncExternalStore } from 'react';
import type { StoredRecord } from '../../../src/store/records.ts';
import { type Loaded, useJson } from './use-json.ts';

const FeedContext = createContext<Feed | null>(null);

/** Keeps the stream open while the page is. */
export function FeedProvider({ feed, children }: { readonly feed: Feed; readonly children: ReactNode }): ReactElement {
  useEffect(() => feed.open(), [feed]);
  return <FeedContext value={feed}>{children}</FeedContext>;
}

/** A part of the snapshot: draws again only when that changes. */
export function useFeedPart<Part extends number | boolean>(read: (snapshot: FeedSnapshot) => Part): Part {
  const feed = useFeedSource();
  return useSyncExternalStore(feed.subscribe, () => read(feed.snapshot()));
}

/** Reads a path of the API, again with whatever arrives. */
export function useLiveJson<T>(path: string | null): Loaded<T> {
  return useJson<T>(
    path,
    useFeedPart((feed) => feed.revision),
  );
}

function useFeedSource(): Feed {
  const feed = use(FeedContext);
  if (feed === null) throw new Error('No feed set, use FeedProvider to set one.');
  return feed;
}

/** What arrives at the inbox, for components to subscribe to. */
interface Feed {
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
    const isNew = isConnected && { records: [], epoch: epoch + 1, revision: revision + 1 };
    change({ ...current, isConnected, ...isNew });
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

/** What the page knows at one moment of what arrives. */
export interface FeedSnapshot {
  readonly isConnected: boolean;
  /** Newest first, the last ones only. */
  readonly records: readonly StoredRecord[];
  /** Grows when records are gone: what was held back is void. */
  readonly epoch: number;
  /** Grows with each change, for whoever asks the API again after one. */
  readonly revision: number;
  /** Grows when the faults to come change. */
  readonly faults: number;
  /** Records that the inbox did not send because the page could not keep up. */
  readonly skipped: number;
}

/** A message of the stream: a record, or news about the stream itself. */
export type FeedMessage =
  | StoredRecord
  | { readonly kind: 'clear' | 'removed' | 'faults' }
  | { readonly kind: 'skipped'; readonly count: number };

const MAX_RECORDS = 2000;

export const EMPTY: FeedSnapshot = { isConnected: false, records: [], epoch: 0, revision: 0, faults: 0, skipped: 0 };

/** The snapshot after a batch of messages, in the order in which they came. */
export function advance(before: FeedSnapshot, messages: readonly FeedMessage[]): FeedSnapshot {
  let { records, epoch, faults, skipped } = before;
  let arrived: StoredRecord[] = [];
  for (const message of messages) {
    if (message.kind === 'clear') {
      arrived = [];
      records = [];
      epoch += 1;
    } else if (message.kind === 'faults') faults += 1;
    else if (message.kind === 'skipped') skipped += message.count;
    else if ('id' in message) arrived.push(message);
  }
  if (arrived.length > 0) records = [...arrived.reverse(), ...records].slice(0, MAX_RECORDS);
  return { ...before, records, epoch, faults, skipped, revision: before.revision + 1 };
}
