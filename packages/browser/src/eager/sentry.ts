import type { ThrownFacts } from '@qr/telemetry/privacy';
import type { PagePlan } from '../plan.ts';
import { isGranted } from './consent.ts';
import { listenForErrors } from './errors.ts';
import { pageParts } from './page-parts.ts';
import { page, sentryLane, warnOnce } from './page-state.ts';
import { openPageTrace } from './page-trace.ts';

/** Options of {@link initSentry}. */
export interface SentryOptions {
  /** The tracking plan, whose context keys may leave with an error. @default none: errors have no context */
  readonly plan?: PagePlan | undefined;
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

/** Where in the source something that carries no stack of its own was thrown. */
export interface SourceLocation {
  readonly filename?: string | undefined;
  readonly lineno?: number | undefined;
  readonly colno?: number | undefined;
}

/** One error on its way to the SDK. */
export interface ExceptionCall {
  readonly kind: 'exception';
  readonly error: unknown;
  readonly facts: ThrownFacts;
  readonly eventId: string;
  /** As the caller passed it; unplanned keys are removed before sending. @default none */
  readonly context?: Readonly<Record<string, unknown>> | undefined;
  /** How it was caught: the end of Sentry's mechanism type. */
  readonly mechanism: 'manual' | 'onerror' | 'onunhandledrejection' | 'error_boundary' | 'route_error' | 'react_root';
  readonly location?: SourceLocation | undefined;
  readonly componentStack?: string | null | undefined;
}

/** A note of what happened before an error. */
export interface BreadcrumbCall {
  readonly kind: 'breadcrumb';
  readonly message: string;
  readonly category?: string | undefined;
  /** As the caller passed it, like the context of an error. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** Who uses the page from now on. */
interface UserCall {
  readonly kind: 'user';
  readonly userId: string | undefined;
}

/** A page load or a navigation, named by its route pattern. */
export interface PageCall {
  readonly kind: 'page';
  readonly pattern: string;
  readonly url: string;
  /** Epoch milliseconds; undefined for the page load, which starts with the document. */
  readonly startedAtMs: number | undefined;
}

/** Every call to Sentry. */
export type SentryCall = ExceptionCall | BreadcrumbCall | UserCall | PageCall;

/**
 * Turns error tracking on: listens for errors from this call on, takes over those that the snippet in `<head>` has caught before, and fetches the
 * SDK when the page is idle or at the first error. Further calls do nothing. Without a DSN it warns once and every call is a no-op.
 */
export function initSentry(options: SentryOptions = {}): void {
  if (sentryLane.settings !== undefined) return;
  // Each variable by its full name: the bundler puts all of them into the page where `import.meta.env` is passed around. `?.` because only Vite has it.
  const dsn = options.dsn ?? import.meta.env?.VITE_SENTRY_DSN;
  if (!dsn) {
    sentryLane.close();
    warnOnce('VITE_SENTRY_DSN is not set: error tracking is off');
    return;
  }
  const environment = options.environment || import.meta.env?.VITE_SENTRY_ENVIRONMENT || import.meta.env?.MODE;
  const release = options.release || import.meta.env?.VITE_SENTRY_RELEASE || undefined;
  const tunnel = options.tunnel ?? '/o/r';
  const fallback = import.meta.env?.PROD ? 0.1 : 1;
  const text = import.meta.env?.VITE_SENTRY_TRACES_SAMPLE_RATE;
  const rate = options.tracesSampleRate ?? Number(text || fallback);
  const tracesSampleRate = rate >= 0 && rate <= 1 ? rate : fallback;
  if (import.meta.env?.DEV && rate !== tracesSampleRate) {
    warnOnce(`VITE_SENTRY_TRACES_SAMPLE_RATE should be a number from 0 to 1, got "${text}"; ${fallback} is used`);
  }
  openPageTrace(tracesSampleRate);
  sentryLane.open({
    ...pageParts,
    name: 'Sentry',
    settings: { ...options, dsn, environment, release, tunnel, tracesSampleRate },
    isAllowed: () => true,
    load: () => import('../late/sentry.ts').then(({ start }) => start),
    pack: () => ({
      page: {
        dsn,
        environment,
        release,
        traceId: page.trace?.traceId,
        url: location.origin + location.pathname,
        isNamed: isGranted(),
      },
      path: tunnel.replace(/[^/]*$/, 'q'),
    }),
  });
  listenForErrors();
}
