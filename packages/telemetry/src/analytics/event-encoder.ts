import { privacyOf } from '@qr/plan';
import type { TObject } from 'typebox';
import { countryMember } from './countries.ts';
import { identityJson } from './identity.ts';
import type { InsertId } from './insert-id.ts';
import {
  compilePlannedProperties,
  isShorter,
  type PlannedProperty,
  type PlannedValues,
  type Sendable,
  toPlanned,
} from './planned-properties.ts';
import { quote } from './quote.ts';
import { compileUsualProperties } from './usual-properties.ts';

/** What a caller says of one event, beside its name and properties. */
export interface Occurrence {
  readonly id: string;
  /** Of a user's device, without the vendor's prefix: the vendor merges the two. */
  readonly deviceId?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** The same for every copy of the event. */
  readonly insertId: InsertId;
  readonly traceId: string | undefined;
}

/** Told of properties that do not leave. */
export type OnLeftOut = (reason: 'unplanned_property' | 'invalid_property', name: string) => void;

/** Writes one kind of event as JSON. */
export type EventEncoder = (occurrence: Occurrence, properties: unknown, onLeftOut: OnLeftOut) => string;

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
export function compileEvent(
  name: string,
  schema: TObject,
  hash: (value: string) => string,
  base: Readonly<Record<string, string>>,
): EventEncoder {
  const writers = new Map<string, Writer>();
  for (const [key, property] of Object.entries(schema.properties)) {
    const { sentAs, isDropped, convert } = toPlanned(key, property, hash);
    const prefix = isDropped ? undefined : `,${JSON.stringify(sentAs)}:`;
    writers.set(key, { prefix, convert, isCountry: key === COUNTRY && privacyOf(property) === 'plain' });
  }
  const head = `{"event":${JSON.stringify(name)},"properties":{${JSON.stringify(base).slice(1, -1)},"time":`;
  const writeUsual = compileUsualProperties(schema);
  const carefully = compilePlannedProperties(schema, hash);

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
