import { browserPlan } from '@qr/events/browser';
import type { LaneName } from '../../delivery/record.ts';
import { redact, stripUrl } from '../../shared/index.ts';
import type { EventReport } from './left-report.ts';

type Rules = Readonly<Record<string, 'p' | 'u'>>;
type Call = EventReport['calls'][number];

/** A record for a lane, and whose it is. */
interface LeftRecord {
  readonly lane: LaneName;
  readonly json: string;
  readonly distinctId: string;
}

/** The library that a record is of; the SDK calls itself `web`. */
const LIBRARY = 'qr-browser';

/** The planned events and profile updates of a report, as the ingestion API takes them; unplanned ones are left out. */
export function recordsOf({ token, calls }: EventReport): LeftRecord[] {
  return calls.flatMap((call) => {
    const distinctId = call.userId ?? `$device:${call.deviceId}`;
    if (call.kind === 'event') return eventOf(call, distinctId);
    // An anonymous visitor has no profile.
    if (call.userId === undefined) return [];
    if (call.kind === 'profile') return profileOf(call, token, keep(browserPlan.profile, call.properties));
    if (call.kind === 'identify') return profileOf(call, token, { $last_login: new Date(call.at).toISOString() });
    return [];
  });
}

function eventOf(call: Extract<Call, { kind: 'event' }>, distinctId: string): LeftRecord[] {
  const events: Readonly<Record<string, Rules>> = browserPlan.events;
  const rules = Object.hasOwn(events, call.name) ? events[call.name] : undefined;
  if (!rules) return [];
  const properties = {
    time: Math.round(call.at),
    distinct_id: distinctId,
    $device_id: call.deviceId,
    ...(call.userId !== undefined && { $user_id: call.userId }),
    $insert_id: call.id,
    mp_lib: LIBRARY,
    ...(call.traceId !== undefined && { trace_id: call.traceId }),
    ...keep(rules, call.properties),
  };
  return [{ lane: 'import', json: JSON.stringify({ event: call.name, properties }), distinctId }];
}

function profileOf(call: Call, token: string, properties: Readonly<Record<string, unknown>>): LeftRecord[] {
  const { userId } = call;
  if (userId === undefined || Object.keys(properties).length === 0) return [];
  const json = JSON.stringify({ $token: token, $distinct_id: userId, $ip: '0', $set: properties });
  return [{ lane: 'engage', json, distinctId: userId }];
}

function keep(rules: Rules, properties: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(properties).flatMap(([key, value]) => {
      const rule = Object.hasOwn(rules, key) ? rules[key] : undefined;
      if (rule === undefined) return [];
      return [[key, rule === 'u' ? stripUrl(String(value)) : redact(value)]];
    }),
  );
}
