import { userIdOf } from '../query/filters.ts';
import { DEVICE_PREFIX } from '../store/identity.ts';
import type { StoredProfile } from '../store/profiles.ts';
import type { StoredError, StoredEvent, StoredLog, StoredRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';

/** One user as a line of a list. */
export interface Person {
  readonly id: string;
  readonly events: number;
  readonly errors: number;
  readonly lastSeen: number;
}

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

/** Users with an event or an error, the one seen last first; devices of nobody known after all of them. */
export function listPeople(store: Store, linkEvents: ReadonlySet<string>): Person[] {
  const people = new Map<string, { id: string; events: number; errors: number; lastSeen: number }>();
  for (const kind of ['event', 'error'] as const) {
    for (const record of store.of(kind)) {
      if (isLink(record, linkEvents) || isRepeated(record, store)) continue;
      const id = userIdOf(record, store.identity);
      if (id === null) continue;
      const person = people.get(id) ?? { id, events: 0, errors: 0, lastSeen: 0 };
      people.set(id, person);
      person[kind === 'event' ? 'events' : 'errors'] += 1;
      person.lastSeen = Math.max(person.lastSeen, record.time);
    }
  }
  return [...people.values()].sort(
    (left, right) => Number(isDevice(left)) - Number(isDevice(right)) || right.lastSeen - left.lastSeen,
  );
}

/** Whether a record only says which ids belong together. */
function isLink(record: StoredRecord, linkEvents: ReadonlySet<string>): boolean {
  return record.kind === 'event' && linkEvents.has(record.event);
}

/** Whether a later copy of the same event is kept. */
function isRepeated(record: StoredRecord, store: Store): boolean {
  return record.kind === 'event' && store.repeats.isReplaced(record);
}

function isDevice({ id }: Person): boolean {
  return id.startsWith(DEVICE_PREFIX);
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
