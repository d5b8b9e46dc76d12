import { getOrAdd } from '../../collections.ts';
import type { Identity } from '../../store/identity.ts';
import type { Profiles } from '../../store/profiles.ts';
import type { StoredEvent } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';

/** What reports are made from. */
export interface ReportSource {
  readonly index: EventIndex;
  readonly identity: Identity;
  readonly profiles: Profiles;
  /** Events that link ids and are no activity: nobody is born, returns or counts as active by one. */
  readonly linkEvents: ReadonlySet<string>;
  /** Event names of the plan's main funnel, in order. @default none */
  readonly usualFunnel?: readonly string[] | undefined;
  /** What is "today". */
  readonly now: () => number;
}

/** What one user did. */
export interface UserEvents {
  /** After the identity merge; `''` for nobody, who counts in totals and never as a user. */
  readonly user: string;
  readonly events: Timeline;
}

/** What can be said before repeats are taken out, as repeats agree in it. */
interface EventSelection {
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
    const isSelected = selected === undefined || selected.has(user);
    numbers[index] = isSelected ? getOrAdd(numberOf, user, () => numberOf.size) : -1;
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

/** One event as reports see it. */
export type UserEvent = Pick<StoredEvent, 'event' | 'time' | 'properties'>;

/** What one user did, in the order of time; of equal times, in the order of arrival. */
export type Timeline = readonly UserEvent[];

/** Up to here inserting each into those before it beats a sort that calls back. */
const FEW = 32;

/** Sorts the places of one user's events, which come in the order of arrival, by time. */
function inOrderOfTime(places: Int32Array, times: readonly number[]): Int32Array {
  const timeAt = (place: number | undefined): number => times[place ?? -1] ?? 0;
  if (places.length > FEW) return places.sort((left, right) => timeAt(left) - timeAt(right) || left - right);
  for (let index = 1; index < places.length; index += 1) {
    const place = places[index] ?? 0;
    let target = index;
    while (target > 0 && timeAt(places[target - 1]) > timeAt(place)) {
      places[target] = places[target - 1] ?? 0;
      target -= 1;
    }
    places[target] = place;
  }
  return places;
}

/**
 * The events of one user, a repeated one only as it arrived last. Mixpanel's query-time rule: same name, distinct id, time
 * and `$insert_id`; what is of one user and one time stands together already.
 * @see https://docs.mixpanel.com/reference/event-deduplication
 * @param places - in the order of time, then of arrival
 */
function withoutRepeats(places: Int32Array, { events, times }: EventColumns): StoredEvent[] {
  const kept: StoredEvent[] = [];
  const seen = new Set<string>();
  // From the end, so that the last to arrive comes first.
  for (let index = places.length - 1; index >= 0; index -= 1) {
    const place = places[index] ?? -1;
    const event = events[place];
    if (event === undefined) continue;
    const time = times[place];
    const sameAsNext = times[places[index + 1] ?? -1] === time;
    const sameAsPrevious = times[places[index - 1] ?? -1] === time;
    if (!sameAsNext && seen.size > 0) seen.clear();
    if (sameAsNext || sameAsPrevious) {
      const key = `${event.insertId}\n${event.event}`;
      if (seen.has(key)) continue;
      seen.add(key);
    }
    kept.push(event);
  }
  return kept.reverse();
}

/** The index of the first event at or after a time. */
export function firstAtOrAfter(timeline: Timeline, time: number): number {
  let low = 0;
  let high = timeline.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((timeline[middle]?.time ?? Number.POSITIVE_INFINITY) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Events that SDKs send because a session begins, ends or is recorded. They say nothing of what a user did: they make nobody
 * return, and nobody appear for the first time.
 */
export const SESSION_EVENTS: ReadonlySet<string> = new Set([
  '$session_start',
  '$session_end',
  '$ae_session',
  '$mp_session_record',
]);

/** Events in the order of arrival, with what reports select by as numbers. A place is alive from `first` on. */
interface EventColumns {
  readonly first: number;
  /** Undefined before `first`: what the store has dropped is not held here. */
  readonly events: readonly (StoredEvent | undefined)[];
  readonly times: readonly number[];
  /** By number; see `nameNumber`. */
  readonly names: readonly number[];
  /** Distinct ids as sent, by number; see `senderIds`. */
  readonly senders: readonly number[];
  readonly senderIds: readonly string[];
  /** Undefined for a name that no event has. */
  nameNumber(name: string): number | undefined;
}

/**
 * Keeps columns of the stored events from one report to the next and adds what has arrived since: looking at a number in a
 * list costs a hundredth of looking into 100,000 records. Identities are not in it, because a later log-in can change those of earlier events.
 */
export class EventIndex {
  readonly #store: Store;
  readonly #stopListening: readonly (() => unknown)[];
  #events: (StoredEvent | undefined)[] = [];
  #times: number[] = [];
  #names: number[] = [];
  #senders: number[] = [];
  #nameNumbers = new Map<string, number>();
  #senderNumbers = new Map<string, number>();
  #first = 0;
  #lastId = 0;

  constructor(store: Store) {
    this.#store = store;
    this.#stopListening = [
      store.onArrival(() => this.#forgetEvicted()),
      store.onClear(() => this.#reset()),
      store.onRemoval(() => this.#reset()),
    ];
  }

  /** Lets go of the store. */
  close(): void {
    for (const stop of this.#stopListening) stop();
    this.#reset();
  }

  columns(): EventColumns {
    this.#forgetEvicted();
    this.#takeArrivals();
    const names = this.#nameNumbers;
    return {
      first: this.#first,
      events: this.#events,
      times: this.#times,
      names: this.#names,
      senders: this.#senders,
      senderIds: [...this.#senderNumbers.keys()],
      nameNumber: (name) => names.get(name),
    };
  }

  #takeArrivals(): void {
    const arrivals: StoredEvent[] = [];
    for (const event of this.#store.of('event').newestFirst()) {
      if (event.id <= this.#lastId) break;
      arrivals.push(event);
    }
    for (const event of arrivals.reverse()) {
      this.#events.push(event);
      this.#times.push(event.time);
      this.#names.push(numberOf(this.#nameNumbers, event.event));
      this.#senders.push(numberOf(this.#senderNumbers, event.distinctId));
      this.#lastId = event.id;
    }
  }

  /** The store drops the oldest first, so that what is gone is at the front. With each arrival, to hold no more than it does. */
  #forgetEvicted(): void {
    if (this.#events.length === 0) return;
    const { value: oldest } = this.#store.of('event')[Symbol.iterator]().next();
    if (oldest === undefined) return this.#reset();
    while ((this.#events[this.#first]?.id ?? oldest.id) < oldest.id) {
      this.#events[this.#first] = undefined;
      this.#first += 1;
    }
    // Starting over once for as many evictions as there are events bounds the lists and what numbers stand for.
    if (this.#first > this.#store.of('event').length) this.#reset();
  }

  #reset(): void {
    this.#events = [];
    this.#times = [];
    this.#names = [];
    this.#senders = [];
    this.#nameNumbers = new Map();
    this.#senderNumbers = new Map();
    this.#first = 0;
    this.#lastId = 0;
  }
}

function numberOf(numbers: Map<string, number>, text: string): number {
  return getOrAdd(numbers, text, () => numbers.size);
}
