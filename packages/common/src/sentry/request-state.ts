import type { Scope, Span } from '@sentry/node';

/** What is known of one request (or job) while it runs. */
export interface RequestState {
  /** The error that will be answered, remembered before any handler can change or hide it. */
  error: unknown;
  hasError: boolean;
  /** Every error that was reported from within this request, with the id under which. */
  readonly reported: Map<unknown, string>;
  /** The id in the answer of a 5xx. */
  errorId: string | undefined;
  scope: Scope | undefined;
  span: Span | undefined;
  /** Runs a function in the request's own context, for moments at which Node has lost it. */
  enter: (<T>(fn: () => T) => T) | undefined;
}

const byScope = new WeakMap<Scope, RequestState>();

export function createRequestState(): RequestState {
  return {
    error: undefined,
    hasError: false,
    reported: new Map(),
    errorId: undefined,
    scope: undefined,
    span: undefined,
    enter: undefined,
  };
}

/** Lets functions that know only the current scope find the request's state. */
export function attachState(scope: Scope, state: RequestState): void {
  state.scope = scope;
  byScope.set(scope, state);
}

export function stateOf(scope: Scope): RequestState | undefined {
  return byScope.get(scope);
}

/** The id under which an error, or one that it was made from, was already reported. */
export function reportedAs(state: RequestState, error: unknown): string | undefined {
  let current = error;
  // Causes can form a ring.
  for (let depth = 0; depth < 10; depth++) {
    const id = state.reported.get(current);
    if (id !== undefined) return id;
    if (typeof current !== 'object' || current === null || !('cause' in current)) return undefined;
    current = current.cause;
  }
  return undefined;
}
