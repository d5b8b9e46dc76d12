import { privacyOf } from '@qr/events';
import type { TObject, TSchema } from 'typebox';
import { stripUrl } from '../shared/index.ts';
import { truncate } from './truncate.ts';

/** Turns a value into what may leave, or `undefined` when it is not what the plan says. */
type Convert = (value: unknown) => string | number | boolean | undefined;

/** How one property of the plan leaves. */
interface PlannedProperty {
  readonly sentAs: string;
  readonly convert: Convert;
}

/** What became of the properties of one call. */
export interface PlannedValues {
  readonly values: Record<string, string | number | boolean>;
  readonly unplanned: readonly string[];
  readonly invalid: readonly string[];
}

/** Compiles a schema of the plan into the function that picks and converts what may leave. */
export function compilePlannedProperties(
  schema: TObject,
  hash: (value: string) => string,
): (given: unknown) => PlannedValues {
  const planned = new Map(
    Object.entries(schema.properties).map(([name, property]) => [
      name,
      { ...toPlanned(name, property, hash), isDropped: privacyOf(property) === 'drop' },
    ]),
  );

  return (given) => {
    const values: Record<string, string | number | boolean> = {};
    const unplanned: string[] = [];
    const invalid: string[] = [];
    if (typeof given !== 'object' || given === null) return { values, unplanned, invalid };
    for (const name of ownKeys(given)) {
      const property = planned.get(name);
      if (!property) {
        unplanned.push(name);
        continue;
      }
      const value = read(given, name);
      if (property.isDropped || value === undefined || value === null) continue;
      const converted = property.convert(value);
      if (converted === undefined) invalid.push(name);
      else values[property.sentAs] = converted;
    }
    return { values, unplanned, invalid };
  };
}

/** The name under which a property leaves, and the function that turns a value into what may leave. */
export function toPlanned(name: string, schema: TSchema, hash: (value: string) => string): PlannedProperty {
  switch (privacyOf(schema)) {
    case 'drop':
      return { sentAs: name, convert: () => undefined };
    case 'hash':
      // `$` marks the vendor's own fields, which a hash is not.
      return {
        sentAs: `${name.replace(/^\$/, '')}_hash`,
        convert: (value) => (typeof value === 'string' && value.trim() !== '' ? hash(value) : undefined),
      };
    case 'url':
      return { sentAs: name, convert: (value) => (typeof value === 'string' ? truncate(stripUrl(value)) : undefined) };
    case 'plain':
      return { sentAs: name, convert: converterOf(schema) };
  }
}

// An object or list where a scalar is planned may hold anything, personal data included: only scalars pass.
function converterOf(schema: TSchema): Convert {
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
      return toText;
  }
}

function toText(value: unknown): string | undefined {
  if (typeof value === 'string') return truncate(value);
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (value instanceof Date && !Number.isNaN(value.getTime())) return value.toISOString();
  return undefined;
}

function ownKeys(value: object): string[] {
  try {
    return Object.keys(value);
  } catch {
    // A proxy refused.
    return [];
  }
}

function read(value: object, name: string): unknown {
  try {
    return (value as Record<string, unknown>)[name];
  } catch {
    // A getter threw: the caller's bug must not become an exception in the caller.
    return Symbol.for('unreadable');
  }
}
