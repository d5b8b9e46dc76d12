import type { DropReason } from '@qr/delivery';
import { type Plan, privacyOf } from '@qr/plan';
import type { TObject } from 'typebox';
import { countryMember } from './countries.ts';
import { type InsertId, identityJson, usableIdOf } from './ids.ts';
import {
  compilePlannedProperties,
  type Hashing,
  isShorter,
  type PlannedProperty,
  type PlannedValues,
  type Sendable,
  toPlanned,
} from './planned-properties.ts';
import { compileProfileOperations } from './profile-operations.ts';
import { quote, truncate } from './text.ts';
import { compileUsualProperties } from './usual-properties.ts';

/** What {@link createEncoder} takes. */
export interface EncoderOptions {
  readonly plan: Plan;
  readonly people: Hashing;
  /** What is the same for every event of the process. */
  readonly base: { readonly service?: string; readonly environment: string; readonly release?: string };
  readonly onLeftOut: (event: string, ...left: Parameters<OnLeftOut>) => void;
  /** Returns where an event goes, for the names of its destinations in the plan. @default nowhere */
  readonly sinksOf?: (destinations: readonly string[]) => readonly Sink[];
}

/** A lane that takes events, and how a planned event is rewritten for it. */
export interface Sink {
  readonly lane: string;
  /** Returns the record of the lane; `undefined` for an event that has none there. @default as it is */
  readonly write?: ((json: string) => string | undefined) | undefined;
}

/** An event of the plan, compiled. */
interface PlannedEvent {
  readonly encode: EventEncoder;
  readonly sinks: readonly Sink[];
  readonly onLeftOut: OnLeftOut;
}

/** Why there is no record: what it would have counted as, or nothing when nothing was asked for. */
interface NoRecord {
  readonly dropped: DropReason | undefined;
}

/** Turns events and profile updates into records in Mixpanel's form; only what the plan lists gets through. */
export interface Encoder {
  /** The event by which the vendor merges two ids; `undefined` when the plan has none. */
  readonly identify: PlannedEvent | undefined;
  /** The name of the event that `trackRevenue` sends; `undefined` when the plan has none. */
  readonly revenue: string | undefined;
  /** The event by its name; `undefined` when it is not in the plan. */
  event(name: unknown): PlannedEvent | undefined;
  encodeEvent(event: PlannedEvent, occurrence: Occurrence, properties: unknown): string;
  /**
   * Encodes an update of a user's profile.
   *
   * @param operations maps `$set` and its like to their values.
   * @param extra goes beside them.
   */
  profile(id: unknown, operations: Fields, extra: Fields): string | NoRecord;
  /** Encodes an update of a group, which has no user. */
  group(key: unknown, id: unknown, operations: Fields, extra: Fields): string | NoRecord;
}

type Fields = Readonly<Record<string, unknown>>;

/** Compiles the plan. */
export function createEncoder({ plan, people, base, onLeftOut, sinksOf = () => [] }: EncoderOptions): Encoder {
  // `ip: 0`: without it the vendor places the person at the address of this server.
  const constants = { ...base, mp_lib: 'qr-observability', ip: '0' };
  const head = Object.fromEntries(Object.entries(constants).map(([name, value]) => [name, truncate(value)]));
  const events = new Map<unknown, PlannedEvent>(
    Object.entries(plan.events).map(([name, { schema, destinations }]) => [
      name,
      {
        encode: compileEvent(name, schema, people, head),
        sinks: sinksOf(destinations),
        onLeftOut: (reason, property) => onLeftOut(`Event "${name}"`, reason, property),
      },
    ]),
  );
  const pickOperations = compileProfileOperations(plan.profile, people);

  function update(owner: Fields, given: Fields, extra: Fields): string | NoRecord {
    const { operations, isReduced } = pickOperations(given, (reason, name) =>
      onLeftOut('Profile update', reason, name),
    );
    if (Object.keys(operations).length === 0) return { dropped: isReduced ? 'invalid_record' : undefined };
    return JSON.stringify({ ...extra, ...owner, ...operations });
  }

  return {
    identify: plan.identify === undefined ? undefined : events.get(plan.identify),
    revenue: plan.revenue,
    event: (name) => events.get(name),
    encodeEvent: ({ encode, onLeftOut: report }, occurrence, properties) => encode(occurrence, properties, report),
    profile(id, operations, extra) {
      const distinctId = usableIdOf(id)?.toWellFormed();
      if (!distinctId) return { dropped: 'forbidden_id' };
      return update({ $distinct_id: distinctId }, operations, extra);
    },
    group(key, id, operations, extra) {
      const groupKey = typeof key === 'string' ? truncate(key) : '';
      const groupId = usableIdOf(id)?.toWellFormed();
      if (groupKey === '' || !groupId) return { dropped: 'forbidden_id' };
      return update({ $group_key: groupKey, $group_id: groupId }, operations, extra);
    },
  };
}

