import {
  captureException,
  createSentryRouter,
  initMixpanel,
  initSentry,
  SentryErrorBoundary,
  sentryRootOptions,
  trackEvent,
} from '@qr/browser';
import { createRoot } from 'react-dom/client';
import { RouterProvider } from 'react-router';
import { routes } from './routes.tsx';

initSentry({ tracesSampleRate: 1 });
initMixpanel();
// The part that counts what is lost asks for these a millisecond before it closes the page.
Object.assign(globalThis, {
  report: (number: string) => captureException(new Error(`closing ${number}`)),
  track: (total: number) => trackEvent('dashboard_viewed', { total_qrs: total }),
});

createRoot(document.getElementById('root') as HTMLElement, sentryRootOptions()).render(
  <SentryErrorBoundary>
    <RouterProvider router={createSentryRouter(routes)} />
  </SentryErrorBoundary>,
);
