import type { ProfileProperties } from '../plan.ts';
import { resetMixpanel, setProfile, trackEvent } from './analytics.ts';
import { addSentryBreadcrumb, type BreadcrumbOptions, captureException } from './errors.ts';
import { sendToMixpanel } from './mixpanel.ts';
import { sentryLane } from './page-state.ts';
import { copyOf } from './thrown.ts';

/** Context of {@link Sentry.captureException}, in the SDK's form. */
export interface SentryContext {
  readonly extra?: Record<string, unknown>;
  readonly tags?: Record<string, unknown>;
}

/** The part of Sentry's API that an app needs; calls wait for the SDK, and only planned context leaves. */
export const Sentry = {
  captureException: (error: unknown, context?: SentryContext | null): string | undefined =>
    captureException(error, { ...copyOf(context?.extra), ...copyOf(context?.tags) }),
  addBreadcrumb: (breadcrumb: BreadcrumbOptions): void => addSentryBreadcrumb(breadcrumb),
  setUser: (user: { readonly id: string } | null): void => {
    sentryLane.send({ kind: 'user', userId: user?.id });
  },
} as const;

/** The part of Mixpanel's API that an app needs; calls wait for the SDK and for consent, and only the plan leaves. */
export const mixpanel = {
  track: trackEvent,
  identify: (userId: string): void => sendToMixpanel({ kind: 'identify', userId }),
  reset: resetMixpanel,
  people: { set: (properties: ProfileProperties): void => setProfile(properties) },
} as const;
