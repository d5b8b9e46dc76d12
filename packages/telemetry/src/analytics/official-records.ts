import { isIP } from 'node:net';
import type { DropReason, Pipeline } from '@qr/delivery';
import type { LaneName } from '../destinations/lanes.ts';
import type { IdMerge } from '../destinations/mixpanel.ts';
import type { People } from '../people.ts';
import { holdsCredential, scrubText } from '../privacy/index.ts';
import type { Encoder } from './encoder.ts';
import { timeOf } from './event-time.ts';
import { createIds, createInsertIds, type InsertId, isDevice, type OfficialIdentity, toInsertId } from './ids.ts';
import { ownKeys, readProperty } from './planned-properties.ts';
import { MAX_RECORD_BYTES, type RawRecord, rawEvent, rawUpdate } from './raw-record.ts';

/** What becomes of events and properties that the official client sends and the plan does not list. */
export type UnplannedPolicy = 'drop' | 'pass';

export interface OfficialRecordsOptions {
  readonly token: string;
  readonly encoder: Encoder;
  readonly pipeline: Pipeline<LaneName>;
  readonly unplanned: UnplannedPolicy;
  readonly idMerge: IdMerge;
  readonly people: Pick<People, 'sentIdOf'>;
  readonly warnOnce: (message: string) => void;
}

/** Takes what the official client would send. Never throws; returns an error for a record that was refused, and counts it. */
export interface OfficialRecords {
  /** @param source decides about a missing time: an import needs one. */
  event(source: 'track' | 'import', item: unknown): Error | undefined;
  update(lane: 'engage' | 'groups', item: unknown): Error | undefined;
  refuse(lane: LaneName, reason: DropReason, what: string, why: string): Error;
}

type Fields = Readonly<Record<string, unknown>>;

/** Fields that the client or a caller of it adds for the vendor; they are not properties of the event. */
const TRANSPORT_FIELDS = new Set([
  ...['token', 'mp_lib', '$lib_version', 'time', 'distinct_id', '$insert_id', 'ip', '$user_id', '$device_id'],
]);

/** What a profile update has beside its operations, and which values mean something there. */
const MODIFIERS: Readonly<Record<string, (value: unknown) => boolean>> = {
  $ip: isAddress,
  $ignore_time: (value) => typeof value === 'boolean',
  $ignore_alias: (value) => typeof value === 'boolean',
  $time: (value) =>
    Number.isFinite(value) || (typeof value === 'string' && value.length <= 40 && !Number.isNaN(Date.parse(value))),
  $latitude: Number.isFinite,
  $longitude: Number.isFinite,
};
/** Says whose profile it is and in which project; written anew. */
const OWNER_FIELDS = new Set(['$token', '$distinct_id', '$group_key', '$group_id']);

const ALIAS_EVENT = '$create_alias';
/** Merge ids in a project with the original id merge; one with the simplified merge ignores them. Mixpanel docs, id management. */
const ID_EVENTS = new Set<unknown>(['$identify', ALIAS_EVENT, '$merge']);

