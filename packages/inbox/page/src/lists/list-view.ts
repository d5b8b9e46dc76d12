import { byFacet, FACETS, type Facet } from '../../../src/query/facet-names.ts';
import { hrefOf } from '../shared/location.ts';

/** Entries shown first, and more of them with each press. */
const STEP = 100;
const MOST = 10_000;

/** Filters, sorting and page size of a list, as the URL holds them. */
export interface ListView {
  readonly text: string;
  readonly facets: Readonly<Record<Facet, string>>;
  /** `''` for the usual order: the last seen first. */
  readonly sort: string;
  readonly isAscending: boolean;
  readonly limit: number;
}

/** The parameters that filter; changing one begins at the top of the list again. */
export const NO_FILTER: Readonly<Record<'q' | Facet | 'limit', null>> = {
  q: null,
  limit: null,
  ...byFacet(() => null),
};

export function listView(query: URLSearchParams): ListView {
  const read = (name: string): string => query.get(name) ?? '';
  const limit = Number(read('limit'));
  return {
    text: read('q'),
    facets: byFacet(read),
    sort: read('sort'),
    isAscending: read('order') === 'asc',
    limit: Number.isInteger(limit) && limit > 0 ? Math.min(limit, MOST) : STEP,
  };
}

export function isFiltered({ text, facets }: ListView): boolean {
  return text.trim() !== '' || FACETS.some((facet) => facets[facet] !== '');
}

/** The path of the API that answers with the list. */
export function listPath(path: string, view: ListView, more: Readonly<Record<string, string>> = {}): string {
  return hrefOf(path, {
    q: view.text.trim(),
    ...view.facets,
    sort: view.sort,
    order: view.isAscending ? 'asc' : '',
    limit: String(view.limit),
    ...more,
  });
}

/** The limit after "Show more". */
export function nextLimit({ limit }: ListView): string {
  return String(Math.min(limit + STEP, MOST));
}
