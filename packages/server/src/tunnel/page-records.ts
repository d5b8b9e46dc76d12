import { createHash } from 'node:crypto';
import { isDevice, timeOf } from '@qr/telemetry/internal';
import type { EventReport, MixpanelCall } from './left-report.ts';
import { type PagePlan, plainRules } from './page-plan.ts';

type Json = Readonly<Record<string, unknown>>;

/** The SDK's own event, which joins an anonymous visitor to the user who logs in. */
const IDENTIFY = '$identify';
const DEVICE_PREFIX = '$device:';
/** Coarse facts of the device that the SDK adds. */
const DEVICE_FACTS = plainRules([
  ...['mp_lib', '$lib_version', '$os', '$browser', '$browser_version', '$device', '$screen_height', '$screen_width'],
  '$had_persisted_distinct_id',
]);
const PROFILE_FACTS = plainRules(['$os', '$browser', '$browser_version']);
const PROFILE_ACTIONS = ['$set', '$set_once'];
const PROFILE_FIELDS = new Set(['$token', '$distinct_id', '$device_id', '$user_id', '$time', ...PROFILE_ACTIONS]);
const INSERT_ID = /^[A-Za-z0-9-]{1,36}$/;
const TRACE_ID = /^[0-9a-f]{32}$/;

/** The library that a record is of; the SDK calls itself `web`. */
const LIBRARY = 'qr-browser';

/** Returns the token that a record carries; `undefined` when it carries none, or two that differ. */
export function tokenOf(record: Json): unknown {
  const inside = isObject(record['properties']) ? record['properties']['token'] : undefined;
  const { $token: outside } = record;
  return inside === undefined || outside === undefined || inside === outside ? (outside ?? inside) : undefined;
}

/**
 * Rebuilds an event of the browser SDK from what the plan lets a page say, about the visitor of that page alone.
 *
 * @returns `undefined` for an event that no page may send, and for one whose ids are not those of one visitor.
 */
export function eventFromPage({ event, properties }: Json, plan: PagePlan): Json | undefined {
  const rules = event === IDENTIFY ? plainRules([]) : plan.rulesOf(event);
  if (rules === undefined || !isObject(properties)) return undefined;
  const ids = idsOf(plan, properties);
  if (ids === undefined) return undefined;
  const joined = event === IDENTIFY ? joinedDevice(plan, properties, ids) : {};
  if (joined === undefined) return undefined;
  const { $insert_id: insertId, trace_id: traceId } = properties;
  const time = timeOf(properties['time'], Date.now());
  return {
    event,
    properties: {
      token: properties['token'],
      ...(time !== undefined && { time: time / 1000 }),
      ...ids,
      ...joined,
      ...(isMatch(INSERT_ID, insertId) && { $insert_id: insertId }),
      ...(isMatch(TRACE_ID, traceId) && { trace_id: traceId }),
      ...plan.valuesOf(DEVICE_FACTS, properties),
      ...plan.valuesOf(rules, properties),
    },
  };
}

/**
 * Rebuilds a profile update: planned values, set on the profile of the page's identified user.
 *
 * @returns `undefined` for everything else, such as `$delete`.
 */
export function profileFromPage(update: Json, plan: PagePlan): Json | undefined {
  const ids = idsOf(plan, update, '$distinct_id');
  // An anonymous visitor has no profile, and a page knows only the user of its own device.
  if (ids?.$user_id === undefined || ids.$device_id === undefined) return undefined;
  if (Object.keys(update).some((key) => !PROFILE_FIELDS.has(key))) return undefined;
  const actions = PROFILE_ACTIONS.flatMap((action) => {
    const values = update[action];
    if (!isObject(values)) return [];
    const kept = { ...plan.valuesOf(PROFILE_FACTS, values), ...plan.valuesOf(plan.profile, values) };
    return Object.keys(kept).length === 0 ? [] : [[action, kept] as const];
  });
  if (actions.length === 0) return undefined;
  const { distinct_id: _, ...own } = ids;
  return { $token: update['$token'], $distinct_id: ids.distinct_id, ...own, ...Object.fromEntries(actions) };
}

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

/**
 * The records of a report, as the ingestion API takes them, one call at a time: `refused` for a call that the plan does not let a page make,
 * `none` for one that only says who the visitor is. Each call gets the identity that the page had when it was made, as in the SDK.
 */
