import { FACETS, type Facet } from '../query/facet-names.ts';
import type { Facets } from '../query/facets.ts';

/** A value of a facet that something in the list has. */
export interface FacetValue {
  readonly value: string;
  readonly count: number;
}
export type FacetValues = Readonly<Record<Facet, readonly FacetValue[]>>;

/** More than a reader can choose from. */
const MOST_VALUES = 100;

/** How many things have a value, and which of them was the last. */
interface Tally {
  count: number;
  last: number;
}

/** Counts the things in a list that have each value, the most frequent first. A thing with several records counts once for a value. */
export class FacetCounts {
  readonly #tallies: Readonly<Record<Facet, Map<string, Tally>>> = {
    service: new Map(),
    environment: new Map(),
    release: new Map(),
    browser: new Map(),
    url: new Map(),
  };
  #thing = 0;

  /** What is added from now on is of another user, issue or trace. */
  next(): void {
    this.#thing += 1;
  }

  add(facets: Facets): void {
    for (const facet of FACETS) {
      const value = facets[facet];
      if (value === null) continue;
      const tally = this.#tallies[facet].get(value);
      if (tally === undefined) this.#tallies[facet].set(value, { count: 1, last: this.#thing });
      else if (tally.last !== this.#thing) {
        tally.count += 1;
        tally.last = this.#thing;
      }
    }
  }

  values(): FacetValues {
    const of = (facet: Facet): readonly FacetValue[] =>
      [...this.#tallies[facet]]
        .map(([value, { count }]) => ({ value, count }))
        .sort((left, right) => right.count - left.count || (left.value < right.value ? -1 : 1))
        .slice(0, MOST_VALUES);
    return {
      service: of('service'),
      environment: of('environment'),
      release: of('release'),
      browser: of('browser'),
      url: of('url'),
    };
  }
}
