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
  if (isSentryDecided()) return;
  const env = import.meta.env;
  const dsn = options.dsn ?? env.VITE_SENTRY_DSN;
  if (!dsn) {
    closeSentryLane();
    warnOnce('VITE_SENTRY_DSN is not set: error tracking is off');
    return;
  }
  const tracesSampleRate =
    options.tracesSampleRate ??
    rateOf('VITE_SENTRY_TRACES_SAMPLE_RATE', env.VITE_SENTRY_TRACES_SAMPLE_RATE, env.PROD ? 0.1 : 1);
  openPageTrace(tracesSampleRate);
  openSentryLane({
    dsn,
    environment: options.environment ?? env.VITE_SENTRY_ENVIRONMENT ?? env.MODE,
    release: options.release ?? env.VITE_SENTRY_RELEASE,
    tracesSampleRate,
    tunnel: options.tunnel ?? '/o/r',
    replay: {
      sessions:
        options.replaysSessionSampleRate ??
        rateOf('VITE_SENTRY_REPLAY_SAMPLE_RATE', env.VITE_SENTRY_REPLAY_SAMPLE_RATE, 0),
      onError:
        options.replaysOnErrorSampleRate ??
        rateOf('VITE_SENTRY_REPLAY_ON_ERROR_SAMPLE_RATE', env.VITE_SENTRY_REPLAY_ON_ERROR_SAMPLE_RATE, 0),
    },
  });
  listenForErrors(reportError);
}

function rateOf(name: string, text: unknown, fallback: number): number {
  if (text === undefined || text === '') return fallback;
  const rate = Number(text);
  if (rate >= 0 && rate <= 1) return rate;
  warnOnce(`${name} should be a number from 0 to 1, got "${text}"; ${fallback} is used`);
  return fallback;
}
