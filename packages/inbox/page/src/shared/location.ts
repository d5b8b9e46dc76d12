import { useSyncExternalStore } from 'react';

/** Where the page is: everything that one can share is in it. */
export interface Place {
  readonly path: string;
  readonly query: URLSearchParams;
}

const listeners = new Set<() => void>();
let known: Place & { readonly href: string } = read();

globalThis.addEventListener('popstate', update);

/** The path and the query string; draws again when either changes. */
export function usePlace(): Place {
  return useSyncExternalStore(subscribe, () => known);
}

/** Goes to an address of the page. @param replaces - for what one would not go back to, such as each key of a search */
export function go(href: string, replaces = false): void {
  if (replaces) history.replaceState(null, '', href);
  else history.pushState(null, '', href);
  update();
}

/** An address; parameters without a value are left out. */
export function hrefOf(path: string, parameters: Readonly<Record<string, string | null | undefined>> = {}): string {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined && value !== null && value !== '');
  const query = new URLSearchParams(given as [string, string][]).toString();
  return query === '' ? path : `${path}?${query}`;
}

/** The present address with other parameters; null takes one out. */
export function hrefWith(place: Place, changes: Readonly<Record<string, string | null>>): string {
  return hrefOf(place.path, { ...Object.fromEntries(place.query), ...changes });
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function update(): void {
  known = read();
  for (const listener of listeners) listener();
}

function read(): typeof known {
  const { pathname, search, href } = location;
  return { path: pathname, query: new URLSearchParams(search), href };
}
