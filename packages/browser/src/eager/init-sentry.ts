import { warnOnce } from '../warn-once.ts';
import { reportError } from './capture.ts';
import { listenForErrors } from './error-listeners.ts';
import { openPageTrace } from './page-trace.ts';
import { type SentryOptions, sentryLane } from './sentry-lane.ts';

/**
 * Turns error tracking on: listens for errors from this call on, takes over those that the snippet in `<head>` has caught before, and fetches the
 * SDK when the page is idle or at the first error. Further calls do nothing. Without a DSN it warns once and every call is a no-op.
 */
export function initSentry(options: SentryOptions = {}): void {
  if (sentryLane.settings() !== undefined) return;
  // Each variable by its full name: the bundler puts all of them into the page where `import.meta.env` is passed around.
  const dsn = options.dsn ?? import.meta.env.VITE_SENTRY_DSN;
  if (!dsn) {
    sentryLane.close();
    warnOnce('VITE_SENTRY_DSN is not set: error tracking is off');
    return;
  }
  const fallback = import.meta.env.PROD ? 0.1 : 1;
  const text = import.meta.env.VITE_SENTRY_TRACES_SAMPLE_RATE;
  const rate = options.tracesSampleRate ?? Number(text || fallback);
  const tracesSampleRate = rate >= 0 && rate <= 1 ? rate : fallback;
  if (import.meta.env.DEV && rate !== tracesSampleRate) {
    warnOnce(`VITE_SENTRY_TRACES_SAMPLE_RATE should be a number from 0 to 1, got "${text}"; ${fallback} is used`);
  }
  openPageTrace(tracesSampleRate);
  sentryLane.open({
    ...options,
    dsn,
    environment: options.environment || import.meta.env.VITE_SENTRY_ENVIRONMENT || import.meta.env.MODE,
    release: options.release || import.meta.env.VITE_SENTRY_RELEASE || undefined,
    tracesSampleRate,
    tunnel: options.tunnel ?? '/o/r',
  });
  listenForErrors(reportError);
}
