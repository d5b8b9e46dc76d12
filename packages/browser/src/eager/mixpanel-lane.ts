import { consentState, isGranted, onConsentChange } from '../consent/consent.ts';
import { warnOnce } from '../warn-once.ts';
import { createCallQueue } from './call-queue.ts';
import { createLateStart } from './late-start.ts';
import { leaveBehind } from './left-behind.ts';
import type { MixpanelCall } from './mixpanel-call.ts';
import { identityAfter } from './visitor.ts';

/** What the SDK is started with. */
export interface MixpanelSettings {
  readonly token: string;
  /** Same-origin address that passes requests on. */
  readonly apiHost: string;
}

const queue = createCallQueue<MixpanelCall>();
// Until initMixpanel has run nobody knows whether analytics is on, so calls are kept.
let settings: MixpanelSettings | 'off' | undefined;
let setActive: ((isActive: boolean) => void) | undefined;

const late = createLateStart({
  name: 'Mixpanel',
  isAllowed,
  start: async () => {
    const { startMixpanel } = await import('../late/mixpanel.ts');
    // Consent may have been withdrawn while the chunk was on its way.
    if (typeof settings !== 'object' || !isAllowed()) return false;
    const sdk = startMixpanel(settings);
    setActive = sdk.setActive;
    queue.connect(sdk.take);
    if (queue.dropped() > 0) warnOnce(`${queue.dropped()} calls to Mixpanel were dropped before it had loaded`);
    return true;
  },
  handOver: () => {
    if (typeof settings !== 'object' || !isAllowed() || queue.pending().length === 0) return;
    const { token, apiHost } = settings;
    const calls = queue.take();
    leaveBehind({
      page: { token },
      calls: identityAfter(token, calls),
      path: `${apiHost}/q`,
      mayStore: isGranted(),
    });
  },
});

function isAllowed(): boolean {
  return typeof settings === 'object' && isGranted();
}

/** Whether {@link openMixpanelLane} or {@link closeMixpanelLane} has been called. */
export function isMixpanelDecided(): boolean {
  return settings !== undefined;
}

/** Turns the lane on; the SDK comes when the page is idle and analytics is consented to. */
export function openMixpanelLane(to: MixpanelSettings): void {
  settings = to;
  if (consentState().analytics === 'denied') queue.take();
  late.whenIdle();
  onConsentChange(followConsent);
}

/** Turns the lane off for the life of the page. */
export function closeMixpanelLane(): void {
  settings = 'off';
  queue.take();
}

/** Passes a call to the SDK, now or when it is there and consent is given; `at` is when it happened, if not now. */
export function sendToMixpanel(call: MixpanelCall, at?: number): void {
  if (settings !== 'off' && consentState().analytics !== 'denied') queue.push(call, at);
}

function followConsent(): void {
  if (consentState().analytics === 'denied') queue.take();
  setActive?.(isGranted());
  late.now();
}
