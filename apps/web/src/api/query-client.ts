import { QueryClient } from '@tanstack/react-query';
import { NetworkError } from './errors.ts';

/** What the app knows of the services' data: shown at once when a page is opened again, and asked for anew behind it. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // The service said no: asking again would not change that. Only what did not come through is worth a second try.
      retry: (failures, error) => error instanceof NetworkError && failures < 2,
      // Asks even when the browser believes to be offline, which it is often wrong about: a page that waits for ever says nothing.
      networkMode: 'always',
    },
    mutations: { retry: false, networkMode: 'always' },
  },
});
