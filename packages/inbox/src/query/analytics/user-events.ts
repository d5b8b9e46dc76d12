import type { JsonObject } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';
import { RepeatFilter } from '../deduplicate.ts';

/** One event as reports see it. */
export interface UserEvent {
  /** After the identity merge; `''` for nobody, who counts in totals and never as a user. */
  readonly user: string;
  readonly event: string;
  readonly time: number;
  readonly properties: JsonObject;
}

/** What can be said before repeats are taken out, as repeats agree in it. */
export interface EventSelection {
  /** Any of these names; every event without. */
  readonly names?: ReadonlySet<string> | undefined;
  /** Members of a cohort; everybody, and nobody, without. */
  readonly users?: ReadonlySet<string> | undefined;
  /** The first moment that counts. */
  readonly start?: number | undefined;
  /** The first moment that no longer counts. */
  readonly end?: number | undefined;
}

/**
 * The events of a report, the last arrived first: identities are merged, then repeats are taken out, so that an event that
 * came once from the device and once from its user is one. Filters on properties come after: of repeats, which may differ
 * in them, only the last arrived exists.
 */
export function userEvents(store: Store, { names, users, start, end }: EventSelection): UserEvent[] {
  const { identity } = store;
  const repeats = new RepeatFilter();
  const kept: UserEvent[] = [];
  for (const stored of store.of('event').newestFirst()) {
    const { event, time, properties } = stored;
    if (names !== undefined && !names.has(event)) continue;
    if ((start !== undefined && time < start) || (end !== undefined && time >= end)) continue;
    const user = identity.resolve(stored.distinctId);
    if (users !== undefined && !users.has(user)) continue;
    if (repeats.isRepeat(stored.insertId, time, user, event)) continue;
    kept.push({ user, event, time, properties });
  }
  return kept;
}
