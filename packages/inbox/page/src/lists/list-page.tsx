import { type ReactElement, type ReactNode, useEffect, useRef } from 'react';
import { useFeedPart } from '../shared/feed.tsx';
import { countOf } from '../shared/format.ts';
import { Link } from '../shared/links.tsx';
import { hrefWith, usePlace } from '../shared/location.ts';
import { Empty } from '../shared/parts.tsx';
import { type Loaded, useJson } from '../shared/use-json.ts';
import { type ListView, NO_FILTER, nextLimit } from './list-view.ts';

/** Reads a list, again with what arrives. While another search is answered, the list before it stays. */
export function useList<T>(path: string): Loaded<T> {
  const revision = useFeedPart((feed) => feed.revision);
  const loaded = useJson<T>(path, revision);
  const last = useRef<T>(undefined);
  if (loaded.data !== undefined) last.current = loaded.data;
  return loaded.failure === undefined ? { data: last.current, failure: undefined } : loaded;
}

/** `/` goes to the search, the arrow keys and `j`, `k` from entry to entry. */
export function useListKeys(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const { activeElement } = document;
      const isInSearch = activeElement?.id === 'search';
      if (isTyping(event.target) && !(isInSearch && event.key === 'ArrowDown')) return;
      if (event.key === '/') {
        event.preventDefault();
        document.querySelector<HTMLInputElement>('#search')?.focus();
      }
      const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
      if (step !== undefined && moveFocus(step, activeElement)) event.preventDefault();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
}

/** @returns whether there was an entry to go to */
function moveFocus(step: number, from: Element | null): boolean {
  const entries = [...document.querySelectorAll<HTMLElement>('.entry')];
  const place = from instanceof HTMLElement ? entries.indexOf(from) : -1;
  const next = place === -1 ? (step > 0 ? entries[0] : undefined) : entries[place + step];
  next?.focus();
  return next !== undefined;
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement || target instanceof HTMLSelectElement;
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

interface ListEndProps {
  readonly view: ListView;
  readonly shown: number;
  readonly total: number;
  readonly noun: string;
  readonly plural?: string;
}

/** How many entries there are, and the way to more of them. */
export function ListEnd({ view, shown, total, noun, plural }: ListEndProps): ReactElement {
  const place = usePlace();
  return (
    <p className="others" role="status">
      {shown < total ? `${shown} of ${countOf(total, noun, plural)}. ` : `${countOf(total, noun, plural)}.`}
      {shown < total && <Link href={hrefWith(place, { limit: nextLimit(view) })}>Show more</Link>}
    </p>
  );
}
