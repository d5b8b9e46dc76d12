import type { BrowserEventName, BrowserProfile, BrowserProperties } from '@qr/events';
import type { PropertiesArgument } from '@qr/plan';
import { copyOf } from './copy-of.ts';
import type { MixpanelCall } from './mixpanel-call.ts';
import { sendToMixpanel } from './mixpanel-lane.ts';
import { pageTrace } from './page-trace.ts';
import { sendToSentry } from './sentry-lane.ts';

/** Sends an event of the tracking plan; it knows the trace of the page it happened on. */
export function trackEvent<N extends BrowserEventName>(
  name: N,
  ...[properties]: PropertiesArgument<BrowserProperties<N>>
): void {
  // A copy: what the caller does with its object later is no part of this event.
  sendToMixpanel(eventCall(name, copyOf(properties)));
}

/** An event with the trace of the page that is shown now. */
export function eventCall(name: BrowserEventName, properties: Readonly<Record<string, unknown>>): MixpanelCall {
  return { kind: 'event', name, properties, traceId: pageTrace()?.traceId };
}

/** Says who uses the page, to both vendors: the id alone to Sentry, the planned profile to Mixpanel. */
export function identifyUser(userId: string, properties?: BrowserProfile): void {
  sendToSentry({ kind: 'user', userId });
  sendToMixpanel({ kind: 'identify', userId });
  setProfile(properties);
}

/** Adds to the profile of the identified person. */
export function setProfile(properties: BrowserProfile | undefined): void {
  if (properties) sendToMixpanel({ kind: 'profile', properties: copyOf(properties) });
}

/** Forgets the person on both sides, at log-out. */
export function resetMixpanel(): void {
  sendToSentry({ kind: 'user', userId: undefined });
  sendToMixpanel({ kind: 'reset' });
}