export function* leftRecordsOf(
  { token, visitor }: EventReport,
  calls: readonly MixpanelCall[],
  plan: PagePlan,
): Generator<LeftRecord | 'refused' | 'none'> {
  const visitorId = plan.ids.usableDeviceIdOf(visitor.$device_id);
  let identity: Identity = { deviceId: visitorId ?? '', userId: userIdOf(plan, visitor.$user_id) };
  for (const [index, call] of calls.entries()) {
    // An id that many pages share, such as `undefined`, would make one visitor of them all.
    if (visitorId === undefined) yield 'refused';
    else if (call.kind === 'event') yield leftEventOf(call, identity, insertIdOf(identity, call, index), plan);
    else if (call.kind === 'profile') {
      yield leftProfileOf(identity, token, plan.valuesOf(plan.profile, call.properties));
    } else if (call.kind === 'reset') {
      identity = { deviceId: insertIdOf(identity, call, index), userId: undefined };
      yield 'none';
    } else {
      identity = { ...identity, userId: userIdOf(plan, call.userId) };
      yield leftProfileOf(identity, token, { $last_login: new Date(call.at).toISOString() });
    }
  }
}

interface Ids {
  readonly distinct_id?: string;
  readonly $device_id?: string;
  readonly $user_id?: string;
}

/** The ids of a record: usable, and all of the same visitor. `undefined` when they are not. */
function idsOf({ ids }: PagePlan, fields: Json, name: 'distinct_id' | '$distinct_id' = 'distinct_id'): Ids | undefined {
  const { $device_id: device, $user_id: user, [name]: distinct } = fields;
  const deviceId = device == null ? undefined : ids.usableDeviceIdOf(device);
  const userId = user == null ? undefined : ids.sendableIdOf(user);
  const distinctId = distinct == null ? undefined : ids.sendableIdOf(distinct);
  if (isLost(device, deviceId) || isLost(user, userId) || isLost(distinct, distinctId)) return undefined;
  if (userId !== undefined && isDevice(userId)) return undefined;
  const own = userId ?? (deviceId && DEVICE_PREFIX + deviceId);
  if (distinctId !== undefined && distinctId !== own) return undefined;
  return {
    ...(distinctId !== undefined && { distinct_id: distinctId }),
    ...(deviceId !== undefined && { $device_id: deviceId }),
    ...(userId !== undefined && { $user_id: userId }),
  };
}

function isLost(given: unknown, usable: string | undefined): boolean {
  return given != null && !usable;
}

/** Who a log-in joins to the user: the device of this page and nobody else, because a user who is joined to another cannot be parted again. */
function joinedDevice(
  { ids }: PagePlan,
  { $anon_distinct_id: anonymous }: Json,
  { $device_id, $user_id }: Ids,
): Json | undefined {
  const anonymousId = ids.sendableIdOf(anonymous);
  const isOwn = $device_id !== undefined && $user_id !== undefined && anonymousId === DEVICE_PREFIX + $device_id;
  return isOwn ? { $anon_distinct_id: anonymousId } : undefined;
}

function isMatch(pattern: RegExp, value: unknown): value is string {
  return typeof value === 'string' && pattern.test(value);
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function userIdOf({ ids }: PagePlan, id: unknown): string | undefined {
  const userId = ids.sendableIdOf(id)?.toWellFormed();
  return userId === undefined || userId === '' || isDevice(userId) ? undefined : userId;
}

/** The same whenever the same report arrives: one that waited in storage may be sent twice. */
function insertIdOf({ deviceId }: Identity, call: MixpanelCall, index: number): string {
  return createHash('sha256')
    .update(JSON.stringify([deviceId, index, call]))
    .digest('hex')
    .slice(0, 32);
}

function leftEventOf(
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
    ...plan.valuesOf(rules, call.properties ?? {}),
  };
  return { lane: 'import', json: JSON.stringify({ event: call.name, properties }) };
}

/** An anonymous visitor has no profile. */
function leftProfileOf(
  { userId }: Identity,
  token: string,
  properties: Readonly<Record<string, unknown>>,
): LeftRecord | 'none' {
  if (userId === undefined || Object.keys(properties).length === 0) return 'none';
  return { lane: 'engage', json: JSON.stringify({ $token: token, $distinct_id: userId, $ip: '0', $set: properties }) };
}
