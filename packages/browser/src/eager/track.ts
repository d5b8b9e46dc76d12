import type { BrowserEventName, BrowserProfile, BrowserProperties, PropertiesArgument } from '@qr/events';
import { plannedEvent, plannedProfile } from '../plan/planned-event.ts';
import type { MixpanelCall } from './mixpanel-call.ts';
import { sendToMixpanel } from './mixpanel-lane.ts';
import { pageTraceId } from './page-trace.ts';
import { sendToSentry } from './sentry-lane.ts';

/** Sends an event of the tracking plan; it knows the trace of the page it happened on. */
export function trackEvent<N extends BrowserEventName>(
  name: N,
  ...[properties]: PropertiesArgument<BrowserProperties<N>>
): void {
  const call = eventCall(name, properties);
  if (call) sendToMixpanel(call);
}

/** The planned part of an event, with the trace of the page that is shown now; undefined for an unplanned event. */
export function eventCall<N extends BrowserEventName>(
  name: N,
  properties: BrowserProperties<N> | undefined,
): MixpanelCall | undefined {
  const planned = plannedEvent(name, properties);
  if (planned === undefined) return undefined;
  const traceId = pageTraceId();
  return { kind: 'event', name, properties: { ...planned, ...(traceId !== undefined && { trace_id: traceId }) } };
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
