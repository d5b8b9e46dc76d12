import {
  type AnchorHTMLAttributes,
  type MouseEvent,
  type ReactElement,
  type ReactNode,
  useMemo,
  useSyncExternalStore,
} from 'react';

/** Where the page is: everything that one can share is in it. */
interface Place {
  readonly path: string;
  readonly query: URLSearchParams;
}

/** The path and the query string; draws again when either changes. */
export function usePlace(): Place {
  const href = useSyncExternalStore(subscribe, () => location.href);
  return useMemo(() => {
    const { pathname, searchParams } = new URL(href);
    return { path: pathname, query: searchParams };
  }, [href]);
}

/** Goes to an address of the page. @param replaces - for what one would not go back to, such as each key of a search */
export function go(href: string, replaces = false): void {
  if (replaces) history.replaceState(null, '', href);
  else history.pushState(null, '', href);
  // The browser tells only of its own steps through the history.
  dispatchEvent(new PopStateEvent('popstate'));
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
  addEventListener('popstate', listener);
  return () => removeEventListener('popstate', listener);
}

/** The addresses of one thing each, so that a link to it is written once. */
export const recordHref = (id: number): string => hrefOf('/', { record: String(id) });
export const userHref = (id: string): string => hrefOf('/user', { id });
export const traceHref = (id: string): string => hrefOf('/traces', { id });
export const issueHref = (id: string, eventId?: string): string => hrefOf('/issues', { id, event: eventId });
export const liveHref = (filter: { readonly trace?: string; readonly user?: string }): string => hrefOf('/', filter);

/** What values are called, in the order in which they are offered. */
export type Options<Value extends string = string> = Readonly<Partial<Record<Value, string>>>;

/** What the address says, when that is one of the options; else the fallback. */
export function optionIn<const Value extends string>(
  query: URLSearchParams,
  name: string,
  options: Options<Value>,
  fallback: NoInfer<Value>,
): Value {
  const given = query.get(name);
  return given !== null && Object.hasOwn(options, given) ? (given as Value) : fallback;
}

/** A whole number from an address that anyone may have written. */
export function integerIn(query: URLSearchParams, name: string, fallback: number, highest: number): number {
  const given = Number(query.get(name) ?? fallback);
  return Number.isInteger(given) && given >= 1 && given <= highest ? given : fallback;
}

interface LinkProps extends AnchorHTMLAttributes<HTMLAnchorElement> {
  readonly href: string;
}

/** A link within the page: no reload, and a new tab where one is asked for. */
export function Link({ href, children, ...rest }: LinkProps): ReactElement {
  const follow = (event: MouseEvent): void => {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(href);
  };
  return (
    <a href={href} onClick={follow} {...rest}>
      {children}
    </a>
  );
}

/** A link that looks like a button. */
export function ButtonLink(props: LinkProps): ReactElement {
  return <Link className="button" {...props} />;
}

/** From one thing to the list of all. */
export function Back({ href, children }: { readonly href: string; readonly children: ReactNode }): ReactElement {
  return (
    <p className="back">
      <Link href={href}>
        <span aria-hidden="true">←</span> {children}
      </Link>
    </p>
  );
}
