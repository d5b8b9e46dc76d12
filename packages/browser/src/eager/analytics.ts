import type { PropertiesArgument } from '@qr/plan';
import type { EventName, EventProperties, PageViewProperties, ProfileProperties } from '../plan.ts';
import { type MixpanelCall, sendToMixpanel } from './mixpanel.ts';
import { manualViews, mixpanelLane, page, sentryLane } from './page-state.ts';
import { copyOf } from './thrown.ts';

/** How long an automatic page view waits for a manual one of the same navigation, which a page sends when it is mounted. */
const HOLD_MS = 1000;

/** Sends an event of the tracking plan, with the trace of the page it happened on. */
export function trackEvent<N extends EventName>(
  name: N,
  ...[properties]: PropertiesArgument<EventProperties<N>>
): void {
  sendToMixpanel({ kind: 'event', name, properties: copyOf(properties), traceId: page.trace?.traceId });
}

/**
 * Counts a view of the current page under a name of your own; it replaces the automatic view of the same navigation.
 * A second call with the same name before the next navigation (React's StrictMode runs effects twice) counts once.
 */
export function trackPageView(pageName: string, properties?: PageViewProperties): void {
  if (manualViews.has(pageName)) return;
  manualViews.add(pageName);
  page.view = undefined;
  sendPageView(pageViewCall({ ...copyOf(properties), page: pageName }));
}

/**
 * Counts a view under its route pattern unless the page counts it itself within {@link HOLD_MS}.
 *
 * @param isRedirect whether it replaces the page before, which nobody saw if its view is still held.
 */
export function holdPageView(properties: Readonly<Record<string, unknown>>, isRedirect: boolean): void {
  if (!isRedirect) releasePageView();
  manualViews.clear();
  const at = Date.now();
  const call = pageViewCall(properties);
  const send = () => {
    if (page.view !== send) return;
    page.view = undefined;
    sendPageView(call, at);
  };
  page.view = send;
  setTimeout(send, HOLD_MS);
}

/** Sends the view that is still held: the page is being left, so nothing will replace it. */
export function releasePageView(): void {
  page.view?.();
}

/** Names the user to both vendors: the id alone to Sentry, the planned profile to Mixpanel. */
export function identifyUser(userId: string, properties?: ProfileProperties): void {
  sentryLane.send({ kind: 'user', userId });
  sendToMixpanel({ kind: 'identify', userId });
  setProfile(properties);
}

/** Adds to the profile of the identified user. */
export function setProfile(properties: ProfileProperties | undefined): void {
  if (properties) sendToMixpanel({ kind: 'profile', properties: copyOf(properties) });
}

/** Forgets the user on both sides, at log-out. */
export function resetMixpanel(): void {
  sentryLane.send({ kind: 'user', userId: undefined });
  sendToMixpanel({ kind: 'reset' });
}

function pageViewCall(properties: Readonly<Record<string, unknown>>): MixpanelCall {
  return {
    kind: 'event',
    // Read when the call leaves the page: a router may be created before `initMixpanel` is called.
    get name() {
      return mixpanelLane.settings?.plan?.pageView;
    },
    properties,
    traceId: page.trace?.traceId,
  };
}

function sendPageView(call: MixpanelCall, at?: number): void {
  const { settings } = mixpanelLane;
  // A plan without an event of page views does not count them.
  if (!settings || settings.plan?.pageView) sendToMixpanel(call, at);
}
