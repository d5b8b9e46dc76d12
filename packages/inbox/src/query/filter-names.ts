/** What lists can be filtered by, in the order in which the page shows it. */
export const FACETS = ['service', 'environment', 'release', 'browser', 'url'] as const;
export type Facet = (typeof FACETS)[number];

/** Makes something for each facet. */
export function byFacet<T>(make: (facet: Facet) => T): Readonly<Record<Facet, T>> {
  // `fromEntries` forgets the key type; FACETS names every facet.
  return Object.fromEntries(FACETS.map((facet) => [facet, make(facet)])) as Record<Facet, T>;
}

/** What a row is about: a record of a kind, or a trace with all of its spans. */
export const LIVE_KINDS = ['event', 'error', 'log', 'profile', 'trace', 'item', 'rejected'] as const;
export type LiveKind = (typeof LIVE_KINDS)[number];