/** What a caller says of one event, beside its name and properties. */
interface Occurrence {
  readonly id: string;
  /** Of a user's device, without the vendor's prefix: the vendor merges the two. */
  readonly deviceId?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** The same for every copy of the event. */
  readonly insertId: InsertId;
  readonly traceId: string | undefined;
}

/** Called for each property that does not leave. */
type OnLeftOut = (reason: 'unplanned_property' | 'invalid_property', name: string) => void;

/** Writes one kind of event as JSON. */
type EventEncoder = (occurrence: Occurrence, properties: unknown, onLeftOut: OnLeftOut) => string;

interface Writer {
  /** `undefined` for a property that never leaves. */
  readonly prefix: string | undefined;
  readonly convert: PlannedProperty['convert'];
  /** Whether the vendor places the event by it. */
  readonly isCountry: boolean;
}

/** The plan's property that says where an event happened, as ISO 3166-1 alpha-2. */
const COUNTRY = 'country';

/**
 * Compiles an event of the plan into the function that writes it: allow-list, hashing, truncation and JSON in one pass over the caller's
 * properties, everything that is the same for each event in one constant.
 */
function compileEvent(
  name: string,
  schema: TObject,
  people: Hashing,
  base: Readonly<Record<string, string>>,
): EventEncoder {
  const writers = new Map<string, Writer>();
  for (const [key, property] of Object.entries(schema.properties)) {
    const { sentAs, isDropped, convert } = toPlanned(key, property, people);
    const prefix = isDropped ? undefined : `,${JSON.stringify(sentAs)}:`;
    writers.set(key, { prefix, convert, isCountry: key === COUNTRY && privacyOf(property) === 'plain' });
  }
  const head = `{"event":${JSON.stringify(name)},"properties":{${JSON.stringify(base).slice(1, -1)},"time":`;
  const writeUsual = compileUsualProperties(schema);
  const carefully = compilePlannedProperties(schema, people);

  return ({ id, deviceId, time, insertId, traceId }, properties, onLeftOut) => {
    const trace = traceId === undefined ? '' : `,"trace_id":${quote(traceId)}`;
    const start = `${head}${time},"$insert_id":"${insertId}"${identityJson(id, deviceId)}${trace}`;
    try {
      return `${start}${writeUsual?.(properties) ?? write(writers, properties, onLeftOut)}}}`;
    } catch {
      // A getter or a proxy threw: once more, value by value.
      return `${start}${writeAll(carefully(properties), onLeftOut)}}}`;
    }
  };
}

function write(writers: ReadonlyMap<string, Writer>, properties: unknown, onLeftOut: OnLeftOut): string {
  let json = '';
  if (typeof properties !== 'object' || properties === null) return json;
  // Not Object.entries: for-in makes neither an array nor pairs.
  for (const key in properties) {
    const writer = writers.get(key);
    if (writer === undefined) {
      onLeftOut('unplanned_property', key);
      continue;
    }
    if (writer.prefix === undefined) continue;
    const value: unknown = (properties as Record<string, unknown>)[key];
    if (value === undefined || value === null) continue;
    const converted = writer.convert(value);
    if (converted === undefined || isShorter(converted, value)) onLeftOut('invalid_property', key);
    if (converted === undefined) continue;
    json += writer.prefix + jsonOf(converted);
    if (writer.isCountry) json += countryMember(converted);
  }
  return json;
}

function jsonOf(value: Sendable): string {
  if (typeof value === 'string') return quote(value);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function writeAll({ values, unplanned, invalid }: PlannedValues, onLeftOut: OnLeftOut): string {
  for (const name of unplanned) onLeftOut('unplanned_property', name);
  for (const name of invalid) onLeftOut('invalid_property', name);
  const json = JSON.stringify(values).slice(1, -1);
  // A country is never hashed: its name is that in the plan.
  return json === '' ? '' : `,${json}${countryMember(values[COUNTRY])}`;
}
