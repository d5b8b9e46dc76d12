import { createContext, type ReactElement, type ReactNode, use, useEffect, useSyncExternalStore } from 'react';
import type { Feed } from './feed.ts';
import type { FeedSnapshot } from './snapshot.ts';

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

function useFeedSource(): Feed {
  const feed = use(FeedContext);
  if (feed === null) throw new Error('No feed set, use FeedProvider to set one.');
  return feed;
}
