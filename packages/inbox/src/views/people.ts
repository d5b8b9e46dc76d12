import { userIdOf } from '../query/filters.ts';
import type { StoredProfile } from '../store/profiles.ts';
import type { StoredError, StoredEvent, StoredLog, StoredRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';

/** What a user's story is made of. */
export type StoryRecord = StoredEvent | StoredError | StoredLog;

export interface PersonDetail {
  readonly id: string;
  /** The other ids that are this user's: devices, and with original ID merge anything that was linked. */
  readonly linkedIds: readonly string[];
  readonly profile: StoredProfile | null;
  /** In the order in which it happened. */
  readonly records: readonly StoryRecord[];
  /** Older records that are left out. */
  readonly omitted: number;
}

const STORY_KINDS = ['event', 'error', 'log'] as const;

/** Whether a record only says which ids belong together. */
export function isLink(record: StoredRecord, linkEvents: ReadonlySet<string>): boolean {
  return record.kind === 'event' && linkEvents.has(record.event);
}

/** Whether a later copy of the same event is kept. */
export function isRepeated(record: StoredRecord, store: Store): boolean {
  return record.kind === 'event' && store.repeats.isReplaced(record);
}

/** Everything of one user, who may be named by the device that has been theirs all along. */
export function findPerson(store: Store, name: string, limit: number, linkEvents: ReadonlySet<string>): PersonDetail {
  const id = store.identity.resolve(name);
  const isTheirs = (record: StoredRecord): boolean =>
    !isLink(record, linkEvents) && !isRepeated(record, store) && userIdOf(record, store.identity) === id;
  const records: StoryRecord[] = [];
  for (const kind of STORY_KINDS) {
    for (const record of store.of(kind)) if (isTheirs(record)) records.push(record);
  }
  records.sort((left, right) => left.time - right.time || left.id - right.id);
  const profile = store.profiles.list().find((each) => each.groupKey === null && each.distinctId === id) ?? null;
  const linkedIds = store.identity.idsOf(id);
  return { id, linkedIds, profile, records: records.slice(-limit), omitted: Math.max(0, records.length - limit) };
}
