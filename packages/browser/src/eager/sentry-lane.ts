import { isGranted } from '../consent/consent.ts';
import { createLane } from './lane.ts';
import { pageParts } from './page-parts.ts';
import { pageTrace } from './page-trace.ts';
import type { SentryCall } from './sentry-call.ts';

/** What `initSentry` takes; each has a default. */
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

/** What the SDK is started with: the options, with the defaults of those that the eager part needs itself. */
export interface SentrySettings extends SentryOptions {
  readonly dsn: string;
  readonly environment: string;
  readonly release: string | undefined;
  readonly tracesSampleRate: number;
  readonly tunnel: string;
}

export const sentryLane = createLane<SentryCall, SentrySettings>({
  name: 'Sentry',
  isAllowed: () => true,
  load: async (settings) => {
    const { startSentry } = await import('../late/sentry.ts');
    return () => startSentry(settings, pageParts);
  },
  urgent: 'exception',
  spare: ['breadcrumb', 'page', 'user'],
  pack: ({ dsn, environment, release, tunnel }) => ({
    page: {
      dsn,
      environment,
      release,
      traceId: pageTrace()?.traceId,
      url: location.origin + location.pathname,
      isNamed: isGranted(),
    },
    path: tunnel.replace(/[^/]*$/, 'q'),
  }),
});

/** Passes a call to the SDK, now or when it is there; `at` is when it happened, if not now. Returns false when error tracking is off. */
export const sendToSentry: (call: SentryCall, at?: number) => boolean = sentryLane.send;
