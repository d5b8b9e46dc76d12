import { isGranted } from '../consent/consent.ts';
import { createLane } from './lane.ts';
import { pageTrace } from './page-trace.ts';
import type { SentryCall } from './sentry-call.ts';

/** What the SDK is started with. */
export interface SentrySettings {
  readonly dsn: string;
  readonly environment: string;
  readonly release: string | undefined;
  readonly tracesSampleRate: number;
  /** Same-origin path that passes envelopes on. */
  readonly tunnel: string;
  /** As given to `initSentry`; where they are not, the variables decide. */
  readonly replaysSessionSampleRate: number | undefined;
  readonly replaysOnErrorSampleRate: number | undefined;
}

const isError = ({ kind }: SentryCall) => kind === 'exception';

export const sentryLane = createLane<SentryCall, SentrySettings>({
  name: 'Sentry',
  isAllowed: () => true,
  load: async (settings) => {
    const { startSentry } = await import('../late/sentry.ts');
    return () => startSentry(settings);
  },
  isUrgent: isError,
  pack: ({ dsn, environment, release, tunnel }, calls) =>
    // Page loads, breadcrumbs and the user only explain errors.
    calls.some(({ call }) => isError(call))
      ? {
          page: {
            dsn,
            environment,
            release,
            traceId: pageTrace()?.traceId,
            url: location.origin + location.pathname,
            isNamed: isGranted(),
          },
          calls: calls.map(({ call, at }) => ({ ...call, at, ...(call.kind === 'exception' && textsOf(call.error)) })),
          path: tunnel.replace(/[^/]*$/, 'q'),
        }
      : undefined,
});

/** Passes a call to the SDK, now or when it is there; `at` is when it happened, if not now. Returns false when error tracking is off. */
export const sendToSentry: (call: SentryCall, at?: number) => boolean = sentryLane.send;

/** An error object has no JSON of its own, and that of anything else that was thrown may hold what was typed. */
function textsOf(error: unknown): object {
  const { name, message, stack } =
    error instanceof Error ? error : { name: 'Error', message: String(error), stack: undefined };
  return { error: undefined, name, message, stack };
}
