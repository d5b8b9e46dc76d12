import type { BrowserProperties } from '@qr/events';
import { trackAt, trackEvent } from './track.ts';

/** How long an automatic view waits for a manual one of the same navigation, which a page sends when it is mounted. */
const HOLD_MS = 1000;

type PageView = BrowserProperties<'page_viewed'>;

let held: { readonly view: PageView; readonly at: number; readonly timer: ReturnType<typeof setTimeout> } | undefined;
let manualPages = new Set<string>();

/**
 * Counts a view of the current page under a name of one's own; it replaces the automatic view of the same navigation.
 * A second call with the same name before the next navigation (React's StrictMode runs effects twice) counts once.
 */
export function trackPageView(pageName: string, properties: Omit<PageView, 'page'> = {}): void {
  if (manualPages.has(pageName)) return;
  manualPages.add(pageName);
  if (held) clearTimeout(held.timer);
  held = undefined;
  trackEvent('page_viewed', { ...properties, page: pageName });
}

/** Counts a view under its route pattern unless the page counts it itself within {@link HOLD_MS}. */
export function holdPageView(view: PageView): void {
  releasePageView();
  manualPages = new Set();
  held = { view, at: Date.now(), timer: setTimeout(releasePageView, HOLD_MS) };
  addEventListener('pagehide', releasePageView);
}

/** Sends the view that is still held: the page is being left, nobody will replace it. */
export function releasePageView(): void {
  if (!held) return;
  clearTimeout(held.timer);
  const { view, at } = held;
  held = undefined;
  trackAt(at, 'page_viewed', view);
}
