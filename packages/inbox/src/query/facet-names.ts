/** What lists can be filtered by, in the order in which the page shows it. */
export const FACETS = ['service', 'environment', 'release', 'browser', 'url'] as const;
export type Facet = (typeof FACETS)[number];
