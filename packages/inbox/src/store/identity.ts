import { keepNewest } from '../collections.ts';
import type { JsonObject, StoredEvent } from './records.ts';

/** Before the id of a device in a distinct id. */
export const DEVICE_PREFIX = '$device:';

/** Mixpanel's two identity systems. A project has one of them from its first event on. */
export type IdMerge = 'simplified' | 'original';

/** Which ids belong to one user. */
export interface Identity {
  /** Takes the ids that an event links, if it links any. */
  learn(event: StoredEvent): void;
  /** The canonical id of the user behind an id, else the id itself. */
  resolve(distinctId: string): string;
  /** The other ids that resolve to this one. */
  idsOf(canonicalId: string): string[];
  /** Forgets every link of these users, who are named by their canonical ids. */
  forget(userIds: ReadonlySet<string>): void;
  /** Link events that linked nothing, by reason. Empty where the system ignores them altogether. */
  failures(): ReadonlyMap<string, LinkFailure>;
}

/** Events of one kind that were to link two ids and did not. */
interface LinkFailure {
  readonly count: number;
  readonly lastSeen: number;
}

/** The events through which the original system links ids; the simplified one ignores them. */
export const LINK_EVENTS: ReadonlySet<string> = new Set(['$identify', '$create_alias', '$merge']);

/**
 * The distinct id of an event's properties; undefined when they name nobody at all. In the simplified system the user
 * decides, then the device; a `distinct_id` that was sent counts only when there is neither. The original system takes
 * `distinct_id` alone.
 * @see https://docs.mixpanel.com/docs/tracking-methods/id-management/identifying-users-simplified
 */
export function distinctIdOf(properties: JsonObject, idMerge: IdMerge = 'simplified'): string | undefined {
  if (idMerge === 'simplified') {
    const userId = properties['$user_id'];
    if (typeof userId === 'string' && userId !== '') return userId;
    const deviceId = properties['$device_id'];
    if (typeof deviceId === 'string' && deviceId !== '') return `${DEVICE_PREFIX}${deviceId}`;
  }
  const distinctId = properties['distinct_id'] ?? (idMerge === 'original' ? properties['$identified_id'] : undefined);
  if (typeof distinctId === 'number') return String(distinctId);
  return typeof distinctId === 'string' ? distinctId : undefined;
}

/** @param maxIds - linked ids kept; beyond it the oldest goes */
export function createIdentity(idMerge: IdMerge, maxIds: number): Identity {
  return idMerge === 'original' ? new OriginalIdentity(maxIds) : new SimplifiedIdentity(maxIds);
}

/**
 * Simplified ID Merge: the first ordinary event that carries both `$device_id` and `$user_id` gives the device, with all
 * it did before, to that user. A device keeps its first user, so two users are never merged.
 * @see https://docs.mixpanel.com/docs/tracking-methods/id-management/identifying-users-simplified
 */
class SimplifiedIdentity implements Identity {
  readonly #userOfDevice = new Map<string, string>();
  readonly #maxDevices: number;

  constructor(maxDevices: number) {
    this.#maxDevices = maxDevices;
  }

