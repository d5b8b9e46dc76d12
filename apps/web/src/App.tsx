import { ConsentProvider } from '@qr/browser';
import { QueryClientProvider } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { RouterProvider } from 'react-router';
import { queryClient } from './api/request.ts';
import { NoticeProvider } from './notices/notice-provider.tsx';
import { ErrorPage, router, SentryErrorBoundary } from './observability.ts';
import { SessionProvider } from './session/session-provider.tsx';

export function App(): ReactElement {
  return (
    <SentryErrorBoundary fallback={ErrorPage}>
      <ConsentProvider>
        <QueryClientProvider client={queryClient}>
          <NoticeProvider>
            <SessionProvider>
              <RouterProvider router={router} />
            </SessionProvider>
          </NoticeProvider>
        </QueryClientProvider>
      </ConsentProvider>
    </SentryErrorBoundary>
  );
}
