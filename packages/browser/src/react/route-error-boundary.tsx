import { type ReactNode, useLayoutEffect, useState } from 'react';
import { isRouteErrorResponse, useLocation, useNavigate, useRouteError } from 'react-router';
import { reportError } from '../eager/capture.ts';
import type { ErrorFallback } from './error-fallback.tsx';

/** Stands above all routes: without it the router would show the raw message and stack, and nobody would hear of the error. */
export function RouteErrorBoundary({ fallback }: { readonly fallback: ErrorFallback }): ReactNode {
  const { error, errorId } = useReportedRouteError();
  const location = useLocation();
  const navigate = useNavigate();
  // The router forgets an error when the location changes, be it to an equal one; a revalidation without loaders would not do.
  return fallback({ error, errorId, resetError: () => void navigate(location, { replace: true }) });
}

/** Reports the error of a route that brings its own boundary, and shows that boundary. */
export function ReportedBoundary({ children }: { readonly children: ReactNode }): ReactNode {
  useReportedRouteError();
  return children;
}

function useReportedRouteError(): { readonly error: unknown; readonly errorId: string | undefined } {
  const error = useRouteError();
  const [errorId, setErrorId] = useState<string>();
  // Not while it is drawn: React may give up what it has drawn and draw it again, which throws another error. Before the person sees it.
  useLayoutEffect(
    () => setErrorId(isExpected(error) ? undefined : reportError({ error, mechanism: 'route_error' })),
    [error],
  );
  return { error, errorId };
}

/** A loader's 404 or 403 is an answer, not a fault. */
function isExpected(error: unknown): boolean {
  return isRouteErrorResponse(error) && error.status < 500;
}