  learn({ event, properties }: StoredEvent): void {
    if (LINK_EVENTS.has(event)) return;
    const deviceId = properties['$device_id'];
    const userId = properties['$user_id'];
    if (typeof deviceId !== 'string' || typeof userId !== 'string' || deviceId === '' || userId === '') return;
    if (this.#userOfDevice.has(deviceId)) return;
    this.#userOfDevice.set(deviceId, userId);
    keepNewest(this.#userOfDevice, this.#maxDevices);
  }

  resolve(distinctId: string): string {
    if (!distinctId.startsWith(DEVICE_PREFIX)) return distinctId;
    return this.#userOfDevice.get(distinctId.slice(DEVICE_PREFIX.length)) ?? distinctId;
  }

  idsOf(canonicalId: string): string[] {
    const ids: string[] = [];
    for (const [deviceId, userId] of this.#userOfDevice) {
      if (userId === canonicalId) ids.push(`${DEVICE_PREFIX}${deviceId}`);
    }
    return ids;
  }

  forget(userIds: ReadonlySet<string>): void {
    for (const [deviceId, userId] of this.#userOfDevice) {
      if (userIds.has(userId)) this.#userOfDevice.delete(deviceId);
    }
  }

  failures(): ReadonlyMap<string, LinkFailure> {
    return new Map();
  }
}

/** The documented bound of one cluster. */
const MAX_CLUSTER_IDS = 500;
/** Clients put `$device:` before the id that they made. */
const UUID_V4 = /^(\$device:)?[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

interface Cluster {
  /** The vendor chooses by itself; here the known user's id stays. */
  readonly canonicalId: string;
  readonly ids: Set<string>;
}

/** Two ids to link, or why the event links none. */
type Link = { readonly userId: string; readonly otherId: string; readonly isGiven: boolean } | string;

/**
 * Original ID Merge: `$identify`, `$create_alias` and `$merge` link two ids. `$device_id` and `$user_id` mean nothing.
 * @see https://docs.mixpanel.com/docs/tracking-methods/id-management/identifying-users-original
 */
class OriginalIdentity implements Identity {
  readonly #clusterOf = new Map<string, Cluster>();
  /** Anonymous ids and aliases with the id that each was given to: the first one counts. */
  readonly #givenTo = new Map<string, string>();
  readonly #failures = new Map<string, LinkFailure>();
  readonly #maxIds: number;

  constructor(maxIds: number) {
    this.#maxIds = maxIds;
  }

  learn(event: StoredEvent): void {
    const link = this.#linkOf(event);
    if (link === undefined) return;
    const failure = typeof link === 'string' ? link : this.#merge(link.userId, link.otherId);
    if (failure !== undefined) this.#fail(`${event.event}: ${failure}`, event.time);
    else if (typeof link !== 'string' && link.isGiven) this.#givenTo.set(link.otherId, link.userId);
  }

  resolve(distinctId: string): string {
    return this.#clusterOf.get(distinctId)?.canonicalId ?? distinctId;
  }

  idsOf(canonicalId: string): string[] {
    return [...(this.#clusterOf.get(canonicalId)?.ids ?? [])].filter((id) => id !== canonicalId);
  }

  forget(userIds: ReadonlySet<string>): void {
    for (const userId of userIds) {
      for (const id of this.#clusterOf.get(userId)?.ids ?? [userId]) {
        this.#clusterOf.delete(id);
        this.#givenTo.delete(id);
      }
    }
  }

  failures(): ReadonlyMap<string, LinkFailure> {
    return this.#failures;
  }

  #linkOf({ event, endpoint, properties }: StoredEvent): Link | undefined {
    if (event === '$identify') return this.#identify(properties);
    if (event === '$create_alias') return this.#alias(properties);
    if (event !== '$merge') return undefined;
    if (endpoint !== 'import') return 'is taken on /import only';
    const ids = properties['$distinct_ids'];
    const [first, second] = Array.isArray(ids) ? ids.map(textOf) : [];
    return !first || !second ? '$distinct_ids must hold two ids' : { userId: first, otherId: second, isGiven: false };
  }

  #identify(properties: JsonObject): Link {
    // The browser SDK names the same two ids differently.
    const userId = textOf(properties['$identified_id'] ?? properties['distinct_id']);
    const anonymousId = textOf(properties['$anon_id'] ?? properties['$anon_distinct_id']);
    if (userId === '' || anonymousId === '') return '$identified_id and $anon_id must not be missing or empty';
    if (!UUID_V4.test(anonymousId)) return '$anon_id must be a UUID of version 4';
    return this.#give(anonymousId, userId, '$anon_id is linked to another user already');
  }

  #alias(properties: JsonObject): Link {
    const userId = textOf(properties['distinct_id']);
    const alias = textOf(properties['alias']);
    if (userId === '' || alias === '') return 'distinct_id and alias must not be missing or empty';
    return this.#give(alias, userId, 'the alias points to another id already');
  }

  #give(id: string, userId: string, failure: string): Link {
    const owner = this.#givenTo.get(id);
    if (owner !== undefined && owner !== userId) return failure;
    return { userId, otherId: id, isGiven: true };
  }

  /** @returns why not */
  #merge(firstId: string, secondId: string): string | undefined {
    const first = this.#clusterOf.get(firstId);
    const second = this.#clusterOf.get(secondId);
    if (first !== undefined && first === second) return undefined;
    const ids = new Set([...(first?.ids ?? [firstId]), ...(second?.ids ?? [secondId])]);
    if (ids.size > MAX_CLUSTER_IDS) return `a user has at most ${MAX_CLUSTER_IDS} ids`;
    const cluster: Cluster = { canonicalId: first?.canonicalId ?? firstId, ids };
    for (const id of ids) this.#clusterOf.set(id, cluster);
    this.#dropOldest();
    return undefined;
  }

  #dropOldest(): void {
    for (const [id, cluster] of this.#clusterOf) {
      if (this.#clusterOf.size <= this.#maxIds) return;
      this.#clusterOf.delete(id);
      this.#givenTo.delete(id);
      cluster.ids.delete(id);
    }
  }

  #fail(reason: string, time: number): void {
    const { count = 0, lastSeen = 0 } = this.#failures.get(reason) ?? {};
    this.#failures.set(reason, { count: count + 1, lastSeen: Math.max(lastSeen, time) });
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
