import { Contents, type Repeats, type Ring } from './contents.ts';
import type { Identity, IdMerge } from './identity.ts';
import type { Profiles, StoredProfile } from './profiles.ts';
import {
  isJsonObject,
  type NewRecord,
  type RecordKind,
  type RecordOf,
  type StoredEvent,
  type StoredProfileUpdate,
  type StoredRecord,
} from './records.ts';

/** Bounds of what is kept in memory. */
interface StoreLimits {
  /** Records of one kind. */
  readonly maxRecords: number;
  /** JSON bytes of all kinds together, as received; the heap needs about three times as much. */
  readonly maxBytes: number;
}

export interface StoreOptions extends StoreLimits {
  /** Which of Mixpanel's identity systems decides who is who. @default 'simplified' */
  readonly idMerge?: IdMerge | undefined;
}

/** Told of each batch once it is stored: the records of one request. */
type ArrivalListener = (records: readonly StoredRecord[]) => void;

/** The contents of the inbox, and who is notified of their changes. */
export class Store {
  readonly idMerge: IdMerge;
  readonly #options: StoreOptions;
  #contents: Contents;
  /** What was cleared and can still be brought back. */
  #aside: Contents | undefined;
  readonly #listeners = new Set<ArrivalListener>();
  readonly #clearListeners = new Set<() => void>();
  readonly #removalListeners = new Set<() => void>();
  #lastId = 0;

  constructor(options: StoreOptions) {
    this.#options = options;
    this.idMerge = options.idMerge ?? 'simplified';
    this.#contents = new Contents(options);
  }

  get profiles(): Profiles {
    return this.#contents.profiles;
  }

  get identity(): Identity {
    return this.#contents.identity;
  }

  get repeats(): Repeats {
    return this.#contents.repeats;
  }

  /** What is set aside, if anything, and what is visible; in the order of arrival. */
  get everyContents(): readonly Contents[] {
    return this.#aside === undefined ? [this.#contents] : [this.#aside, this.#contents];
  }

  /** Stores the records of one request, which weighed `bytes` together, and then tells the listeners. */
  add(records: readonly NewRecord[], bytes: number): void {
    if (records.length === 0) return;
    const bytesEach = bytes / records.length;
    const stored = records.map((record) => this.#contents.keepNew({ id: this.#nextId(), ...record }, bytesEach));
    for (const listener of this.#listeners) listener(stored);
  }

  /** Takes a record back from the data file: same id, no announcement. */
  restore(record: StoredRecord, bytes: number): void {
    this.#lastId = Math.max(this.#lastId, record.id);
    this.#contents.keep(record, bytes);
  }

  of<Kind extends RecordKind>(kind: Kind): Ring<RecordOf<Kind>> {
    // The contents have for each kind the ring of its records.
    return this.#contents.of(kind) as Ring<RecordOf<Kind>>;
  }

  onArrival(listener: ArrivalListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  onClear(listener: () => void): () => void {
    this.#clearListeners.add(listener);
    return () => this.#clearListeners.delete(listener);
  }

  /** Takes records of one kind out for good. @returns how many */
  remove<Kind extends RecordKind>(kind: Kind, unwanted: (record: RecordOf<Kind>) => boolean): number {
    return this.#contents.remove(kind, unwanted);
  }

  /** Notifies the listeners that records were taken out or brought back: readers must look again. */
  announceRemoval(): void {
    for (const listener of this.#removalListeners) listener();
  }

  onRemoval(listener: () => void): () => void {
    this.#removalListeners.add(listener);
    return () => this.#removalListeners.delete(listener);
  }

  /** Removes everything for good, also what is set aside. */
  clear(): void {
    this.#aside = undefined;
    this.#empty();
  }

  /** Hides everything until it is brought back or dropped; adds to what is set aside already. */
  setAside(): void {
    if (this.#aside === undefined) this.#aside = this.#contents;
    else this.#aside.append(this.#contents);
    this.#empty();
  }

  /** Shows again what was set aside, before what has arrived since. @returns false when nothing was */
  bringBack(): boolean {
    if (this.#aside === undefined) return false;
    const later = this.#contents;
    this.#contents = this.#aside;
    this.#aside = undefined;
    this.#contents.append(later);
    this.announceRemoval();
    return true;
  }

  /** Removes for good what was set aside. */
  dropAside(): void {
    this.#aside = undefined;
  }

  #empty(): void {
    this.#contents = new Contents(this.#options);
    for (const listener of this.#clearListeners) listener();
  }

  #nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }
}

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Removes repeated events for good, all but the one ingested last. Mixpanel's compaction-time rule: same name, distinct
 * id and `$insert_id` on the same calendar day (UTC), whatever the time.
 * @see https://docs.mixpanel.com/reference/event-deduplication
 * @returns how many were removed
 */
export function compactEvents(store: Store): number {
  const seen = new Set<string>();
  const repeated = new Set<StoredEvent>();
  for (const event of store.of('event').newestFirst()) {
    const key = `${event.insertId}\n${Math.floor(event.time / DAY_MS)}\n${event.distinctId}\n${event.event}`;
    if (seen.has(key)) repeated.add(event);
    seen.add(key);
  }
  const removed = store.remove('event', (event) => repeated.has(event));
  if (removed > 0) store.announceRemoval();
  return removed;
}

/** All that Mixpanel would hold about some people. */
interface PersonalData {
  readonly events: readonly StoredEvent[];
  readonly profiles: readonly StoredProfile[];
}

/** Everything of these people; what their devices did before they logged in is theirs too. */
export function dataOfPeople(store: Store, distinctIds: readonly string[]): PersonalData {
  const isTheirs = belongsTo(store, distinctIds);
  return {
    events: [...store.of('event')].filter(({ distinctId }) => isTheirs(distinctId)),
    profiles: store.profiles.list().filter(({ groupKey, distinctId }) => groupKey === null && isTheirs(distinctId)),
  };
}

/** Deletes events, profiles, rejected records and identities of these people, also cleared ones and from the data file. */
export function forgetPeople(store: Store, distinctIds: readonly string[]): void {
  for (const contents of store.everyContents) forgetIn(contents, distinctIds);
  store.announceRemoval();
}

function forgetIn(contents: Contents, distinctIds: readonly string[]): void {
  const { profiles, identity } = contents;
  const isTheirs = belongsTo(contents, distinctIds);
  const profileIds = profiles.list().map(({ distinctId }) => distinctId);
  contents.remove('event', ({ distinctId }) => isTheirs(distinctId));
  contents.remove('profile', (update: StoredProfileUpdate) => update.groupKey === null && isTheirs(update.distinctId));
  contents.remove('rejected', ({ record }) => idsIn(record).some(isTheirs));
  profiles.forget(new Set(profileIds.filter(isTheirs)));
  identity.forget(new Set(distinctIds.map((id) => identity.resolve(id))));
}

function belongsTo({ identity }: Pick<Contents, 'identity'>, distinctIds: readonly string[]): (id: string) => boolean {
  const people = new Set(distinctIds.flatMap((id) => [id, identity.resolve(id)]));
  return (distinctId) => people.has(distinctId) || people.has(identity.resolve(distinctId));
}

/** Whom a refused record was about, as far as it says. */
function idsIn(record: unknown): string[] {
  if (!isJsonObject(record)) return [];
  const properties = isJsonObject(record['properties']) ? record['properties'] : {};
  const ids = [record['$distinct_id'], properties['distinct_id'], properties['$user_id']];
  return ids.filter((id) => typeof id === 'string');
}
