import type { ReactElement } from 'react';
import { Navigate, Outlet, useLocation } from 'react-router';
import { Loading } from '../layout/loading.tsx';
import { useSession } from './session-provider.tsx';

/** Shows the pages below it to people who are logged in, and sends the others to the log-in and back. */
export function RequireSession(): ReactElement {
  const { user } = useSession();
  const { pathname } = useLocation();
  if (user === undefined) return <Loading />;
  if (user === null) return <Navigate to="/login" state={{ from: pathname }} replace />;
  return <Outlet />;
}
