import { privacyOf } from '@qr/events';
import type { TObject } from 'typebox';
import { identityJson } from './identity.ts';
import { compilePlannedProperties, type PlannedValues, toPlanned } from './planned-properties.ts';
import { quote } from './quote.ts';
import { compileUsualProperties } from './usual-properties.ts';

/** What a caller says of one event, beside its name and properties. */
export interface Occurrence {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** At most 36 of `[A-Za-z0-9-]`; the same for every copy of the event. */
  readonly insertId: string;
  /** Hexadecimal. */
  readonly traceId: string | undefined;
}

/** Told of properties that do not leave. */
export type OnLeftOut = (reason: 'unplanned_property' | 'invalid_property', name: string) => void;

/** Writes one kind of event as JSON. */
export type EventEncoder = (occurrence: Occurrence, properties: unknown, onLeftOut: OnLeftOut) => string;

interface Writer {
  /** `undefined` for a property that never leaves. */
  readonly prefix: string | undefined;
  readonly convert: (value: unknown) => string | number | boolean | undefined;
}

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
    const { sentAs, convert } = toPlanned(key, property, hash);
    writers.set(key, { prefix: privacyOf(property) === 'drop' ? undefined : `,${JSON.stringify(sentAs)}:`, convert });
  }
  const head = `{"event":${JSON.stringify(name)},"properties":{${JSON.stringify(base).slice(1, -1)},"time":`;
  const writeUsual = compileUsualProperties(schema);
  const carefully = compilePlannedProperties(schema, hash);

  return ({ id, time, insertId, traceId }, properties, onLeftOut) => {
    const start = `${head}${time},"$insert_id":"${insertId}"${identityJson(id)}${traceId === undefined ? '' : `,"trace_id":"${traceId}"`}`;
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
    if (converted === undefined) onLeftOut('invalid_property', key);
    else json += writer.prefix + (typeof converted === 'string' ? quote(converted) : converted);
  }
  return json;
}

function writeAll({ values, unplanned, invalid }: PlannedValues, onLeftOut: OnLeftOut): string {
  for (const name of unplanned) onLeftOut('unplanned_property', name);
  for (const name of invalid) onLeftOut('invalid_property', name);
  const json = JSON.stringify(values).slice(1, -1);
  return json === '' ? '' : `,${json}`;
}
