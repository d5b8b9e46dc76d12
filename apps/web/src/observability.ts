import { createSentryRouter, initMixpanel, initSentry, SentryErrorBoundary, sentryRootOptions } from '@qr/browser';
import { ErrorPage } from './pages/error-page.tsx';
import { routes } from './routes.tsx';

// All there is to set up. At module scope: an effect would miss the errors of the first render.
// The DSN and the token come from VITE_SENTRY_DSN and VITE_MIXPANEL_TOKEN; without them both say so once and do nothing.
initSentry();
initMixpanel();

/** For `createRoot`: errors that React hears of and no boundary of ours does. */
export const rootOptions = sentryRootOptions();

/** Counts pages and starts traces under the pattern of a route; what a page throws shows the error page in its place. */
export const router = createSentryRouter(routes, { fallback: ErrorPage });

/** For what breaks outside of any page. */
export { ErrorPage, SentryErrorBoundary };
