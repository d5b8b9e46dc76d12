import { type ReactElement, type RefObject, useEffect, useRef } from 'react';
import { Link, NavLink, Outlet, ScrollRestoration, useLocation, useNavigate, useNavigation } from 'react-router';
import { useAttempt } from '../notices/notice-provider.tsx';
import { useSession } from '../session/session-provider.tsx';
import { ConsentBanner, OfflineBanner } from './banners.tsx';

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
