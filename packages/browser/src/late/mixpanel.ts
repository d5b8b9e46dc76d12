import type { Config, Mixpanel } from 'mixpanel-browser';
// The one loader without a session recorder. A second loader anywhere would share its state with this one.
import * as loader from 'mixpanel-browser/src/loaders/loader-module-core.js';
import type { Sink } from '../eager/lane.ts';
import type { MixpanelCall, MixpanelSettings } from '../eager/mixpanel.ts';
import type { PageParts } from '../eager/page-parts.ts';
import type { AllowListModule } from '../plan.ts';
import { createGate, type Gate, isHiddenUser } from './gate.ts';
import { type OutgoingEvent, privateMixpanelEvent, privateMixpanelProfile } from './mixpanel-privacy.ts';
import { sendKept } from './send-kept.ts';

type EventCall = Extract<MixpanelCall, { kind: 'event' }>;

const mixpanel = (loader as unknown as { readonly default: Mixpanel }).default;

/** Starts the SDK with everything off that the plan does not ask for: it sends what it is told, through the tunnel. */
export function start(
  { token, apiHost }: MixpanelSettings,
  allowList: AllowListModule | undefined,
  { consentState, keptKey, onConsentChange, warnOnce }: PageParts,
): Sink<MixpanelCall> {
  const gate = createGate(allowList, warnOnce);
  mixpanel.init(token, settingsOf(apiHost, gate));
  // A refusal of an earlier visit is stored by the SDK; the consent store, which decides, says otherwise by now.
  if (mixpanel.has_opted_out_tracking()) optIn();
  const isHidden = (id: string) => isHiddenUser(id, apiHost, warnOnce);
  // Of a visit on which the id was sent elsewhere.
  if (isHidden(mixpanel.get_distinct_id())) mixpanel.reset();
  keepBlockedRequests();
  void sendKept(keptKey);
  onConsentChange(() => {
    const isActive = consentState().analytics === 'granted';
    if (isActive === !mixpanel.has_opted_out_tracking()) return;
    if (isActive) optIn();
    else optOut(token);
  });

  return (call, at) => {
    if (call.kind === 'event') track(call, at, gate);
    else if (call.kind === 'identify' && !isHidden(call.userId)) identify(call.userId, at);
    else if (call.kind === 'profile') setProfile(call.properties, gate);
    // A user who is not named is not the one before either.
    else if (call.kind === 'reset' || mixpanel.get_property('$user_id')) mixpanel.reset();
  };
}

function settingsOf(apiHost: string, gate: Gate): Partial<Config> {
  const settings: Partial<Config> & Record<string, unknown> = {
    api_host: apiHost,
    // Short names of our own: the vendor's are on every ad blocker's list.
    api_routes: { track: 't/', engage: 'p/', groups: 'g/' },
    api_payload_format: 'json',
    persistence: 'localStorage',
    ip: false,
    autocapture: false,
    track_pageview: false,
    track_marketing: false,
    save_referrer: false,
    stop_utm_persistence: true,
    store_google: false,
    flags: false,
    remote_settings_mode: 'disabled',
    record_sessions_percent: 0,
    ignore_dnt: false,
  };
  // The SDK runs `before_send_people` and `before_send_groups` too, though its types know the first of these only.
  const hooks = {
    before_send_events: (event: OutgoingEvent) => privateMixpanelEvent(event, gate),
    before_send_people: (update: Readonly<Record<string, unknown>>) => privateMixpanelProfile(update, gate),
    before_send_groups: () => null,
  };
  return { ...settings, hooks: hooks as Config['hooks'] };
}

function track({ name, properties, traceId }: EventCall, at: number, gate: Gate): void {
  // A page view that was held before the plan was known, which has no event for it.
  if (name === undefined) return;
  const planned = gate.event(name, properties);
  if (!planned) return;
  mixpanel.track(name, { ...planned, ...(traceId !== undefined && { trace_id: traceId }), time: at / 1000 });
}

function setProfile(properties: Readonly<Record<string, unknown>>, gate: Gate): void {
  const planned = gate.profile(properties);
  if (Object.keys(planned).length > 0) mixpanel.people.set(planned);
}

/** The id changes only when somebody logs in: on later pages the SDK remembers it. */
function identify(userId: string, at: number): void {
  const isLogin = mixpanel.get_distinct_id() !== userId;
  mixpanel.identify(userId);
  if (isLogin) mixpanel.people.set({ $last_login: new Date(at).toISOString() });
}

function optIn(): void {
  // Without a `track` of its own the SDK would send an event that is not in the plan.
  mixpanel.opt_in_tracking({ track: () => undefined });
}

function optOut(token: string): void {
  mixpanel.opt_out_tracking({ delete_user: false } as Parameters<Mixpanel['opt_out_tracking']>[0]);
  try {
    for (const kind of ['ev', 'pp', 'gr']) localStorage.removeItem(`__mpq_${token}_${kind}`);
  } catch {
    // Storage is blocked: the SDK kept nothing there.
  }
}

type Respond = (response: unknown) => void;
type SendRequest = (data: unknown, options: unknown, respond: Respond) => void;

/** What the SDK keeps for each of its queues, as of mixpanel-browser 2.83, `src/request-batcher.js`. */
interface Batchers {
  readonly request_batchers?: Readonly<Record<string, { sendRequest: SendRequest }>>;
}

/**
 * Makes the SDK keep what it could not send although the browser says that it is online, as with an ad blocker or a captive portal. It takes a
 * request without any status for a final answer then, and forgets what was in it; after a 503 it sends the request again.
 */
function keepBlockedRequests(): void {
  for (const batcher of Object.values((mixpanel as Batchers).request_batchers ?? {})) {
    const send = batcher.sendRequest;
    batcher.sendRequest = (data, options, respond) =>
      send(data, options, (response) =>
        respond(isUnanswered(response) ? { ...response, httpStatusCode: 503 } : response),
      );
  }
}

function isUnanswered(response: unknown): response is { readonly httpStatusCode: number } {
  return (
    typeof response === 'object' && response !== null && 'httpStatusCode' in response && response.httpStatusCode === 0
  );
}
