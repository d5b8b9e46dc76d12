import { lazy, type ReactElement, Suspense } from 'react';
import type { RouteObject } from 'react-router';
import { lazyPage } from './chunks/lazy-page.tsx';
import { Layout } from './layout/layout.tsx';
import { Skeleton } from './layout/page.tsx';
import { DashboardPage } from './pages/dashboard-page.tsx';
import { NotFoundPage } from './pages/error-page.tsx';
import { LogInPage, RequireSession, SignUpPage } from './session/entrance-pages.tsx';
import { useSession } from './session/session-provider.tsx';

/** A page that breaks on purpose, for the end-to-end tests. */
const debugRoutes: RouteObject[] =
  import.meta.env.VITE_DEBUG_PAGES === '1'
    ? [{ path: 'debug', lazy: lazyPage(async () => (await import('./pages/debug-page.tsx')).DebugPage) }]
    : [];

/** The first pages of a visit come with the app; the others when somebody goes there. */
export const routes: RouteObject[] = [
  {
    element: <Layout />,
    hydrateFallbackElement: <Skeleton height="page" />,
    children: [
      { path: '/', element: <HomePage /> },
      {
        element: <RequireSession />,
        children: [
          { path: 'create', lazy: lazyPage(async () => (await import('./codes/create-qr-form.tsx')).CreatePage) },
          { path: 'qr/:qrId', lazy: lazyPage(async () => (await import('./pages/code-page.tsx')).CodePage) },
          {
            path: 'microsites',
            lazy: lazyPage(async () => (await import('./pages/microsites-page.tsx')).MicrositesPage),
          },
          {
            path: 'microsites/new',
            lazy: lazyPage(async () => (await import('./pages/microsite-pages.tsx')).NewMicrositePage),
          },
          {
            path: 'microsites/:micrositeId',
            lazy: lazyPage(async () => (await import('./pages/microsite-pages.tsx')).MicrositePage),
          },
          {
            path: 'account',
            lazy: lazyPage(async () => (await import('./pages/account-page.tsx')).AccountPage),
          },
        ],
      },
      { path: 'login', element: <LogInPage /> },
      { path: 'signup', element: <SignUpPage /> },
      ...debugRoutes,
      { path: '*', element: <NotFoundPage /> },
    ],
  },
];

// People who have an account never load it.
const LandingPage = lazy(async () => ({ default: (await import('./pages/landing-page.tsx')).LandingPage }));

/** The dashboard for a logged-in user, the landing page for visitors. */
function HomePage(): ReactElement {
  const { user } = useSession();
  if (user === undefined) return <Skeleton height="page" />;
  if (user) return <DashboardPage />;
  return (
    <Suspense fallback={<Skeleton height="page" />}>
      <LandingPage />
    </Suspense>
  );
}
