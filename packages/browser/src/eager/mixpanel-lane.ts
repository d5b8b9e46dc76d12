import { consentState, isGranted, onConsentChange } from '../consent/consent.ts';
import { createLane } from './lane.ts';
import { KEPT_KEY } from './left-behind.ts';
import type { MixpanelCall } from './mixpanel-call.ts';
import { pageParts } from './page-parts.ts';
import { visitorKey, visitorOf } from './visitor.ts';

/** What the SDK is started with. */
export interface MixpanelSettings {
  readonly token: string;
  /** Same-origin address that passes requests on. */
  readonly apiHost: string;
}

let setActive: ((isActive: boolean) => void) | undefined;

export const mixpanelLane = createLane<MixpanelCall, MixpanelSettings>({
  name: 'Mixpanel',
  isAllowed: isGranted,
  load: async (settings) => {
    const { startMixpanel } = await import('../late/mixpanel.ts');
    return () => {
      const sdk = startMixpanel(settings, pageParts);
      setActive = sdk.setActive;
      return sdk.take;
    };
  },
  spare: ['event'],
  pack: ({ token, apiHost }, calls) => ({
    page: {
      token,
      visitor: visitorOf(
        token,
        calls.some(({ call }) => call.kind === 'reset'),
      ),
    },
    path: `${apiHost}/q`,
  }),
});

/** Turns analytics on; the SDK comes when the page is idle and analytics is consented to. */
export function openMixpanelLane(settings: MixpanelSettings): void {
  const follow = () => {
    if (consentState().analytics === 'denied') {
      mixpanelLane.clear();
      try {
        for (const key of [KEPT_KEY, visitorKey(settings.token)]) localStorage.removeItem(key);
      } catch {
        // Storage is blocked: nothing was kept.
      }
    }
    setActive?.(isGranted());
    void mixpanelLane.hurry();
  };
  if (consentState().analytics === 'denied') mixpanelLane.clear();
  mixpanelLane.open(settings);
  onConsentChange(follow);
}

/** Passes a call to the SDK, now or when it is there and consent is given; `at` is when it happened, if not now. */
export function sendToMixpanel(call: MixpanelCall, at?: number): void {
  if (consentState().analytics !== 'denied') mixpanelLane.send(call, at);
}
