import { type ReactElement, type ReactNode, useRef } from 'react';
import { byFacet, FACETS, type Facet } from '../../../src/query/filter-names.ts';
import type { FacetValue, FacetValues } from '../../../src/views/lists.ts';
import { useLiveJson } from '../shared/feed.tsx';
import { countOf } from '../shared/format.ts';
import { focusSearch, isTyping, useKeys, walk } from '../shared/keys.ts';
import { ButtonLink, go, hrefOf, hrefWith, Link, type Options, usePlace } from '../shared/location.tsx';
import { Empty, Loading, OptionsOf } from '../shared/parts.tsx';
import type { Loaded } from '../shared/use-json.ts';

/** What the API answers every list with, beside the entries. */
interface ListAnswer {
  readonly total: number;
  readonly facets: FacetValues;
}

interface ListPageProps<Answer> {
  /** One entry: `issue`. */
  readonly noun: string;
  /** What a search looks through. */
  readonly hint: string;
  /** The first is the usual order, named `''`. */
  readonly sorts: Options;
  /** Of the API. */
  readonly path: string;
  readonly parameters?: Readonly<Record<string, string>>;
  /** Whether nothing is there that could be filtered. */
  readonly hasNone: (answer: Answer) => boolean;
  /** Shown then. */
  readonly none: ReactElement;
  /** Shown when no entry passes; null for an empty list. @default NoMatch */
  readonly noMatch?: (answer: Answer, view: ListView) => ReactElement | null;
  readonly above?: (answer: Answer | undefined) => ReactElement;
  readonly controls?: ReactNode;
  readonly below?: (answer: Answer) => ReactNode;
  /** The entries, each a list item with a key. */
  readonly children: (answer: Answer) => readonly ReactElement[];
}

/** A list with its search, filters and order, read again with what arrives. */
export function ListPage<Answer extends ListAnswer>(props: ListPageProps<Answer>): ReactElement {
  const { noun, hint, sorts, path, parameters, hasNone, none, noMatch, above, controls, below, children } = props;
  const place = usePlace();
  const view = listView(place.query);
  const loaded = useList<Answer>(listPath(path, view, parameters));
  const { data } = loaded;
  useListKeys();
  const isEmpty = data !== undefined && hasNone(data) && !isFiltered(view);
  return (
    <>
      {!isEmpty && above?.(data)}
      {!isEmpty && (
        <ListControls noun={`${noun}s`} hint={hint} view={view} facets={data?.facets} sorts={sorts}>
          {controls}
        </ListControls>
      )}
      <Loading loaded={loaded}>
        {(answer) => {
          if (isEmpty) return none;
          const entries = children(answer);
          const instead = noMatch === undefined ? <NoMatch noun={noun} /> : noMatch(answer, view);
          if (entries.length === 0 && instead !== null) return instead;
          const total = countOf(answer.total, noun);
          const hasMore = entries.length < answer.total;
          return (
            <>
              <ul className="list" aria-label={`${noun.charAt(0).toUpperCase()}${noun.slice(1)}s`}>
                {entries}
              </ul>
              <p className="others" role="status">
                {hasMore ? `${entries.length} of ${total}. ` : `${total}.`}
                {hasMore && <Link href={hrefWith(place, { limit: nextLimit(view) })}>Show more</Link>}
              </p>
              {below?.(answer)}
            </>
          );
        }}
      </Loading>
    </>
  );
}

/** There are entries, and none that is asked for. */
export function NoMatch({ noun, children }: { readonly noun: string; readonly children?: ReactNode }): ReactElement {
  const place = usePlace();
  return (
    <Empty title={`No ${noun} matches`}>
      <p>
        Search for something else, or <Link href={hrefWith(place, NO_FILTER)}>clear the filters</Link>.
      </p>
      {children}
    </Empty>
  );
}

/** While another search is answered, the list before it stays. */
function useList<T>(path: string): Loaded<T> {
  const loaded = useLiveJson<T>(path);
  const last = useRef<T>(undefined);
  if (loaded.data !== undefined) last.current = loaded.data;
  return loaded.failure === undefined ? { data: last.current, failure: undefined } : loaded;
}

