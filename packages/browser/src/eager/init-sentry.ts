import { sampleRate } from '../sample-rate.ts';
import { warnOnce } from '../warn-once.ts';
import { reportError } from './capture.ts';
import { listenForErrors } from './error-listeners.ts';
import { openPageTrace } from './page-trace.ts';
import { sentryLane } from './sentry-lane.ts';

/** What {@link initSentry} takes; each has a default. */
export interface SentryOptions {
  /** @default import.meta.env.VITE_SENTRY_DSN */
  readonly dsn?: string | undefined;
  /** @default import.meta.env.VITE_SENTRY_ENVIRONMENT, else Vite's mode */
  readonly environment?: string | undefined;
  /** @default import.meta.env.VITE_SENTRY_RELEASE */
  readonly release?: string | undefined;
  /** Share of page loads and navigations that are traced. @default import.meta.env.VITE_SENTRY_TRACES_SAMPLE_RATE, else 0.1 in production builds and 1 elsewhere */
  readonly tracesSampleRate?: number | undefined;
  /** Share of sessions that are recorded, with everything masked and only with consent. @default import.meta.env.VITE_SENTRY_REPLAY_SAMPLE_RATE, else 0 */
  readonly replaysSessionSampleRate?: number | undefined;
  /** Share of the other sessions of which the last minute is sent when an error happens. @default import.meta.env.VITE_SENTRY_REPLAY_ON_ERROR_SAMPLE_RATE, else 0 */
  readonly replaysOnErrorSampleRate?: number | undefined;
  /** Same-origin path that passes envelopes on. @default '/o/r' */
  readonly tunnel?: string | undefined;
}

/**
 * Turns error tracking on: listens for errors from this call on, takes over those that the snippet in `<head>` has caught before, and fetches the
 * SDK when the page is idle or at the first error. Further calls do nothing. Without a DSN it warns once and every call is a no-op.
 */
export function initSentry(options: SentryOptions = {}): void {
  if (sentryLane.isDecided()) return;
  // Each variable by its full name: the bundler puts all of them into the page where `import.meta.env` is passed around.
  const dsn = options.dsn ?? import.meta.env.VITE_SENTRY_DSN;
  if (!dsn) {
    sentryLane.close();
    warnOnce('VITE_SENTRY_DSN is not set: error tracking is off');
    return;
  }
  const { replaysSessionSampleRate, replaysOnErrorSampleRate } = options;
  const tracesSampleRate =
    options.tracesSampleRate ??
    sampleRate(
      'VITE_SENTRY_TRACES_SAMPLE_RATE',
      import.meta.env.VITE_SENTRY_TRACES_SAMPLE_RATE,
      import.meta.env.PROD ? 0.1 : 1,
    );
  openPageTrace(tracesSampleRate);
  sentryLane.open({
    dsn,
    environment: options.environment ?? import.meta.env.VITE_SENTRY_ENVIRONMENT ?? import.meta.env.MODE,
    release: options.release ?? import.meta.env.VITE_SENTRY_RELEASE,
    tracesSampleRate,
    tunnel: options.tunnel ?? '/o/r',
    replaysSessionSampleRate,
    replaysOnErrorSampleRate,
  });
  listenForErrors(reportError);
}
