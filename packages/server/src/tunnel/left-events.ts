import { createHash } from 'node:crypto';
import { isDevice, sendableIdOf, timeOf, usableDeviceIdOf } from '@qr/telemetry/internal';
import type { EventReport, MixpanelCall } from './left-report.ts';
import { type PagePlan, plannedValues } from './page-plan.ts';

/** A record for a lane. */
export interface LeftRecord {
  readonly lane: 'import' | 'engage';
  readonly json: string;
}

/** Who a call is of. */
interface Identity {
  readonly deviceId: string;
  readonly userId: string | undefined;
}

/** The library that a record is of; the SDK calls itself `web`. */
const LIBRARY = 'qr-browser';

/**
 * The records of a report, as the ingestion API takes them, one call at a time: `refused` for a call that the plan does not let a page make,
 * `none` for one that only says who the visitor is. Each call gets the identity that the page had when it was made, as in the SDK.
 */
export function* recordsOf(
  { token, visitor }: EventReport,
  calls: readonly MixpanelCall[],
  plan: PagePlan,
): Generator<LeftRecord | 'refused' | 'none'> {
  const visitorId = usableDeviceIdOf(visitor.$device_id);
  let identity: Identity = { deviceId: visitorId ?? '', userId: userIdOf(visitor.$user_id) };
  for (const [index, call] of calls.entries()) {
    // An id that many pages share, such as `undefined`, would make one visitor of them all.
    if (visitorId === undefined) yield 'refused';
    else if (call.kind === 'event') yield eventOf(call, identity, idOf(identity, call, index), plan);
    else if (call.kind === 'profile') {
      yield profileOf(identity, token, plannedValues(plan.profile, call.properties));
    } else if (call.kind === 'reset') {
      identity = { deviceId: idOf(identity, call, index), userId: undefined };
      yield 'none';
    } else {
      identity = { ...identity, userId: userIdOf(call.userId) };
      yield profileOf(identity, token, { $last_login: new Date(call.at).toISOString() });
    }
  }
}

function userIdOf(id: unknown): string | undefined {
  const userId = sendableIdOf(id)?.toWellFormed();
  return userId === undefined || userId === '' || isDevice(userId) ? undefined : userId;
}

/** The same whenever the same report arrives: one that waited in storage may be sent twice. */
function idOf({ deviceId }: Identity, call: MixpanelCall, index: number): string {
  return createHash('sha256')
    .update(JSON.stringify([deviceId, index, call]))
    .digest('hex')
    .slice(0, 32);
}

function eventOf(
  call: Extract<MixpanelCall, { kind: 'event' }>,
  { deviceId, userId }: Identity,
  id: string,
  plan: PagePlan,
): LeftRecord | 'refused' {
  const rules = plan.rulesOf(call.name);
  if (!rules) return 'refused';
  const properties = {
    time: timeOf(call.at, Date.now()) ?? Date.now(),
    // Without it the vendor places the visitor at the address of this server.
    ip: '0',
    distinct_id: userId ?? `$device:${deviceId}`,
    $device_id: deviceId,
    ...(userId !== undefined && { $user_id: userId }),
    $insert_id: id,
    mp_lib: LIBRARY,
    ...(call.traceId !== undefined && { trace_id: call.traceId }),
    ...plannedValues(rules, call.properties ?? {}),
  };
  return { lane: 'import', json: JSON.stringify({ event: call.name, properties }) };
}

/** An anonymous visitor has no profile. */
function profileOf(
  { userId }: Identity,
  token: string,
  properties: Readonly<Record<string, unknown>>,
): LeftRecord | 'none' {
  if (userId === undefined || Object.keys(properties).length === 0) return 'none';
  return { lane: 'engage', json: JSON.stringify({ $token: token, $distinct_id: userId, $ip: '0', $set: properties }) };
}
