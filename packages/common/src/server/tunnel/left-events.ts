import { createHash } from 'node:crypto';
import { browserPlan } from '@qr/events/browser';
import type { LaneName } from '../../delivery/record.ts';
import { timeOf } from '../../mixpanel/event-time.ts';
import { isDevice, usableDeviceIdOf, usableIdOf } from '../../mixpanel/identity.ts';
import { truncate } from '../../mixpanel/truncate.ts';
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

/** Who a call is of. */
interface Identity {
  readonly deviceId: string;
  readonly userId: string | undefined;
}

/** The library that a record is of; the SDK calls itself `web`. */
const LIBRARY = 'qr-browser';

/**
 * The planned events and profile updates of a report, as the ingestion API takes them; unplanned ones are left out. Each call is of whom the page knew
 * at its moment, as the SDK would have it.
 */
export function recordsOf({ token, visitor, calls }: EventReport): LeftRecord[] {
  const visitorId = usableDeviceIdOf(visitor.$device_id);
  // An id that many pages share, such as `undefined`, would make one visitor of them all.
  if (visitorId === undefined) return [];
  let identity: Identity = { deviceId: visitorId, userId: userIdOf(visitor.$user_id) };
  return calls.flatMap((call, index) => {
    const id = idOf(identity, call, index);
    if (call.kind === 'event') return eventOf(call, identity, id);
    if (call.kind === 'reset') identity = { deviceId: id, userId: undefined };
    if (call.kind === 'profile') return profileOf(identity, token, keep(browserPlan.profile, call.properties));
    if (call.kind !== 'identify') return [];
    identity = { ...identity, userId: userIdOf(call.userId) };
    return profileOf(identity, token, { $last_login: new Date(call.at).toISOString() });
  });
}

function userIdOf(id: unknown): string | undefined {
  const userId = usableIdOf(id)?.toWellFormed();
  return userId === undefined || userId === '' || isDevice(userId) ? undefined : userId;
}

/** The same whenever the same report arrives: one that waited in storage may be sent twice. */
function idOf({ deviceId }: Identity, call: Call, index: number): string {
  return createHash('sha256')
    .update(JSON.stringify([deviceId, index, call]))
    .digest('hex')
    .slice(0, 32);
}

function eventOf(call: Extract<Call, { kind: 'event' }>, { deviceId, userId }: Identity, id: string): LeftRecord[] {
  const events: Readonly<Record<string, Rules>> = browserPlan.events;
  const rules = Object.hasOwn(events, call.name) ? events[call.name] : undefined;
  if (!rules) return [];
  const distinctId = userId ?? `$device:${deviceId}`;
  const properties = {
    time: timeOf(call.at, Date.now()) ?? Date.now(),
    // Without it the vendor places the visitor at the address of this server.
    ip: '0',
    distinct_id: distinctId,
    $device_id: deviceId,
    ...(userId !== undefined && { $user_id: userId }),
    $insert_id: id,
    mp_lib: LIBRARY,
    ...(call.traceId !== undefined && { trace_id: call.traceId }),
    ...keep(rules, call.properties),
  };
  return [{ lane: 'import', json: JSON.stringify({ event: call.name, properties }), distinctId }];
}

/** An anonymous visitor has no profile. */
function profileOf({ userId }: Identity, token: string, properties: Readonly<Record<string, unknown>>): LeftRecord[] {
  if (userId === undefined || Object.keys(properties).length === 0) return [];
  const json = JSON.stringify({ $token: token, $distinct_id: userId, $ip: '0', $set: properties });
  return [{ lane: 'engage', json, distinctId: userId }];
}

function keep(rules: Rules, properties: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(properties).flatMap(([key, value]): [string, unknown][] => {
      const rule = Object.hasOwn(rules, key) ? rules[key] : undefined;
      // What is planned for pages is a single value; an object may hold anything.
      if (rule === undefined || !isScalar(value)) return [];
      if (typeof value !== 'string') return [[key, value]];
      return [[key, truncate(rule === 'u' ? stripUrl(value) : String(redact(value)))]];
    }),
  );
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
}
