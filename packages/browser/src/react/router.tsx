import { type ReactNode, useLayoutEffect, useState } from 'react';
import {
  createBrowserRouter,
  type DOMRouterOpts,
  isRouteErrorResponse,
  type RouteObject,
  useLocation,
  useNavigate,
  useRouteError,
} from 'react-router';
import { holdPageView, releasePageView } from '../eager/analytics.ts';
import { reportError } from '../eager/errors.ts';
import { whenLeft } from '../eager/leaving.ts';
import { sentryLane } from '../eager/page-state.ts';
import { DefaultFallback, type ErrorFallback } from './error-boundary.tsx';

/** Options of {@link createSentryRouter} besides the router's own. */
export interface SentryRouterOptions extends DOMRouterOpts {
  /** Shown when a route breaks. @default a plain sentence with the error id */
  readonly fallback?: ErrorFallback;
}

/** The router of `createBrowserRouter`. */
export type SentryRouter = ReturnType<typeof createBrowserRouter>;

type RouterState = SentryRouter['state'];

/**
 * `createBrowserRouter` that reports what routes and loaders throw, traces page loads and navigations, and counts one page view for each,
 * all named by route pattern.
 */
export function createSentryRouter(routes: RouteObject[], options: SentryRouterOptions = {}): SentryRouter {
  const { fallback = DefaultFallback, ...routerOptions } = options;
  const root: RouteObject = {
    errorElement: <RouteErrorBoundary fallback={fallback} />,
    children: routes.map(reportOwnBoundary),
  };
  const router = createBrowserRouter([root], routerOptions);
  followPages(router);
  return router;
}

/** A route's own boundary catches before the root's: it is wrapped so that its errors are reported too. */
function reportOwnBoundary(route: RouteObject): RouteObject {
  const { ErrorBoundary, errorElement, children } = route;
  const own = ErrorBoundary ? <ErrorBoundary /> : errorElement;
  return {
    ...route,
    ...(own && { ErrorBoundary: null, errorElement: <ReportedBoundary>{own}</ReportedBoundary> }),
    ...(children && { children: children.map(reportOwnBoundary) }),
  } as RouteObject;
}

/** Stands above all routes: without it the router would show the raw message and stack, and the error would not be reported. */
function RouteErrorBoundary({ fallback }: { readonly fallback: ErrorFallback }): ReactNode {
  const { error, errorId } = useReportedRouteError();
  const location = useLocation();
  const navigate = useNavigate();
  // The router forgets an error when the location changes, even to an equal one; a revalidation without loaders would not do.
  return fallback({ error, errorId, resetError: () => void navigate(location, { replace: true }) });
}

/** Reports the error of a route that brings its own boundary, and shows that boundary. */
function ReportedBoundary({ children }: { readonly children: ReactNode }): ReactNode {
  useReportedRouteError();
  return children;
}

function useReportedRouteError(): { readonly error: unknown; readonly errorId: string | undefined } {
  const error = useRouteError();
  const [errorId, setErrorId] = useState<string>();
  // Not during rendering: React may discard a rendering and repeat it, which throws another error. A layout effect runs before the person sees the page.
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

/**
 * Joins the paths of nested routes into one pattern: the name of a page that holds no ids. Layout routes without a path add nothing.
 *
 * @example routePattern(['/', 'qr', ':qrId']) // '/qr/:qrId'
 */
export function routePattern(paths: readonly (string | undefined)[]): string {
  const segments = paths.flatMap((path) => (path ?? '').split('/')).filter((segment) => segment !== '');
  return `/${segments.join('/')}`;
}

/** Reports every page to both vendors: the first is the page load, each change of path a navigation. */
function followPages(router: SentryRouter): void {
  let shownPath: string | undefined;
  let startedAtMs: number | undefined;

  const follow = (state: RouterState) => {
    if (state.navigation.state === 'loading') startedAtMs ??= Date.now();
    if (!state.initialized || state.navigation.state !== 'idle') return;
    const started = startedAtMs ?? Date.now();
    startedAtMs = undefined;
    if (state.location.pathname === shownPath) return;
    const isFirst = shownPath === undefined;
    sentryLane.send({
      kind: 'page',
      pattern: patternOf(state),
      url: location.origin + location.pathname,
      startedAtMs: isFirst ? undefined : started,
    });
    countPage(state, isFirst);
    shownPath = state.location.pathname;
  };

  whenLeft(releasePageView);
  follow(router.state);
  // Before React draws the page, so that what the page fetches belongs to its trace.
  router.subscribe(follow);
}

function countPage(state: RouterState, isFirst: boolean): void {
  const { referrer } = document;
  // A page of the same origin may hold ids in its path.
  const isForeign = isFirst && referrer && !referrer.startsWith(`${location.origin}/`);
  const view = { page: patternOf(state), referrer: isForeign ? referrer : undefined };
  holdPageView(view, !isFirst && state.historyAction === 'REPLACE');
}

/** The pattern of the matched routes; a route with an absolute path does not extend its parents. */
function patternOf({ matches }: RouterState): string {
  const paths = matches.map(({ route }) => route.path);
  const absolute = paths.findLastIndex((path) => path?.startsWith('/'));
  return routePattern(absolute === -1 ? paths : paths.slice(absolute));
}
