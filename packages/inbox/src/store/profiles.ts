import { keepNewest, ownEntry } from '../collections.ts';
import { isJsonObject, type JsonObject, type StoredProfileUpdate } from './records.ts';

/** A user or group profile, after all its updates. */
export interface StoredProfile {
  /** That of its latest update. */
  readonly id: number;
  readonly distinctId: string;
  /** Set for a group profile: the key whose value `distinctId` is. */
  readonly groupKey: string | null;
  readonly properties: JsonObject;
  readonly updates: number;
  readonly firstSeen: number;
  readonly lastSeen: number;
}

interface Entry {
  id: number;
  readonly distinctId: string;
  readonly groupKey: string | null;
  readonly properties: Map<string, unknown>;
  updates: number;
  readonly firstSeen: number;
  lastSeen: number;
}

/** The profiles that the updates add up to; beyond `maxProfiles` the one untouched for longest goes. */
export class Profiles {
  /** In order of last update, so that the first key is the next to go. */
  readonly #entries = new Map<string, Entry>();
  readonly #maxProfiles: number;
  readonly #indexes: ListIndexes = new WeakMap();

  constructor(maxProfiles: number) {
    this.#maxProfiles = maxProfiles;
  }

  get size(): number {
    return this.#entries.size;
  }

  apply(update: StoredProfileUpdate): void {
    const key = JSON.stringify([update.groupKey, update.distinctId]);
    const known = this.#entries.get(key);
    this.#entries.delete(key);
    if ('$delete' in update.operations) return;
    const entry = known ?? newEntry(update);
    applyOperations(entry.properties, update.operations, this.#indexes);
    entry.id = update.id;
    entry.updates += 1;
    entry.lastSeen = update.receivedAt;
    this.#entries.set(key, entry);
    keepNewest(this.#entries, this.#maxProfiles);
  }

  /** Deletes user profiles, not those of groups. */
  forget(distinctIds: ReadonlySet<string>): void {
    for (const [key, { groupKey, distinctId }] of this.#entries) {
      if (groupKey === null && distinctIds.has(distinctId)) this.#entries.delete(key);
    }
  }

  list(): StoredProfile[] {
    return [...this.#entries.values()].map((entry) => ({
      ...entry,
      properties: Object.fromEntries(entry.properties),
    }));
  }
}

function newEntry({ id, distinctId, groupKey, receivedAt }: StoredProfileUpdate): Entry {
  return { id, distinctId, groupKey, properties: new Map(), updates: 0, firstSeen: receivedAt, lastSeen: receivedAt };
}

/** A user profile of the vendor has at most so many; further ones are not kept. */
const MAX_PROPERTIES = 2000;
/** As many of the shortest values as the 256 KB of a list can hold; further ones are not kept. */
const MAX_ELEMENTS = 128 * 1024;

/** A map, not an object: a property named `__proto__` is data like any other. */
type Properties = Map<string, unknown>;

/** What a list holds, as texts that are equal when the values are, in the order of the list. */
interface ListIndex {
  readonly keys: string[];
  readonly distinct: Set<string>;
}

/** The indexes of the lists that an operation made, so that the next one on the same list need not read all of it. */
type ListIndexes = WeakMap<readonly unknown[], ListIndex>;

type Operation = (properties: Properties, name: string, value: unknown, indexes: ListIndexes) => void;

const PER_PROPERTY: Readonly<Record<string, Operation>> = {
  $set: (properties, name, value) => keep(properties, name, value),
  $set_once: (properties, name, value) => {
    if (!properties.has(name)) keep(properties, name, value);
  },
  $add: (properties, name, value) => keep(properties, name, numberOr0(properties.get(name)) + numberOr0(value)),
  $append: (properties, name, value, indexes) => append(properties, name, [value], indexes),
  $union: (properties, name, value, indexes) => {
    const { distinct } = indexOf(listOf(properties.get(name)), indexes);
    const added = new Map(listOf(value).map((each) => [keyOf(each), each]));
    for (const key of added.keys()) if (distinct.has(key)) added.delete(key);
    append(properties, name, [...added.values()], indexes);
  },
  $remove: (properties, name, value, indexes) => {
    if (!properties.has(name)) return;
    const list = listOf(properties.get(name));
    const { keys, distinct } = indexOf(list, indexes);
    const key = keyOf(value);
    if (!distinct.delete(key)) return;
    const rest = [...list];
    for (let place = keys.indexOf(key); place !== -1; place = keys.indexOf(key, place)) {
      keys.splice(place, 1);
      rest.splice(place, 1);
    }
    indexes.delete(list);
    indexes.set(rest, { keys, distinct });
    properties.set(name, rest);
  },
};

/** Applies one update object's operations to a profile's properties, in place. */
export function applyOperations(
  properties: Properties,
  operations: JsonObject,
  indexes: ListIndexes = new WeakMap(),
): void {
  for (const [operation, operand] of Object.entries(operations)) {
    const perProperty = ownEntry(PER_PROPERTY, operation);
    if (perProperty !== undefined && isJsonObject(operand)) {
      for (const [name, value] of Object.entries(operand)) perProperty(properties, name, value, indexes);
    } else if (operation === '$unset' && Array.isArray(operand)) {
      for (const name of operand) properties.delete(String(name));
    }
  }
}

function keep(properties: Properties, name: string, value: unknown): void {
  if (properties.size < MAX_PROPERTIES || properties.has(name)) properties.set(name, value);
}

/** Returns a copy of a list with values appended. The list itself is not changed, because readers of the profile may hold it. */
function append(properties: Properties, name: string, values: readonly unknown[], indexes: ListIndexes): void {
  const list = listOf(properties.get(name));
  const index = indexes.get(list);
  const longer = [...list, ...values.slice(0, Math.max(0, MAX_ELEMENTS - list.length))];
  if (index !== undefined) {
    for (const value of longer.slice(list.length)) {
      const key = keyOf(value);
      index.keys.push(key);
      index.distinct.add(key);
    }
    indexes.delete(list);
    indexes.set(longer, index);
  }
  keep(properties, name, longer);
}

function indexOf(list: readonly unknown[], indexes: ListIndexes): ListIndex {
  const known = indexes.get(list);
  if (known !== undefined) return known;
  const keys = list.map(keyOf);
  const index = { keys, distinct: new Set(keys) };
  indexes.set(list, index);
  return index;
}

/** JSON with the names of objects in order. */
function keyOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return JSON.stringify(value, (_name, nested: unknown) =>
    isJsonObject(nested) ? Object.fromEntries(Object.entries(nested).sort(([a], [b]) => (a < b ? -1 : 1))) : nested,
  );
}

function numberOr0(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
