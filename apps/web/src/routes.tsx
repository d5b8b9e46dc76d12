import type { RouteObject } from 'react-router';
import { Layout } from './layout/layout.tsx';
import { Loading } from './layout/loading.tsx';
import { CodePage } from './pages/code-page.tsx';
import { CreatePage } from './pages/create-page.tsx';
import { DashboardPage } from './pages/dashboard-page.tsx';
import { LogInPage } from './pages/log-in-page.tsx';
import { NotFoundPage } from './pages/not-found-page.tsx';
import { SignUpPage } from './pages/sign-up-page.tsx';
import { RequireSession } from './session/require-session.tsx';

/** A page that breaks on purpose, for the end-to-end tests. */
const debugRoutes: RouteObject[] =
  import.meta.env.VITE_DEBUG_PAGES === '1'
    ? [{ path: 'debug', lazy: async () => ({ Component: (await import('./pages/debug-page.tsx')).DebugPage }) }]
    : [];

export const routes: RouteObject[] = [
  {
    element: <Layout />,
    hydrateFallbackElement: <Loading />,
    children: [
      {
        element: <RequireSession />,
        children: [
          { path: '/', element: <DashboardPage /> },
          { path: 'create', element: <CreatePage /> },
          { path: 'qr/:qrId', element: <CodePage /> },
        ],
      },
      { path: 'login', element: <LogInPage /> },
      { path: 'signup', element: <SignUpPage /> },
      ...debugRoutes,
      { path: '*', element: <NotFoundPage /> },
    ],
  },
];
