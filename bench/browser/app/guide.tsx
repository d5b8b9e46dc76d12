// As the guides have it: both SDKs imported statically, with tracing and session replay.
import * as Sentry from '@sentry/react';
import mixpanel from 'mixpanel-browser';
import { useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import {
  createBrowserRouter,
  createRoutesFromChildren,
  matchRoutes,
  RouterProvider,
  useLocation,
  useNavigationType,
} from 'react-router';
import { routes } from './routes.tsx';

Sentry.init({
  dsn: import.meta.env.VITE_SENTRY_DSN,
  tunnel: '/o/r',
  tracesSampleRate: 1,
  replaysSessionSampleRate: 0.1,
  replaysOnErrorSampleRate: 1,
  integrations: [
    Sentry.reactRouterV7BrowserTracingIntegration({
      useEffect,
      useLocation,
      useNavigationType,
      createRoutesFromChildren,
      matchRoutes,
    }),
    Sentry.replayIntegration(),
  ],
});
mixpanel.init(import.meta.env.VITE_MIXPANEL_TOKEN, { api_host: `${location.origin}/o`, api_payload_format: 'json' });
mixpanel.track('page_viewed', { page: location.pathname });

createRoot(document.getElementById('root') as HTMLElement).render(
  <Sentry.ErrorBoundary fallback={<p>Something went wrong.</p>}>
    <RouterProvider router={createBrowserRouter(routes)} />
  </Sentry.ErrorBoundary>,
);
