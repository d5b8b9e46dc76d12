import { createBrowserRouter, type DOMRouterOpts, type RouteObject } from 'react-router';
import { DefaultFallback, type ErrorFallback } from './error-fallback.tsx';
import { followPages } from './page-follower.ts';
import { ReportedBoundary, RouteErrorBoundary } from './route-error-boundary.tsx';

/** What {@link createSentryRouter} takes besides the router's own options. */
export interface SentryRouterOptions extends DOMRouterOpts {
  /** What to show when a route breaks. @default a plain sentence with the error id */
  readonly fallback?: ErrorFallback;
}

/** The router of `createBrowserRouter`. */
export type SentryRouter = ReturnType<typeof createBrowserRouter>;

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
