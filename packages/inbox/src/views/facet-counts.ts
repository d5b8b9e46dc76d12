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

/** Counts the things in a list that have each value, the most frequent first: each thing counts once for a value. */
export class FacetCounts {
  readonly #seen: Record<Facet, Map<string, Set<string>>> = {
    service: new Map(),
    environment: new Map(),
    release: new Map(),
    browser: new Map(),
    url: new Map(),
  };

  /** @param thing the id of the user, issue or trace that has these values */
  add(thing: string, facets: Facets): void {
    for (const facet of FACETS) {
      const value = facets[facet];
      if (value === null) continue;
      const things = this.#seen[facet].get(value);
      if (things === undefined) this.#seen[facet].set(value, new Set([thing]));
      else things.add(thing);
    }
  }

  values(): FacetValues {
    const of = (facet: Facet): readonly FacetValue[] =>
      [...this.#seen[facet]]
        .map(([value, things]) => ({ value, count: things.size }))
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
