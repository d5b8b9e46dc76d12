import { warnOnce } from '../warn-once.ts';
import { reportError } from './capture.ts';
import { listenForErrors } from './error-listeners.ts';
import { openPageTrace } from './page-trace.ts';
import { closeSentryLane, isSentryDecided, openSentryLane } from './sentry-lane.ts';

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
  /** Same-origin path that passes envelopes on. @default '/o/r' */
  readonly tunnel?: string | undefined;
}

/**
 * Turns error tracking on: listens for errors from this call on, and fetches the SDK when the page is idle or at the first error.
 * Further calls do nothing. Without a DSN it warns once and every call is a no-op.
 */
export function initSentry(options: SentryOptions = {}): void {
  if (isSentryDecided()) return;
  const dsn = options.dsn ?? import.meta.env.VITE_SENTRY_DSN;
  if (!dsn) {
    closeSentryLane();
    warnOnce('VITE_SENTRY_DSN is not set: error tracking is off');
    return;
  }
  openPageTrace();
  listenForErrors((uncaught) => {
    reportError({ ...uncaught, context: {} });
  });
  openSentryLane({
    dsn,
    environment: options.environment ?? import.meta.env.VITE_SENTRY_ENVIRONMENT ?? import.meta.env.MODE,
    release: options.release ?? import.meta.env.VITE_SENTRY_RELEASE,
    tracesSampleRate: options.tracesSampleRate ?? defaultSampleRate(),
    tunnel: options.tunnel ?? '/o/r',
  });
}

function defaultSampleRate(): number {
  const text: unknown = import.meta.env.VITE_SENTRY_TRACES_SAMPLE_RATE;
  const fallback = import.meta.env.PROD ? 0.1 : 1;
  if (text === undefined || text === '') return fallback;
  const rate = Number(text);
  if (rate >= 0 && rate <= 1) return rate;
  warnOnce(`VITE_SENTRY_TRACES_SAMPLE_RATE should be a number from 0 to 1, got "${text}"; ${fallback} is used`);
  return fallback;
}
