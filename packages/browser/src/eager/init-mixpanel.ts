import { warnOnce } from '../warn-once.ts';
import { mixpanelLane, openMixpanelLane } from './mixpanel-lane.ts';

/** What {@link initMixpanel} takes; each has a default. */
export interface MixpanelOptions {
  /** @default import.meta.env.VITE_MIXPANEL_TOKEN */
  readonly token?: string | undefined;
  /** Where events are sent. @default the tunnel of the page's own origin, `/o` */
  readonly apiHost?: string | undefined;
}

/**
 * Turns analytics on; the SDK is fetched when the page is idle and consent allows it. Further calls do nothing.
 * Without a token it warns once and every call is a no-op.
 */
export function initMixpanel(options: MixpanelOptions = {}): void {
  if (mixpanelLane.settings() !== undefined) return;
  const token = options.token ?? import.meta.env.VITE_MIXPANEL_TOKEN;
  if (!token) {
    mixpanelLane.close();
    warnOnce('VITE_MIXPANEL_TOKEN is not set: analytics is off');
    return;
  }
  openMixpanelLane({ token, apiHost: options.apiHost ?? `${location.origin}/o` });
}
