import { type ReactElement, useSyncExternalStore } from 'react';

/** Says so while the browser knows that it has no network. What is shown stays; the queries ask again by themselves. */
export function OfflineBanner(): ReactElement {
  const isOnline = useSyncExternalStore(subscribe, () => navigator.onLine);
  // Always there, as screen readers announce only what changes within a region that they know.
  return (
    <div className="offline" role="status">
      {!isOnline && <p>You are offline. What you see may be old, and changes cannot be saved.</p>}
    </div>
  );
}

function subscribe(onChange: () => void): () => void {
  addEventListener('online', onChange);
  addEventListener('offline', onChange);
  return () => {
    removeEventListener('online', onChange);
    removeEventListener('offline', onChange);
  };
}
