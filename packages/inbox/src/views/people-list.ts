import { type FacetFilter, facetMatcher, facetsOf } from '../query/facets.ts';
import { userIdOf } from '../query/filters.ts';
import { DEVICE_PREFIX } from '../store/identity.ts';
import type { StoredProfile } from '../store/profiles.ts';
import type { StoredError, StoredEvent } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { FacetCounts, type FacetValues } from './facet-counts.ts';
import { sortedBy, wordMatcher } from './list-query.ts';
import { isLink, isRepeated } from './people.ts';

export const PEOPLE_SORTS = ['last_seen', 'first_seen', 'events', 'errors'] as const;
export type PeopleSort = (typeof PEOPLE_SORTS)[number];

/** Which users are wanted; all that is given must hold. */
export interface PeopleQuery extends FacetFilter {
  readonly q?: string | undefined;
  readonly sort?: PeopleSort | undefined;
  readonly order?: 'asc' | 'desc' | undefined;
}

/** One user as a line of a list. Counts and times are of the events and errors that pass the filters. */
export interface Person {
  readonly id: string;
  readonly events: number;
  readonly errors: number;
  readonly firstSeen: number;
  readonly lastSeen: number;
}

export interface PeopleListing {
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
export function listPeople(store: Store, linkEvents: ReadonlySet<string>, query: PeopleQuery = {}): PeopleListing {
  const passes = facetMatcher(query);
  const facets = new FacetCounts();
  const people = new Map<string, { -readonly [Key in keyof Person]: Person[Key] }>();
  for (const kind of ['event', 'error'] as const) {
    for (const record of store.of(kind)) {
      if (isLink(record, linkEvents) || isRepeated(record, store)) continue;
      const id = userIdOf(record, store.identity);
      if (id === null || id === '') continue;
      facets.add(id, facetsOf(record));
      if (passes(record)) addTo(people, id, record);
    }
  }
  const hasWords = personMatcher(store, query.q);
  const found = [...people.values()].filter(hasWords);
  return { people: inOrder(found, query), facets: facets.values() };
}

function addTo(
  people: Map<string, { -readonly [Key in keyof Person]: Person[Key] }>,
  id: string,
  { kind, time }: StoredEvent | StoredError,
): void {
  const person = people.get(id) ?? { id, events: 0, errors: 0, firstSeen: time, lastSeen: time };
  people.set(id, person);
  person[kind === 'event' ? 'events' : 'errors'] += 1;
  person.firstSeen = Math.min(person.firstSeen, time);
  person.lastSeen = Math.max(person.lastSeen, time);
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

function inOrder(people: readonly Person[], { sort, order }: PeopleQuery): Person[] {
  if (sort !== undefined) return sortedBy(people, FIGURE[sort], order);
  return sortedBy(sortedBy(people, FIGURE.last_seen), (person) => Number(isDevice(person)), 'asc');
}

function isDevice({ id }: Person): boolean {
  return id.startsWith(DEVICE_PREFIX);
}
