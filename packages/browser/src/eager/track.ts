import type { BrowserEventName, BrowserProfile, BrowserProperties, PropertiesArgument } from '@qr/events';
import { plannedEvent, plannedProfile } from '../plan/planned-event.ts';
import { sendToMixpanel } from './mixpanel-lane.ts';
import { pageTraceId } from './page-trace.ts';
import { sendToSentry } from './sentry-lane.ts';

/** Sends an event of the tracking plan; it knows the trace of the page it happened on. */
export function trackEvent<N extends BrowserEventName>(
  name: N,
  ...[properties]: PropertiesArgument<BrowserProperties<N>>
): void {
  trackAt(undefined, name, properties);
}

/** {@link trackEvent} for something that happened earlier, in epoch milliseconds. */
export function trackAt<N extends BrowserEventName>(
  at: number | undefined,
  name: N,
  properties: BrowserProperties<N> | undefined,
): void {
  const planned = plannedEvent(name, properties);
  if (planned === undefined) return;
  const traceId = pageTraceId();
  const stamped = { ...planned, ...(traceId !== undefined && { trace_id: traceId }) };
  sendToMixpanel({ kind: 'event', name, properties: stamped }, at);
}

/** Says who uses the page, to both vendors: the id alone to Sentry, the planned profile to Mixpanel. */
export function identifyUser(userId: string, properties?: BrowserProfile): void {
  sendToSentry({ kind: 'user', userId });
  sendToMixpanel({ kind: 'identify', userId });
  setProfile(properties);
}

/** Adds to the profile of the identified person. */
export function setProfile(properties: BrowserProfile | undefined): void {
  const planned = plannedProfile(properties);
  if (Object.keys(planned).length > 0) sendToMixpanel({ kind: 'profile', properties: planned });
}

/** Forgets the person on both sides, at log-out. */
export function resetMixpanel(): void {
  sendToSentry({ kind: 'user', userId: undefined });
  sendToMixpanel({ kind: 'reset' });
}
