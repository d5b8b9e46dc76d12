import { ConsentProvider, createSentryRouter, initMixpanel, initSentry, SentryErrorBoundary } from '@qr/browser';
import type { ReactElement } from 'react';
import { RouterProvider } from 'react-router';
import { NoticeProvider } from './notices/notice-provider.tsx';
import { ErrorPage } from './pages/error-page.tsx';
import { routes } from './routes.tsx';
import { SessionProvider } from './session/session-provider.tsx';

// At module scope: an effect would miss the errors of the first render.
initSentry();
initMixpanel();

const router = createSentryRouter(routes, { fallback: ErrorPage });

export function App(): ReactElement {
  return (
    <SentryErrorBoundary fallback={ErrorPage}>
      <ConsentProvider>
        <NoticeProvider>
          <SessionProvider>
            <RouterProvider router={router} />
          </SessionProvider>
        </NoticeProvider>
      </ConsentProvider>
    </SentryErrorBoundary>
  );
}
