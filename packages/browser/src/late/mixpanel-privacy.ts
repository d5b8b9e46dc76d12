import type { Gate } from './gate.ts';

/** One event as the SDK is about to send it. */
export interface OutgoingEvent {
  readonly event: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** What the vendor needs to take an event in and to attribute it, and coarse facts of the device; no URL is among them. */
const TECHNICAL = new Set([
  ...['token', 'time', 'distinct_id', '$insert_id', '$device_id', '$user_id', '$had_persisted_distinct_id'],
  ...['mp_lib', '$lib_version', '$os', '$browser', '$browser_version', '$device', '$screen_height', '$screen_width'],
  'trace_id',
]);
/** The SDK's own event: joins the anonymous visitor to the user who logs in. */
const IDENTIFY = '$identify';
const PROFILE_TECHNICAL = new Set(['$os', '$browser', '$browser_version']);
const PROFILE_ACTIONS = ['$set', '$set_once'] as const;

/** The last gate of an event: planned and technical properties pass, everything else that the SDK adds does not. */
export function privateMixpanelEvent({ event, properties }: OutgoingEvent, gate: Gate): OutgoingEvent | null {
  const rules = event === IDENTIFY ? { $anon_distinct_id: 'p' } : gate.rulesOf(event);
  if (rules === undefined) return null;
  return { event, properties: pick(properties, (key) => TECHNICAL.has(key) || Object.hasOwn(rules, key)) };
}

/** The last gate of a profile update. */
export function privateMixpanelProfile(
  update: Readonly<Record<string, unknown>>,
  gate: Gate,
): Record<string, unknown> | null {
  const address = pick(update, (key) => ['$token', '$distinct_id', '$device_id', '$user_id'].includes(key));
  const actions = PROFILE_ACTIONS.flatMap((action) => {
    const values = update[action];
    if (typeof values !== 'object' || values === null) return [];
    const kept = pick(values, (key) => PROFILE_TECHNICAL.has(key) || gate.isProfileKey(key));
    return Object.keys(kept).length > 0 ? [[action, kept] as const] : [];
  });
  return actions.length === 0 ? null : { ...address, ...Object.fromEntries(actions) };
}

function pick(values: object, isKept: (key: string) => boolean): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([key]) => isKept(key)));
}
