import { isId, isPerson, privacyOf, sentName } from '@qr/plan';
import type { TObject, TSchema } from 'typebox';
import type { People } from '../people.ts';
import { HARMLESS_TEXT, holdsCredential, holdsCredentialOfThing, scrubText, stripUrl } from '../privacy/index.ts';
import { truncate } from './text.ts';

/** How values about people leave. */
export type Hashing = Pick<People, 'hashPersonal' | 'sentIdOf'>;

export type Scalar = string | number | boolean;
/** A value that can leave; a list only where the plan has one. */
export type Sendable = Scalar | readonly Scalar[];

/** How one property of the plan leaves. */
export interface PlannedProperty {
  readonly sentAs: string;
  readonly isDropped: boolean;
  readonly isList: boolean;
  /** Returns what can leave, or `undefined` when the value is not what the plan says. Elements of a list that are not are left out. */
  readonly convert: (value: unknown) => Sendable | undefined;
  /** The same for one element of a list; for the value itself where the plan has no list. */
  readonly convertElement: (value: unknown) => Scalar | undefined;
}

/** What became of the properties of one call. */
export interface PlannedValues {
  readonly values: Record<string, Sendable>;
  readonly unplanned: readonly string[];
  readonly invalid: readonly string[];
}

/** Bounds of a list as the value of one property. Mixpanel docs, property reference, data types. */
export interface ListLimits {
  readonly elements: number;
  /** As JSON. */
  readonly bytes: number;
}

const EVENT_LISTS: ListLimits = { elements: 254, bytes: 8 * 1024 };
/** Bounded by weight alone: so many of the shortest elements fit. */
export const PROFILE_LISTS: ListLimits = { elements: 128 * 1024, bytes: 256 * 1024 };

/** Compiles a schema of the plan into the function that picks and converts what may leave. */
export function compilePlannedProperties(
  schema: TObject,
  people: Hashing,
  limits: ListLimits = EVENT_LISTS,
): (given: unknown) => PlannedValues {
  const planned = plannedProperties(schema, people, limits);

  return (given) => {
    const values: Record<string, Sendable> = {};
    const unplanned: string[] = [];
    const invalid: string[] = [];
    if (typeof given !== 'object' || given === null) return { values, unplanned, invalid };
    for (const name of ownKeys(given)) {
      const property = planned.get(name);
      if (!property) {
        unplanned.push(name);
        continue;
      }
      const value = readProperty(given, name);
      if (property.isDropped || value === undefined || value === null) continue;
      const converted = attempt(() => property.convert(value));
      if (converted === undefined || isShorter(converted, value)) invalid.push(name);
      if (converted !== undefined) values[property.sentAs] = converted;
    }
    return { values, unplanned, invalid };
  };
}

/** How each property of a schema leaves, by name. */
export function plannedProperties(
  schema: TObject,
  people: Hashing,
  limits: ListLimits,
): ReadonlyMap<string, PlannedProperty> {
  return new Map(
    Object.entries(schema.properties).map(([name, property]) => [name, toPlanned(name, property, people, limits)]),
  );
}

/** How one property leaves: under what name, and what becomes of its value. */
export function toPlanned(
  name: string,
  schema: TSchema,
  people: Hashing,
  limits: ListLimits = EVENT_LISTS,
): PlannedProperty {
  const { type, items } = schema as { type?: string; items?: TSchema };
  const isList = type === 'array' && items !== undefined;
  const convertElement = converterOf(name, schema, isList ? items : schema, people);
  return {
    sentAs: sentName(name, schema),
    isDropped: privacyOf(schema) === 'drop',
    isList,
    convert: isList ? (value) => convertList(value, convertElement, limits) : convertElement,
    convertElement,
  };
}

/** Converts each element of a list; `undefined` for what is no list, too long, or left without an element that it had. */
export function convertList(
  value: unknown,
  convert: PlannedProperty['convertElement'],
  limits: ListLimits,
): readonly Scalar[] | undefined {
  if (!Array.isArray(value) || value.length > limits.elements) return undefined;
  const list = value.flatMap((element: unknown) => convert(element) ?? []);
  if (list.length === 0 && value.length > 0) return undefined;
  return Buffer.byteLength(JSON.stringify(list)) > limits.bytes ? undefined : list;
}

/** Returns whether elements of a list were left out. */
export function isShorter(converted: Sendable, value: unknown): boolean {
  return Array.isArray(converted) && Array.isArray(value) && converted.length < value.length;
}

/** The own keys of a value; none when it refuses to be looked at. */
export function ownKeys(value: object): string[] {
  return attempt(() => Object.keys(value)) ?? [];
}

/** A property's value; one of a type that nothing planned has when reading it throws. */
export function readProperty(value: object, name: string): unknown {
  try {
    return (value as Record<string, unknown>)[name];
  } catch {
    // A getter threw: the caller's bug must not become an exception in the caller.
    return Symbol.for('unreadable');
  }
}

// An object or list where a scalar is planned may hold anything, personal data included: only scalars pass.
function converterOf(
  name: string,
  property: TSchema,
  schema: TSchema,
  people: Hashing,
): PlannedProperty['convertElement'] {
  switch (privacyOf(property)) {
    case 'drop':
      return () => undefined;
    case 'hash':
      return (value) => (typeof value === 'string' && value.trim() !== '' ? people.hashPersonal(value) : undefined);
    case 'url':
      return (value) => (typeof value === 'string' ? truncate(scrubText(stripUrl(value))) : undefined);
    case 'plain':
      return plainConverterOf(schema, isId(name, property) ? idText(property, people) : cleanText);
    case 'verbatim':
      return plainConverterOf(schema, truncate);
  }
}

type Finish = (text: string) => string | undefined;

// Before it is cut: half a secret is no longer known by its shape.
const cleanText: Finish = (text) => truncate(HARMLESS_TEXT.test(text) ? text : scrubText(text));

/** Ids are not scrubbed, because a part of an id names another user. One that holds an e-mail address is hashed as everywhere. */
function idText(schema: TSchema, { sentIdOf }: Hashing): Finish {
  const isRefused = isPerson(schema) ? holdsCredential : holdsCredentialOfThing;
  return (text) => (isRefused(text) ? undefined : truncate(sentIdOf(text)));
}

function plainConverterOf(schema: TSchema, finish: Finish): PlannedProperty['convertElement'] {
  switch ((schema as { type?: string }).type) {
    case 'boolean':
      return (value) => (typeof value === 'boolean' ? value : undefined);
    case 'number':
    case 'integer':
      return (value) => {
        const number = typeof value === 'bigint' ? Number(value) : value;
        return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
      };
    default:
      return (value) => {
        const text = toText(value);
        return text === undefined ? undefined : finish(text);
      };
  }
}

function toText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : undefined;
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'boolean') return String(value);
  if (value instanceof Date && !Number.isNaN(value.getTime())) return value.toISOString();
  return undefined;
}

/** What `read` returns, or `undefined` when it throws: values may be proxies, or have methods of their own. */
export function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
