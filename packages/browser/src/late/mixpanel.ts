import type { Config, Mixpanel } from 'mixpanel-browser';
// The one loader without a session recorder. A second loader anywhere would share its state with this one.
import * as loader from 'mixpanel-browser/src/loaders/loader-module-core.js';
import type { Sink } from '../eager/lane.ts';
import type { MixpanelCall } from '../eager/mixpanel-call.ts';
import type { MixpanelSettings } from '../eager/mixpanel-lane.ts';
import type { PageParts } from '../eager/page-parts.ts';
import { plannedEvent, plannedProfile } from '../plan/planned-event.ts';
import { keepBlockedRequests } from './blocked-requests.ts';
import { isHiddenUser } from './hidden-user.ts';
import { privateMixpanelEvent, privateMixpanelProfile } from './mixpanel-privacy.ts';
import { sendKept } from './send-kept.ts';

const mixpanel = (loader as unknown as { readonly default: Mixpanel }).default;

type Warn = PageParts['warnOnce'];

/** The started SDK. */
export interface LateMixpanel {
  readonly take: Sink<MixpanelCall>;
  /** Follows the person's consent: `false` stops sending and deletes what was stored. */
  readonly setActive: (isActive: boolean) => void;
}

/** Starts the SDK with everything off that the plan does not ask for: it sends what it is told, through the tunnel. */
export function startMixpanel({ token, apiHost }: MixpanelSettings, { keptKey, warnOnce }: PageParts): LateMixpanel {
  mixpanel.init(token, settingsOf(apiHost));
  // A refusal of an earlier visit is stored by the SDK; the consent store, which decides, says otherwise by now.
  if (mixpanel.has_opted_out_tracking()) optIn();
  const isHidden = (id: string) => isHiddenUser(id, apiHost, warnOnce);
  // Of a visit on which the id was sent elsewhere.
  if (isHidden(mixpanel.get_distinct_id())) mixpanel.reset();
  keepBlockedRequests(mixpanel);
  void sendKept(keptKey);

  return {
    take: (call, at) => {
      if (call.kind === 'event') track(call, at, warnOnce);
      else if (call.kind === 'identify' && !isHidden(call.userId)) identify(call.userId, at);
      else if (call.kind === 'profile') setProfile(call.properties, warnOnce);
      // A user who is not named is not the one before either.
      else if (call.kind === 'reset' || mixpanel.get_property('$user_id')) mixpanel.reset();
    },
    setActive: (isActive) => {
      if (isActive === !mixpanel.has_opted_out_tracking()) return;
      if (isActive) optIn();
      else optOut(token);
    },
  };
}

function settingsOf(apiHost: string): Partial<Config> {
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
    before_send_events: privateMixpanelEvent,
    before_send_people: privateMixpanelProfile,
    before_send_groups: () => null,
  };
  return { ...settings, hooks: hooks as Config['hooks'] };
}

function track({ name, properties, traceId }: Extract<MixpanelCall, { kind: 'event' }>, at: number, warn: Warn): void {
  const planned = plannedEvent(name, properties, warn);
  if (!planned) return;
  mixpanel.track(name, { ...planned, ...(traceId !== undefined && { trace_id: traceId }), time: at / 1000 });
}

function setProfile(properties: Readonly<Record<string, unknown>>, warn: Warn): void {
  const planned = plannedProfile(properties, warn);
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
