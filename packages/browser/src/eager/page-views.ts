import type { BrowserProperties } from '@qr/events';
import type { MixpanelCall } from './mixpanel-call.ts';
import { sendToMixpanel } from './mixpanel-lane.ts';
import { eventCall, trackEvent } from './track.ts';

/** How long an automatic view waits for a manual one of the same navigation, which a page sends when it is mounted. */
const HOLD_MS = 1000;

type PageView = BrowserProperties<'page_viewed'>;

interface HeldView {
  readonly call: MixpanelCall;
  readonly at: number;
  readonly timer: ReturnType<typeof setTimeout>;
}

let held: HeldView | undefined;
let manualPages = new Set<string>();

/**
 * Counts a view of the current page under a name of one's own; it replaces the automatic view of the same navigation.
 * A second call with the same name before the next navigation (React's StrictMode runs effects twice) counts once.
 */
export function trackPageView(pageName: string, properties: Omit<PageView, 'page'> = {}): void {
  if (manualPages.has(pageName)) return;
  manualPages.add(pageName);
  takeHeld();
  trackEvent('page_viewed', { ...properties, page: pageName });
}

/**
 * Counts a view under its route pattern unless the page counts it itself within {@link HOLD_MS}.
 *
 * @param isRedirect whether it takes the place of the page before, which nobody saw if its view is still held.
 */
export function holdPageView(view: PageView, isRedirect: boolean): void {
  if (isRedirect) takeHeld();
  else releasePageView();
  manualPages = new Set();
  held = { call: eventCall('page_viewed', { ...view }), at: Date.now(), timer: setTimeout(releasePageView, HOLD_MS) };
}

/** Sends the view that is still held: the page is being left, nobody will replace it. */
export function releasePageView(): void {
  const view = takeHeld();
  if (view) sendToMixpanel(view.call, view.at);
}

function takeHeld(): HeldView | undefined {
  const view = held;
  held = undefined;
  if (view) clearTimeout(view.timer);
  return view;
}
