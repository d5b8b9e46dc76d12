import { useConsent } from '@qr/browser';
import { type ReactElement, useEffect, useSyncExternalStore } from 'react';
import { connection } from '../api/request.ts';

/** How often a server that does not answer is tried. */
const PROBE_INTERVAL_MS = 3000;

/** Says so while there is no network or no answer, and finds out by itself when that is over. What is shown stays; what could not be loaded follows. */
export function OfflineBanner(): ReactElement {
  const isOnline = useSyncExternalStore(subscribeToBrowser, () => navigator.onLine);
  const isReachable = useSyncExternalStore(connection.subscribe, connection.isReachable);
  useEffect(() => {
    if (isReachable) return undefined;
    const timer = setInterval(() => void probe(), PROBE_INTERVAL_MS);
    addEventListener('online', probe);
    return () => {
      clearInterval(timer);
      removeEventListener('online', probe);
    };
  }, [isReachable]);
  // Always there, as screen readers announce only what changes within a region that they know.
  return (
    <div className="offline" role="status">
      {!isOnline && <p>You are offline. What you see may be old, and changes cannot be saved until you are back.</p>}
      {isOnline && !isReachable && <p>The server cannot be reached. Trying again…</p>}
    </div>
  );
}

async function probe(): Promise<void> {
  try {
    await fetch('/health/live', { cache: 'no-store' });
    connection.note(true);
  } catch {
    connection.note(false);
  }
}

function subscribeToBrowser(onChange: () => void): () => void {
  addEventListener('online', onChange);
  addEventListener('offline', onChange);
  return () => {
    removeEventListener('online', onChange);
    removeEventListener('offline', onChange);
  };
}

/** Asks once where consent is required; refusing is as easy as agreeing. */
export function ConsentBanner(): ReactElement | null {
  const { analytics, setConsent } = useConsent();
  if (analytics !== 'undecided') return null;
  return (
    <section className="consent" aria-label="Privacy choice">
      <p>May we count page views to make this app better? No names or addresses are recorded.</p>
      <div className="actions">
        <button type="button" onClick={() => setConsent({ analytics: false })}>
          No, thanks
        </button>
        <button type="button" onClick={() => setConsent({ analytics: true })}>
          Yes, count
        </button>
      </div>
    </section>
  );
}
