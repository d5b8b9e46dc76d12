import { isDeepStrictEqual } from 'node:util';
import { isJsonObject, type JsonObject } from './records.ts';

/** A map, not an object: a property named `__proto__` is data like any other. */
type Properties = Map<string, unknown>;
type Operation = (properties: Properties, name: string, value: unknown) => void;

const PER_PROPERTY: Readonly<Record<string, Operation>> = {
  $set: (properties, name, value) => properties.set(name, value),
  $set_once: (properties, name, value) => {
    if (!properties.has(name)) properties.set(name, value);
  },
  $add: (properties, name, value) => properties.set(name, numberOr0(properties.get(name)) + numberOr0(value)),
  $append: (properties, name, value) => properties.set(name, [...listOf(properties.get(name)), value]),
  $union: (properties, name, value) => {
    const list = listOf(properties.get(name));
    for (const candidate of listOf(value)) if (!holds(list, candidate)) list.push(candidate);
    properties.set(name, list);
  },
  $remove: (properties, name, value) => {
    if (!properties.has(name)) return;
    properties.set(
      name,
      listOf(properties.get(name)).filter((kept) => !isDeepStrictEqual(kept, value)),
    );
  },
};

/** Applies one update object's operations to a profile's properties, in place. */
export function applyOperations(properties: Properties, operations: JsonObject): void {
  for (const [operation, operand] of Object.entries(operations)) {
    const perProperty = PER_PROPERTY[operation];
    if (perProperty !== undefined && isJsonObject(operand)) {
      for (const [name, value] of Object.entries(operand)) perProperty(properties, name, value);
    } else if (operation === '$unset' && Array.isArray(operand)) {
      for (const name of operand) properties.delete(String(name));
    }
  }
}

function numberOr0(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? [...value] : [];
}

function holds(list: readonly unknown[], candidate: unknown): boolean {
  return list.some((kept) => isDeepStrictEqual(kept, candidate));
}
