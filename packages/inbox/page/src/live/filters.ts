import type { LiveKind } from '../../../src/query/live/live-rows.ts';

/** Which rows are shown; all that is given must hold. It is read from the address, so that it can be shared. */
export interface LiveFilter {
  /** Empty: all of them. */
  readonly kinds: ReadonlySet<string>;
  readonly text: string;
  readonly service: string;
  readonly user: string;
  readonly trace: string;
}

export const KINDS: readonly (readonly [LiveKind, string])[] = [
  ['event', 'Events'],
  ['error', 'Errors'],
  ['log', 'Logs'],
  ['profile', 'Profiles'],
  ['trace', 'Traces'],
  ['item', 'Other'],
  ['rejected', 'Rejected'],
];

/** The parameters of the address that filter. */
export const NO_FILTER = { kind: null, q: null, service: null, user: null, trace: null } as const;

export function readFilter(query: URLSearchParams): LiveFilter {
  const named = new Set(query.get('kind')?.split(','));
  const read = (name: string): string => query.get(name) ?? '';
  return {
    // Names that are none are left out: a mistyped address shows all kinds.
    kinds: new Set(KINDS.map(([kind]) => kind).filter((kind) => named.has(kind))),
    text: read('q'),
    service: read('service'),
    user: read('user'),
    trace: read('trace'),
  };
}

/** The `kind` parameter for one kind alone; for all of them when it was alone already. */
export function onlyKind(kinds: ReadonlySet<string>, kind: LiveKind): string | null {
  return kinds.size === 1 && kinds.has(kind) ? null : kind;
}

/** The `kind` parameter with a kind more, or less when it was chosen; all kinds are the same as none chosen. */
export function toggleKind(kinds: ReadonlySet<string>, kind: LiveKind): string | null {
  const isChosen = (each: LiveKind): boolean => (each === kind ? !kinds.has(each) : kinds.has(each));
  const chosen = KINDS.map(([each]) => each).filter(isChosen);
  return chosen.length === 0 || chosen.length === KINDS.length ? null : chosen.join(',');
}
