import { useConsent } from '@qr/browser';
import { type ReactElement, type RefObject, useEffect, useRef, useSyncExternalStore } from 'react';
import { Link, NavLink, Outlet, ScrollRestoration, useLocation, useNavigate, useNavigation } from 'react-router';
import { connection } from '../api/request.ts';
import { useAttempt } from '../notices/notice-provider.tsx';
import { useSession } from '../session/session-provider.tsx';

/** What every page has around it. */
export function Layout(): ReactElement {
  const content = useRef<HTMLElement>(null);
  useFocusOnNavigation(content);
  return (
    <>
      <PageProgress />
      <a className="skip-link" href="#content">
        Skip to content
      </a>
      <header className="site-header">
        <Link to="/" className="brand">
          <img src="/icon.svg" alt="" width="28" height="28" />
          <span>QR Platform</span>
        </Link>
        <Navigation />
      </header>
      <OfflineBanner />
      <main id="content" tabIndex={-1} ref={content}>
        <Outlet />
      </main>
      <ConsentBanner />
      <ScrollRestoration />
    </>
  );
}

function Navigation(): ReactElement | null {
  const { user, leave } = useSession();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const attempt = useAttempt();
  if (user === undefined) return null;
  if (user === null) {
    return (
      <nav aria-label="Account">
        <NavLink to="/login">Log in</NavLink>
        <Link to="/signup" className="button">
          Sign up
        </Link>
      </nav>
    );
  }
  const leaveAndGo = () =>
    attempt('log_out', async () => {
      await leave();
      await navigate('/login');
    });
  return (
    <nav aria-label="Main">
      <Link to="/" aria-current={pathname === '/' ? 'page' : isOfCodes(pathname)}>
        Codes
      </Link>
      <NavLink to="/microsites">Microsites</NavLink>
      <NavLink to="/account">Account</NavLink>
      <button type="button" className="quiet" onClick={() => void leaveAndGo()}>
        Log out
      </button>
    </nav>
  );
}

/** The pages of single codes belong to their list, though not by their paths. */
function isOfCodes(pathname: string): boolean {
  return pathname === '/create' || pathname.startsWith('/qr/');
}

/** A bar at the top while the next page or its code is loading. The style sheet shows it after 150 ms: faster pages need none. */
function PageProgress(): ReactElement | null {
  const { state } = useNavigation();
  return state === 'idle' ? null : <div className="page-progress" role="progressbar" aria-label="Loading page" />;
}

/** Moves the focus to the content after each client-side navigation, like a page load. */
function useFocusOnNavigation(content: RefObject<HTMLElement | null>): void {
  const { pathname } = useLocation();
  const shownPath = useRef(pathname);
  useEffect(() => {
    if (shownPath.current === pathname) return;
    shownPath.current = pathname;
    // Where to scroll is remembered elsewhere.
    content.current?.focus({ preventScroll: true });
  }, [pathname, content]);
}

/** How often a server that does not answer is tried. */
const PROBE_INTERVAL_MS = 3000;

/** Says so while there is no network or no answer, and finds out by itself when that is over. What is shown stays; what could not be loaded follows. */
function OfflineBanner(): ReactElement {
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
function ConsentBanner(): ReactElement | null {
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