/** Turns records of the official client into those of our lanes. */
export function createOfficialRecords(options: OfficialRecordsOptions): OfficialRecords {
  const { token, encoder, pipeline, people, warnOnce } = options;
  const { sendableIdOf, usableDeviceIdOf, identityOf } = createIds(people);
  // Anything else than these two words must not let data out.
  const passesUnplanned = options.unplanned === 'pass';
  const isOriginalMerge = options.idMerge === 'original';
  const nextInsertId = createInsertIds();

  function refuse(lane: LaneName, reason: DropReason, what: string, why: string): Error {
    pipeline.drop(lane, reason);
    const message = `${what} of the Mixpanel client was not sent (${reason}): ${why}.`;
    warnOnce(message);
    return new Error(message);
  }

  function sendEvent(source: 'track' | 'import', item: unknown): Error | undefined {
    if (!isObject(item)) return refuse('import', 'invalid_record', 'An event', 'it is not an object');
    const name = readProperty(item, 'event');
    const what = `Event "${scrubText(String(name))}"`;
    const invalid = (why: string) => refuse('import', 'invalid_record', what, why);
    const properties = readProperty(item, 'properties') ?? {};
    if (!isObject(properties)) return invalid('its properties are not an object');
    const given = withSentIds(copyOf(properties), people.sentIdOf);
    if (given['token'] && given['token'] !== token) return invalid('it carries the token of another project');
    if (!isOriginalMerge && ID_EVENTS.has(name)) return refuse('import', 'unplanned_event', what, IGNORED);
    const who = identityOf(given);
    if (who === undefined) return refuse('import', 'forbidden_id', what, UNUSABLE_ID);
    const time = timeIn(source, given['time'], what);
    if (time === undefined) return invalid('its time is missing, not a time, or one that Mixpanel refuses');
    const occurrence = {
      ...who,
      insertId: toInsertId(given['$insert_id']) ?? nextInsertId(),
      time,
      traceId: undefined,
    };

    const event = encoder.event(name);
    if (event && !passesUnplanned) {
      const json = encoder.encodeEvent(event, occurrence, without(given, TRANSPORT_FIELDS));
      return push('import', { json }, what);
    }
    if (!passesUnplanned && name !== ALIAS_EVENT) {
      return refuse('import', 'unplanned_event', what, 'it is not in the tracking plan; add it there first');
    }
    if (passesUnplanned) warnOnce(`Unplanned events ${PASSED}`);
    // Under the original merge a plan's allow-list has no say in an alias, so nothing but its two ids passes.
    const passed = passesUnplanned ? given : { alias: sendableIdOf(given['alias']) };
    if (name === ALIAS_EVENT && !sendableIdOf(given['alias']))
      return refuse('import', 'forbidden_id', what, UNUSABLE_ID);
    return push('import', rawEvent(name, { ...passed, ...rawFields(passed, who, occurrence) }), what);
  }

  /** What every raw event has, whatever it was given; ids of its own only where it was given any. */
  function rawFields(
    given: Fields,
    { id, deviceId }: OfficialIdentity,
    { time, insertId }: { readonly time: number; readonly insertId: InsertId },
  ): Fields {
    return {
      ip: isAddress(given['ip']) ? given['ip'] : '0',
      ...('$user_id' in given && { $user_id: id === '' || isDevice(id) ? undefined : id }),
      ...('$device_id' in given && { $device_id: deviceId ?? (isDevice(id) ? usableDeviceIdOf(id) : undefined) }),
      distinct_id: id,
      time,
      $insert_id: insertId,
    };
  }

  function timeIn(source: 'track' | 'import', given: unknown, what: string): number | undefined {
    const now = pipeline.now();
    const time = timeOf(given, now);
    if (time !== undefined || source === 'import') return time;
    if (given)
      warnOnce(`${what} of the Mixpanel client has a time that cannot be used; it was sent with the current one.`);
    return now;
  }

  function sendUpdate(lane: 'engage' | 'groups', item: unknown): Error | undefined {
    const what = lane === 'groups' ? 'A group update' : 'A profile update';
    if (!isObject(item)) return refuse(lane, 'invalid_record', what, 'it is not an object');
    const {
      $token,
      $distinct_id: userId,
      $group_key: key,
      $group_id: groupId,
      ...given
    } = withSentIds(copyOf(item), people.sentIdOf);
    if ($token && $token !== token) {
      return refuse(lane, 'invalid_record', what, 'it carries the token of another project');
    }
    const id = sendableIdOf(lane === 'groups' ? groupId : userId)?.toWellFormed();
    const hasOwner = lane === 'engage' || (typeof key === 'string' && key !== '' && !holdsCredential(key));
    if (!id || !hasOwner) return refuse(lane, 'forbidden_id', what, UNUSABLE_ID);
    const modifiers = modifiersIn(given);
    const operations = without(given, new Set([...Object.keys(MODIFIERS), ...OWNER_FIELDS]));
    if (passesUnplanned) {
      warnOnce(`Unplanned properties ${PASSED}`);
      const owner = lane === 'groups' ? { $group_key: key, $group_id: id } : { $distinct_id: id };
      if (Object.values(operations).every(isEmptyOperand)) return undefined;
      return push(lane, rawUpdate({ $token: token, ...owner }, { ...modifiers, ...operations }), what);
    }
    const extra = { $token: token, ...modifiers };
    const encoded =
      lane === 'groups' ? encoder.group(key, id, operations, extra) : encoder.profile(id, operations, extra);
    if (typeof encoded === 'string') return push(lane, { json: encoded }, what);
    // Nothing was asked for, so nothing is lost.
    if (encoded.dropped === undefined) return undefined;
    return refuse(lane, encoded.dropped, what, 'the tracking plan lists none of its properties with such values');
  }

  function push(lane: LaneName, record: RawRecord, what: string): Error | undefined {
    if ('problem' in record) return refuse(lane, 'invalid_record', what, record.problem);
    if (record.json.length * 3 >= MAX_RECORD_BYTES && Buffer.byteLength(record.json) >= MAX_RECORD_BYTES) {
      return refuse(lane, 'too_large', what, 'it weighs 1 MB or more');
    }
    const reason = pipeline.push(lane, record.json);
    return reason && new Error(`${what} was not sent: ${reason}`);
  }

  function safely(lane: LaneName, what: string, send: () => Error | undefined): Error | undefined {
    try {
      return send();
    } catch {
      return refuse(lane, 'invalid_record', what, 'it cannot be read');
    }
  }

  return {
    event: (source, item) => safely('import', 'An event', () => sendEvent(source, item)),
    update: (lane, item) => safely(lane, 'An update', () => sendUpdate(lane, item)),
    refuse,
  };
}

