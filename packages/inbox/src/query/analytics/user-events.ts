import type { Identity } from '../../store/identity.ts';
import type { EventColumns } from './event-index.ts';
import type { ReportSource } from './report-source.ts';
import { inOrderOfTime, type Timeline, withoutRepeats } from './timelines.ts';

/** What one user did. */
export interface UserEvents {
  /** After the identity merge; `''` for nobody, who counts in totals and never as a user. */
  readonly user: string;
  readonly events: Timeline;
}

/** What can be said before repeats are taken out, as repeats agree in it. */
export interface EventSelection {
  /** Any of these names; every event without. */
  readonly names?: ReadonlySet<string> | undefined;
  /** Events that only link ids, too; to count events, not users. @default false */
  readonly linkEvents?: boolean | undefined;
  /** Not these names, even when they are asked for. */
  readonly without?: ReadonlySet<string> | undefined;
  /** Members of a cohort; everybody, and nobody, without. */
  readonly users?: ReadonlySet<string> | undefined;
  /** The first moment that counts. */
  readonly start?: number | undefined;
  /** The first moment that no longer counts. */
  readonly end?: number | undefined;
}

/**
 * The events of a report by user: identities are merged, then repeats are taken out, so that an event that came once from
 * the device and once from its user is one. Filters on properties come after: of repeats, which may differ in them, only
 * the last arrived exists.
 */
export function userEvents(source: ReportSource, selection: EventSelection): UserEvents[] {
  const { index, identity, linkEvents } = source;
  const columns = index.columns();
  const userOf = userNumbers(columns, identity, selection.users);
  const { places, ends } = groupByUser(columns, selectedPlaces(columns, userOf.numbers, selection, linkEvents), userOf);
  const grouped: UserEvents[] = [];
  let start = 0;
  userOf.users.forEach((user, number) => {
    const end = ends[number] ?? start;
    if (end > start) {
      const ordered = inOrderOfTime(places.subarray(start, end), columns.times);
      grouped.push({ user, events: withoutRepeats(ordered, columns) });
    }
    start = end;
  });
  return grouped;
}

/** Everybody's events but nobody's. */
export function userTimelines(source: ReportSource, selection: EventSelection): Timeline[] {
  return userEvents(source, selection).flatMap(({ user, events }) => (user === '' ? [] : [events]));
}

interface UserNumbers {
  readonly users: readonly string[];
  /** The user behind each sender; -1 for one who is not selected. */
  readonly numbers: Int32Array;
}

function userNumbers({ senderIds }: EventColumns, identity: Identity, selected?: ReadonlySet<string>): UserNumbers {
  const numberOf = new Map<string, number>();
  const numbers = new Int32Array(senderIds.length);
  senderIds.forEach((sender, index) => {
    const user = identity.resolve(sender);
    let number = selected === undefined || selected.has(user) ? numberOf.get(user) : -1;
    if (number === undefined) {
      number = numberOf.size;
      numberOf.set(user, number);
    }
    numbers[index] = number;
  });
  return { users: [...numberOf.keys()], numbers };
}

function selectedPlaces(
  columns: EventColumns,
  users: Int32Array,
  selection: EventSelection,
  linkEvents: ReadonlySet<string>,
): Int32Array {
  const { times, names, senders } = columns;
  const { start = Number.NEGATIVE_INFINITY, end = Number.POSITIVE_INFINITY } = selection;
  const numbersOf = (list: Iterable<string>) => new Set([...list].map((name) => columns.nameNumber(name)));
  const wanted = selection.names && numbersOf(selection.names);
  const unwanted = numbersOf([...(selection.linkEvents === true ? [] : linkEvents), ...(selection.without ?? [])]);
  const places = new Int32Array(times.length - columns.first);
  let count = 0;
  for (let place = columns.first; place < times.length; place += 1) {
    const time = times[place] ?? Number.NaN;
    if (!(time >= start && time < end) || users[senders[place] ?? -1] === -1) continue;
    if (wanted !== undefined && !wanted.has(names[place])) continue;
    if (unwanted.has(names[place])) continue;
    places[count] = place;
    count += 1;
  }
  return places.subarray(0, count);
}

/** A counting sort: places by user, and of one user in the order of arrival. */
function groupByUser(
  { senders }: EventColumns,
  selected: Int32Array,
  { users, numbers }: UserNumbers,
): { readonly places: Int32Array; readonly ends: Int32Array } {
  const userAt = (place: number): number => numbers[senders[place] ?? -1] ?? -1;
  const ends = new Int32Array(users.length + 1);
  for (const place of selected) increment(ends, userAt(place) + 1);
  for (let user = 1; user < ends.length; user += 1) ends[user] = (ends[user] ?? 0) + (ends[user - 1] ?? 0);
  // ends[user] is where a user's places begin; filling them in moves it to where they end.
  const places = new Int32Array(selected.length);
  for (const place of selected) places[increment(ends, userAt(place))] = place;
  return { places, ends };
}

/** Adds one. @returns what was there before */
function increment(counts: Int32Array, index: number): number {
  const before = counts[index] ?? 0;
  counts[index] = before + 1;
  return before;
}
