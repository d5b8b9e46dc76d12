import { type ReactElement, type ReactNode, useRef } from 'react';
import type { FacetValues } from '../../../src/views/lists.ts';
import { useLiveJson } from '../shared/feed.tsx';
import { countOf } from '../shared/format.ts';
import { focusSearch, isTyping, useKeys, walk } from '../shared/keys.ts';
import { Link } from '../shared/links.tsx';
import { hrefWith, type Options, usePlace } from '../shared/location.ts';
import { Empty, Loading } from '../shared/parts.tsx';
import type { Loaded } from '../shared/use-json.ts';
import { ListControls } from './list-controls.tsx';
import { isFiltered, type ListView, listPath, listView, NO_FILTER, nextLimit } from './list-view.ts';

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
