import type { ReactElement } from 'react';
import { Navigate, Outlet, useLocation } from 'react-router';
import { Skeleton } from '../layout/skeleton.tsx';
import { useSession } from './session-provider.tsx';

/** Shows the pages below it to people who are logged in, and sends the others to the log-in and back. */
export function RequireSession(): ReactElement {
  const { user } = useSession();
  const { pathname, search } = useLocation();
  if (user === undefined) return <Skeleton height="page" />;
  if (user === null) return <Navigate to="/login" state={{ from: pathname + search }} replace />;
  return <Outlet />;
}
