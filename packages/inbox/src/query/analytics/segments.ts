import type { JsonObject } from '../../store/records.ts';
import { ParameterError } from './parameters.ts';

/** What an event has under a name of its own; undefined when it has nothing, or null, which counts as not set. */
export function propertyOf(properties: JsonObject, name: string): unknown {
  return Object.hasOwn(properties, name) ? (properties[name] ?? undefined) : undefined;
}

/** How the segment of events without the property is called. */
const NOT_SET = 'undefined';

/**
 * The segments that an event belongs to: its value as text, each item of a list on its own.
 * @see https://docs.mixpanel.com/docs/data-structure/property-reference/data-type#list-property-support
 */
export function segmentsOf(properties: JsonObject, name: string): readonly string[] {
  const value = propertyOf(properties, name);
  if (!Array.isArray(value)) return [textOf(value)];
  return value.length === 0 ? [NOT_SET] : [...new Set(value.map(textOf))];
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return NOT_SET;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/**
 * The property that `on` names: `properties["country"]` as the vendor writes it, or plain `country`.
 * @throws ParameterError for another expression.
 */
export function propertyNamed(on: string): string {
  const quoted = /^\s*properties\[\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\s*\]\s*$/.exec(on)?.[1];
  if (quoted !== undefined) return unquote(quoted);
  if (on.trim() === '' || /[()[\]"']/.test(on))
    throw new ParameterError('on', `must be properties["name"] or the name of a property, got ${on}`);
  return on.trim();
}

/** The text of a quoted literal: a backslash makes the next character plain. */
export function unquote(quoted: string): string {
  return quoted.slice(1, -1).replace(/\\(.)/gs, '$1');
}

/** The largest segments, the largest first; of equal ones those that come first in the alphabet, so that answers repeat. */
export function topSegments<Sized extends { readonly segment: string; readonly size: number }>(
  segments: Sized[],
  limit: number,
): Sized[] {
  return segments
    .sort((left, right) => right.size - left.size || (left.segment < right.segment ? -1 : 1))
    .slice(0, limit);
}
