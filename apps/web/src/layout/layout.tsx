import type { ReactElement } from 'react';
import { Link, NavLink, Outlet, ScrollRestoration, useNavigate } from 'react-router';
import { ConsentBanner } from '../consent/consent-banner.tsx';
import { failureMessage } from '../notices/failure-message.ts';
import { useNotice } from '../notices/notice-provider.tsx';
import { useSession } from '../session/session-provider.tsx';
import { OfflineBanner } from './offline-banner.tsx';

/** What every page has around it. */
export function Layout(): ReactElement {
  return (
    <>
      <a className="skip-link" href="#content">
        Skip to content
      </a>
      <header className="site-header">
        <Link to="/" className="brand">
          <img src="/icon.svg" alt="" width="28" height="28" />
          QR Platform
        </Link>
        <Navigation />
      </header>
      <OfflineBanner />
      <main id="content" tabIndex={-1}>
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
  const notify = useNotice();
  if (user === undefined) return null;
  if (user === null) {
    return (
      <nav aria-label="Account">
        <Link to="/login">Log in</Link>
        <Link to="/signup" className="button">
          Sign up
        </Link>
      </nav>
    );
  }
  const leaveAndGo = async () => {
    try {
      await leave();
      await navigate('/login');
    } catch (error) {
      notify(failureMessage(error, 'log_out'));
    }
  };
  return (
    <nav aria-label="Main">
      <NavLink to="/" end>
        Codes
      </NavLink>
      <NavLink to="/microsites">Microsites</NavLink>
      <NavLink to="/account">Account</NavLink>
      <button type="button" className="quiet" onClick={() => void leaveAndGo()}>
        Log out
      </button>
    </nav>
  );
}
