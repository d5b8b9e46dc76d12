import { getOrAdd } from '../collections.ts';
import { facetMatcher, facetReader } from '../query/facets.ts';
import { userIdOf } from '../query/records.ts';
import { DEVICE_PREFIX } from '../store/identity.ts';
import type { StoredProfile } from '../store/profiles.ts';
import type { StoredError, StoredEvent, StoredLog, StoredRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { FacetCounts, type FacetValues, type ListQuery, sortedBy, wordMatcher } from './lists.ts';

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
function isLink(record: StoredRecord, linkEvents: ReadonlySet<string>): boolean {
  return record.kind === 'event' && linkEvents.has(record.event);
}

/** Whether a later copy of the same event is kept. */
function isRepeated(record: StoredRecord, store: Store): boolean {
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

export const PEOPLE_SORTS = ['last_seen', 'first_seen', 'events', 'errors'] as const;
type PeopleSort = (typeof PEOPLE_SORTS)[number];

/** One user as a line of a list. Counts and times are of the events and errors that pass the filters. */
export interface Person {
  readonly id: string;
  readonly events: number;
  readonly errors: number;
  readonly firstSeen: number;
  readonly lastSeen: number;
}

interface PeopleListing {
  readonly people: readonly Person[];
  /** Values to filter by, of all users. */
  readonly facets: FacetValues;
}

const FIGURE: Readonly<Record<PeopleSort, (person: Person) => number>> = {
  last_seen: ({ lastSeen }) => lastSeen,
  first_seen: ({ firstSeen }) => firstSeen,
  events: ({ events }) => events,
  errors: ({ errors }) => errors,
};

/** Searches, filters and sorts everybody with an event or an error. Devices that no user is known for come last unless sorted by a figure. */
export function listPeople(
  store: Store,
  linkEvents: ReadonlySet<string>,
  query: ListQuery<PeopleSort> = {},
): PeopleListing {
  const passes = facetMatcher(query);
  const readFacets = facetReader();
  const facets = new FacetCounts();
  const people: Person[] = [];
  for (const [id, records] of recordsByUser(store, linkEvents)) {
    facets.next();
    const passing = records.filter((record) => {
      const found = readFacets(record);
      facets.add(found);
      return passes(found);
    });
    if (passing.length > 0) people.push(toPerson(id, passing));
  }
  return { people: inOrder(people.filter(personMatcher(store, query.q)), query), facets: facets.values() };
}

type UserRecord = StoredEvent | StoredError;

function recordsByUser(store: Store, linkEvents: ReadonlySet<string>): Map<string, UserRecord[]> {
  const records = new Map<string, UserRecord[]>();
  for (const kind of ['event', 'error'] as const) {
    for (const record of store.of(kind)) {
      if (isLink(record, linkEvents) || isRepeated(record, store)) continue;
      const id = userIdOf(record, store.identity);
      if (id === null || id === '') continue;
      getOrAdd(records, id, () => []).push(record);
    }
  }
  return records;
}

function toPerson(id: string, records: readonly UserRecord[]): Person {
  let events = 0;
  let firstSeen = Number.POSITIVE_INFINITY;
  let lastSeen = Number.NEGATIVE_INFINITY;
  for (const { kind, time } of records) {
    if (kind === 'event') events += 1;
    firstSeen = Math.min(firstSeen, time);
    lastSeen = Math.max(lastSeen, time);
  }
  return { id, events, errors: records.length - events, firstSeen, lastSeen };
}

/** A search looks through the id, the ids linked to it, and the profile. */
function personMatcher(store: Store, search: string | undefined): (person: Person) => boolean {
  if (search === undefined || search.trim() === '') return () => true;
  const hasWords = wordMatcher(search);
  const profiles = new Map<string, StoredProfile>();
  for (const profile of store.profiles.list())
    if (profile.groupKey === null) profiles.set(store.identity.resolve(profile.distinctId), profile);
  return ({ id }) =>
    hasWords([id, ...store.identity.idsOf(id), ...Object.values(profiles.get(id)?.properties ?? {}).map(textOf)]);
}

function textOf(value: unknown): string | null {
  if (typeof value === 'object') return JSON.stringify(value);
  return value === undefined ? null : String(value);
}

function inOrder(people: readonly Person[], { sort, order }: ListQuery<PeopleSort>): Person[] {
  if (sort !== undefined) return sortedBy(people, FIGURE[sort], order);
  return sortedBy(sortedBy(people, FIGURE.last_seen, order), (person) => Number(isDevice(person)), 'asc');
}

function isDevice({ id }: Person): boolean {
  return id.startsWith(DEVICE_PREFIX);
}
