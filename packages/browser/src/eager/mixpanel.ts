import type { PagePlan } from '../plan.ts';
import { consentState, isGranted, onConsentChange } from './consent.ts';
import { KEPT_KEY } from './leaving.ts';
import { pageParts } from './page-parts.ts';
import { mixpanelLane, warnOnce } from './page-state.ts';
import { hexId } from './page-trace.ts';

/** What the SDK is started with. */
export interface MixpanelSettings {
  readonly plan: PagePlan | undefined;
  readonly token: string;
  /** Same-origin address that passes requests on. */
  readonly apiHost: string;
}

/** Every call to Mixpanel, as the caller made it: unplanned properties are removed before sending. */
export type MixpanelCall =
  | {
      readonly kind: 'event';
      /** Undefined for a page view of a plan that names no such event. */
      readonly name: string | undefined;
      readonly properties: Readonly<Record<string, unknown>>;
      /** Trace of the page on which it happened. */
      readonly traceId: string | undefined;
    }
  | { readonly kind: 'identify'; readonly userId: string }
  | { readonly kind: 'profile'; readonly properties: Readonly<Record<string, unknown>> }
  | { readonly kind: 'reset' };

/** Options of {@link initMixpanel}. */
export interface MixpanelOptions {
  /** The tracking plan: nothing else leaves the page. */
  readonly plan: PagePlan;
  /** @default import.meta.env.VITE_MIXPANEL_TOKEN */
  readonly token?: string | undefined;
  /** Where events are sent. @default the tunnel of the page's own origin, `/o` */
  readonly apiHost?: string | undefined;
}

/**
 * Turns analytics on; the SDK is fetched when the page is idle and consent allows it. Further calls do nothing.
 * Without a token it warns once and every call is a no-op.
 */
export function initMixpanel(options: MixpanelOptions): void {
  if (mixpanelLane.settings !== undefined) return;
  // Callers without TypeScript may pass nothing at all.
  const { plan, token = import.meta.env?.VITE_MIXPANEL_TOKEN, apiHost = `${location.origin}/o` } = options ?? {};
  if (!token) {
    mixpanelLane.close();
    warnOnce('VITE_MIXPANEL_TOKEN is not set: analytics is off');
    return;
  }
  const clearIfDenied = () => {
    if (consentState().analytics !== 'denied') return;
    mixpanelLane.kept.length = 0;
    try {
      for (const key of [KEPT_KEY, visitorKey(token)]) localStorage.removeItem(key);
    } catch {
      // Storage is blocked: nothing was kept.
    }
  };
  clearIfDenied();
  mixpanelLane.open({
    ...pageParts,
    name: 'Mixpanel',
    settings: { plan, token, apiHost },
    isAllowed: isGranted,
    load: () => import('../late/mixpanel.ts').then(({ start }) => start),
    pack: (calls) => ({
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
  onConsentChange(() => {
    clearIfDenied();
    void mixpanelLane.hurry();
  });
}

/** Passes a call to the SDK, now or when it is there and consent is given; `at` is when it happened, if not now. */
export function sendToMixpanel(call: MixpanelCall, at?: number): void {
  if (consentState().analytics !== 'denied') mixpanelLane.send(call, at);
}

/** Key under which the SDK stores the visitor (`persistence: 'localStorage'`). */
const visitorKey = (token: string): string => `mp_${token}_mixpanel`;

/**
 * Returns the visitor as the SDK remembers it, for the server to attribute calls by. A new visitor is stored in the SDK's own form, so that the next
 * visit goes on with the same device; after a log-out nothing is remembered.
 */
export function visitorOf(token: string, isLeft: boolean): unknown {
  const key = visitorKey(token);
  const deviceId = hexId();
  const fresh = { distinct_id: `$device:${deviceId}`, $device_id: deviceId };
  try {
    const stored = localStorage.getItem(key);
    if (isLeft) localStorage.removeItem(key);
    else if (!stored) localStorage.setItem(key, JSON.stringify(fresh));
    return stored ? JSON.parse(stored) : fresh;
  } catch {
    // Storage is blocked: a visitor of this page only.
    return fresh;
  }
}
