import type { RouteObject } from 'react-router';
import { lazyPage } from './chunks/lazy-page.tsx';
import { Layout } from './layout/layout.tsx';
import { Skeleton } from './layout/skeleton.tsx';
import { HomePage } from './pages/home-page.tsx';
import { LogInPage } from './pages/log-in-page.tsx';
import { NotFoundPage } from './pages/not-found-page.tsx';
import { SignUpPage } from './pages/sign-up-page.tsx';
import { RequireSession } from './session/require-session.tsx';

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
          { path: 'create', lazy: lazyPage(async () => (await import('./pages/create-page.tsx')).CreatePage) },
          { path: 'qr/:qrId', lazy: lazyPage(async () => (await import('./pages/code-page.tsx')).CodePage) },
          {
            path: 'microsites',
            lazy: lazyPage(async () => (await import('./pages/microsites-page.tsx')).MicrositesPage),
          },
          {
            path: 'microsites/new',
            lazy: lazyPage(async () => (await import('./pages/new-microsite-page.tsx')).NewMicrositePage),
          },
          {
            path: 'microsites/:micrositeId',
            lazy: lazyPage(async () => (await import('./pages/microsite-page.tsx')).MicrositePage),
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