/** An address, or 0 for none: the vendor locates a person by it. */
function isAddress(value: unknown): boolean {
  return value === 0 || value === '0' || (typeof value === 'string' && isIP(value) !== 0);
}

function modifiersIn(given: Fields): Fields {
  return Object.fromEntries(Object.entries(given).filter(([name, value]) => MODIFIERS[name]?.(value)));
}

function isEmptyOperand(operand: unknown): boolean {
  return typeof operand === 'object' && operand !== null && ownKeys(operand).length === 0;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A copy of what can be read of an object, which may be a proxy or frozen. */
export function copyOf(value: object): Record<string, unknown> {
  return Object.fromEntries(ownKeys(value).map((name) => [name, readProperty(value, name)]));
}

/** Fields of the vendor that hold ids beside those that are read one by one. Mixpanel reference, identity management. */
const ID_FIELDS = ['$anon_id', '$anon_distinct_id', '$identified_id', '$distinct_ids', 'alias', '$group_key'];

/** `$merge` names two. */
const MAX_IDS = 100;

/** Ids in the form in which they are sent, whatever else passes as it is. */
function withSentIds(fields: Record<string, unknown>, sentIdOf: (id: string) => string): Record<string, unknown> {
  for (const name of ID_FIELDS) if (name in fields) fields[name] = sentIdsIn(fields[name], sentIdOf);
  return fields;
}

/** A list is cut: it may be a hole of any length, or contain itself. */
function sentIdsIn(value: unknown, sentIdOf: (id: string) => string): unknown {
  if (Array.isArray(value)) return value.slice(0, MAX_IDS).map((id) => (typeof id === 'string' ? sentIdOf(id) : id));
  return typeof value === 'string' ? sentIdOf(value) : value;
}

function without(fields: Fields, names: ReadonlySet<string>): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.has(name)));
}

const IGNORED =
  'a project with simplified id merge ignores it. Use identifyUser(userId, profile, { anonymousId }), or set MIXPANEL_ID_MERGE=original if the project is older';
const UNUSABLE_ID =
  'its id is missing, longer than 255 bytes, not a text or number, one that Mixpanel forbids, such as "anonymous", or holds a password, a token or a card number';
const PASSED = 'of the Mixpanel client are passed on as they are (mixpanelUnplanned).';
