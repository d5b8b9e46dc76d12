import { getOrAdd } from '../../get-or-add.ts';
import type { StoredEvent } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';

/** Events in the order of arrival, with what reports select by as numbers. A place is alive from `first` on. */
export interface EventColumns {
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
 * list costs a hundredth of looking into 100,000 records. Identities are not in it, as a log-in may change them backwards.
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
