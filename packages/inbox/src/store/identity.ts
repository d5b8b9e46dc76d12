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
  clear(): void;
}

/** Events of one kind that were to link two ids and did not. */
export interface LinkFailure {
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
