/** What lists can be filtered by, in the order in which the page shows it. */
export const FACETS = ['service', 'environment', 'release', 'browser', 'url'] as const;
export type Facet = (typeof FACETS)[number];

/** Makes something for each facet. */
export function byFacet<T>(make: (facet: Facet) => T): Readonly<Record<Facet, T>> {
  // `fromEntries` forgets the key type; FACETS names every facet.
  return Object.fromEntries(FACETS.map((facet) => [facet, make(facet)])) as Record<Facet, T>;
}
