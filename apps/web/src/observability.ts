import { createSentryRouter, initMixpanel, initSentry, SentryErrorBoundary, sentryRootOptions } from '@qr/browser';
import type { plan } from '@qr/events';
import { pagePlan } from '@qr/events/page';
import { ErrorPage } from './pages/error-page.tsx';
import { routes } from './routes.tsx';

declare module '@qr/browser' {
  /** Types `trackEvent` and its siblings by the platform's plan. */
  interface Register {
    plan: typeof plan;
  }
}

// At module scope, because an effect would miss the errors of the first render. The DSN and the token come from VITE_SENTRY_DSN and
// VITE_MIXPANEL_TOKEN; without its variable each call warns once and does nothing.
initSentry({ plan: pagePlan });
initMixpanel({ plan: pagePlan });

/** For `createRoot`: errors that React hears of and no boundary of ours does. */
export const rootOptions = sentryRootOptions();

/** Counts pages and starts traces under the pattern of a route; what a page throws shows the error page in its place. */
export const router = createSentryRouter(routes, { fallback: ErrorPage });

/** For what breaks outside of any page. */
export { ErrorPage, SentryErrorBoundary };
