import { applyOperations, type ListIndexes } from './profile-operations.ts';
import type { JsonObject, StoredProfileUpdate } from './records.ts';

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
    if (this.#entries.size > this.#maxProfiles) {
      for (const oldest of this.#entries.keys()) {
        this.#entries.delete(oldest);
        break;
      }
    }
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

  clear(): void {
    this.#entries.clear();
  }
}

function newEntry({ id, distinctId, groupKey, receivedAt }: StoredProfileUpdate): Entry {
  return { id, distinctId, groupKey, properties: new Map(), updates: 0, firstSeen: receivedAt, lastSeen: receivedAt };
}
