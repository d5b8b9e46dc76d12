import type { JsonObject } from '../../store/records.ts';
import { propertyOf } from './property.ts';

/** What a filter asks of the properties of an event. */
export type Condition = (properties: JsonObject) => boolean;

/** A value that a filter compares with. */
export type Literal = string | number | boolean;

/**
 * Types must agree, as the vendor casts only when told to. A property that is not set equals nothing, so that `!=` is true
 * of it (not stated by the vendor). @returns undefined when there is no such comparison
 */
export function comparison(name: string, operator: string, literal: Literal): Condition | undefined {
  if (operator === '==') return (properties) => propertyOf(properties, name) === literal;
  if (operator === '!=') return (properties) => propertyOf(properties, name) !== literal;
  const order = typeof literal === 'number' ? orderBy(operator, literal) : undefined;
  if (order === undefined) return undefined;
  return (properties) => {
    const value = propertyOf(properties, name);
    return typeof value === 'number' && order(value);
  };
}

function orderBy(operator: string, literal: number): ((value: number) => boolean) | undefined {
  if (operator === '<') return (value) => value < literal;
  if (operator === '<=') return (value) => value <= literal;
  if (operator === '>') return (value) => value > literal;
  if (operator === '>=') return (value) => value >= literal;
  return undefined;
}

/** True when the value is one of the list. */
export function membership(name: string, list: readonly Literal[]): Condition {
  const values = new Set<unknown>(list);
  return (properties) => values.has(propertyOf(properties, name));
}

/** True when the item is in the property: a part of its text, or one of its list. */
export function memberOf(item: Literal, name: string): Condition {
  return (properties) => {
    const value = propertyOf(properties, name);
    if (Array.isArray(value)) return value.includes(item);
    return typeof value === 'string' && typeof item === 'string' && value.includes(item);
  };
}
