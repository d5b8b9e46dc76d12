import Type from 'typebox';
import type { FacetFilter, Facets } from '../query/facets.ts';
import { byFacet, FACETS, type Facet } from '../query/filter-names.ts';

/** Search text beyond this is cut by no one: it is refused. */
const TEXT_LENGTH = 500;
const Text = Type.Optional(Type.String({ maxLength: 2000 }));

/** The parameters that the lists of users, issues and traces share. */
export const listParameters = {
  q: Type.Optional(
    Type.String({ maxLength: TEXT_LENGTH, description: 'words, in any order and case; all of them must be found' }),
  ),
  ...byFacet(() => Text),
  order: Type.Optional(Type.Enum(['asc', 'desc'], { description: 'desc unless given' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000, description: '100 unless given' })),
};

/** Which entries of a list are wanted, and in which order; all that is given must hold. */
export interface ListQuery<Sort extends string> extends FacetFilter {
  readonly q?: string | undefined;
  readonly sort?: Sort | undefined;
  readonly order?: 'asc' | 'desc' | undefined;
}

export const DEFAULT_LIMIT = 100;

/** Returns the function that says whether every word of a search is in some text. An empty search finds everything. */
export function wordMatcher(search: string | undefined): (texts: Iterable<string | null>) => boolean {
  const words = (search ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return () => true;
  return (texts) => {
    const missing = new Set(words);
    for (const text of texts) {
      if (text === null) continue;
      const lower = text.toLowerCase();
      for (const word of missing) if (lower.includes(word)) missing.delete(word);
      if (missing.size === 0) return true;
    }
    return false;
  };
}

/** Returns a list in order of a figure, the greatest first unless `asc`; equal figures keep their order. */
export function sortedBy<Item>(
  items: readonly Item[],
  figure: (item: Item) => number,
  order: 'asc' | 'desc' = 'desc',
): Item[] {
  const sign = order === 'asc' ? 1 : -1;
  return items.toSorted((left, right) => sign * (figure(left) - figure(right)));
}

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
  readonly #tallies = byFacet(() => new Map<string, Tally>());
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
    return byFacet((facet) =>
      [...this.#tallies[facet]]
        .map(([value, { count }]) => ({ value, count }))
        .sort((left, right) => right.count - left.count || (left.value < right.value ? -1 : 1))
        .slice(0, MOST_VALUES),
    );
  }
}
