import { QueryClient } from '@tanstack/react-query';
import { NetworkError } from './request.ts';

const LONGEST_DELAY_MS = 3000;

/** How long to wait before asking again. @param failures in a row so far, from 0 */
export function retryDelayMs(failures: number): number {
  return Math.min(500 * 2 ** failures, LONGEST_DELAY_MS);
}

/** What the app knows of the services' data: shown at once when a page is opened again, and asked for anew behind it. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // The service said no: asking again would not change that. What did not come through is asked for until it does, so that a page recovers by itself.
      retry: (_failures, error) => error instanceof NetworkError,
      retryDelay: retryDelayMs,
      // Asks even when the browser believes to be offline, which it is often wrong about: a page that waits for ever says nothing.
      networkMode: 'always',
    },
    mutations: { retry: false, networkMode: 'always' },
  },
});
