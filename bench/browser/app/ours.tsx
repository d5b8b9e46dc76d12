import { createSentryRouter, initMixpanel, initSentry, SentryErrorBoundary, sentryRootOptions } from '@qr/browser';
import { pagePlan as plan } from '@qr/events/page';
import { createRoot } from 'react-dom/client';
import { RouterProvider } from 'react-router';
import { routes } from './routes.tsx';

initSentry({ plan, tracesSampleRate: 1 });
initMixpanel({ plan });

createRoot(document.getElementById('root') as HTMLElement, sentryRootOptions()).render(
  <SentryErrorBoundary>
    <RouterProvider router={createSentryRouter(routes)} />
  </SentryErrorBoundary>,
);
