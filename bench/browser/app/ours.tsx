import { createSentryRouter, initMixpanel, initSentry, SentryErrorBoundary, sentryRootOptions } from '@qr/browser';
import { createRoot } from 'react-dom/client';
import { RouterProvider } from 'react-router';
import { routes } from './routes.tsx';

initSentry({ tracesSampleRate: 1 });
initMixpanel();

createRoot(document.getElementById('root') as HTMLElement, sentryRootOptions()).render(
  <SentryErrorBoundary>
    <RouterProvider router={createSentryRouter(routes)} />
  </SentryErrorBoundary>,
);