/** `/` goes to the search, the arrow keys and `j`, `k` from entry to entry. */
function useListKeys(): void {
  useKeys((event) => {
    const { activeElement } = document;
    const isInSearch = activeElement?.id === 'search';
    if (isTyping(event) && !(isInSearch && event.key === 'ArrowDown')) return;
    if (event.key === '/') focusSearch(event);
    const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
    const isOnEntry = activeElement?.matches('.entry') === true;
    if (step !== undefined && (step > 0 || isOnEntry) && walk(document, '.entry', step)) event.preventDefault();
  });
}

interface ListControlsProps {
  /** What the list is of: `issues`. */
  readonly noun: string;
  /** What a search looks through. */
  readonly hint: string;
  readonly view: ListView;
  readonly facets: FacetValues | undefined;
  /** The first is the usual order, named `''`. */
  readonly sorts: Options;
  readonly children?: ReactNode;
}

const LABELS: Readonly<Record<Facet, string>> = {
  service: 'Service',
  environment: 'Environment',
  release: 'Release',
  browser: 'Browser',
  url: 'URL',
};

/** Search, filters and order of a list. Everything is kept in the address. */
function ListControls({ noun, hint, view, facets, sorts, children }: ListControlsProps): ReactElement {
  const place = usePlace();
  const change = (changes: Readonly<Record<string, string | null>>, replaces = false): void =>
    go(hrefWith(place, { limit: null, ...changes }), replaces);
  return (
    <form className="controls" aria-label={`Filter ${noun}`} onSubmit={(event) => event.preventDefault()}>
      <input
        id="search"
        type="search"
        placeholder={`${hint} (press /)`}
        aria-label={`Search ${noun}`}
        autoComplete="off"
        spellCheck={false}
        maxLength={500}
        value={view.text}
        onChange={({ target }) => change({ q: target.value || null }, true)}
      />
      {FACETS.map((facet) => (
        <FacetSelect
          key={facet}
          label={LABELS[facet]}
          value={view.facets[facet]}
          values={facets?.[facet] ?? []}
          onChange={(value) => change({ [facet]: value || null })}
        />
      ))}
      <span className="sort">
        <select
          aria-label="Sort by"
          value={view.sort}
          onChange={({ target }) => change({ sort: target.value || null })}
        >
          <OptionsOf options={Object.entries(sorts).map(([sort, text]) => [sort, `Sort: ${text}`])} />
        </select>
        <button
          type="button"
          aria-label={view.isAscending ? 'Ascending order' : 'Descending order'}
          title={view.isAscending ? 'Lowest first' : 'Highest first'}
          onClick={() => change({ order: view.isAscending ? null : 'asc' })}
        >
          {view.isAscending ? '↑' : '↓'}
        </button>
      </span>
      {children}
      {isFiltered(view) && <ButtonLink href={hrefWith(place, NO_FILTER)}>Clear filters</ButtonLink>}
    </form>
  );
}

interface FacetSelectProps {
  readonly label: string;
  /** `''` for any. */
  readonly value: string;
  readonly values: readonly FacetValue[];
  readonly onChange: (value: string) => void;
}

/** One value to filter by. Nothing while there is none to choose. */
function FacetSelect({ label, value, values, onChange }: FacetSelectProps): ReactElement | null {
  if (values.length === 0 && value === '') return null;
  const isKnown = value === '' || values.some((each) => each.value === value);
  return (
    <select aria-label={label} value={value} onChange={({ target }) => onChange(target.value)}>
      <option value="">{label}: any</option>
      {!isKnown && <option value={value}>{value}</option>}
      <OptionsOf options={values.map(({ value: each, count }) => [each, `${each} (${count})`])} />
    </select>
  );
}

/** Entries shown first, and more of them with each press. */
const STEP = 100;
const MOST = 10_000;

/** Filters, sorting and page size of a list, as the URL holds them. */
interface ListView {
  readonly text: string;
  readonly facets: Readonly<Record<Facet, string>>;
  /** `''` for the usual order: the last seen first. */
  readonly sort: string;
  readonly isAscending: boolean;
  readonly limit: number;
}

/** The parameters that filter; changing one begins at the top of the list again. */
const NO_FILTER: Readonly<Record<'q' | Facet | 'limit', null>> = {
  q: null,
  limit: null,
  ...byFacet(() => null),
};

function listView(query: URLSearchParams): ListView {
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
function listPath(path: string, view: ListView, more: Readonly<Record<string, string>> = {}): string {
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
function nextLimit({ limit }: ListView): string {
  return String(Math.min(limit + STEP, MOST));
}
