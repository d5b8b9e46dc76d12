import type { PropagationContext } from '@sentry/core';
import type { Scope, Span } from '@sentry/node';
import type { Verdict } from './error-budget.ts';

/** A product event that errors of the same request tell of. */
export interface RecentEvent {
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** Its number among the events and breadcrumbs of the request. */
  readonly order: number;
  readonly properties: unknown;
}

/** A breadcrumb that errors of the same request tell of. */
export interface Note {
  readonly message: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** Its number among the events and breadcrumbs of the request. */
  readonly order: number;
  readonly data: Readonly<Record<string, unknown>> | undefined;
}

/** What is known of one request (or job) while it runs. */
export interface RequestState {
  /** The error that will be answered, remembered before any handler can change or hide it. */
  error: unknown;
  hasError: boolean;
  /** Every error that was reported from within this request, with the id under which; absent until there is one. */
  reported: Map<unknown, string> | undefined;
  /** The id in the answer of a 5xx. */
  errorId: string | undefined;
  /** What the error budget said, by event id; absent until it was asked. */
  verdicts: Map<string, Verdict> | undefined;
  scope: Scope | undefined;
  span: Span | undefined;
  /** Its place in the trace, for moments outside of its own context. */
  trace: PropagationContext | undefined;
  /** How many events and breadcrumbs there were. */
  noted: number;
  /** The newest last; absent until there is one. */
  recentEvents: RecentEvent[] | undefined;
  /** The same of breadcrumbs. */
  notes: Note[] | undefined;
  /** Whether its 5xx was reported: what fails while the answer to it is made is part of the same incident. */
  isReported: boolean;
  /** Refused before any handler saw it, as the process was too busy: answered 5xx, but no incident of the code. */
  isRefused: boolean;
  /** Runs a function in the request's own context, for moments at which Node has lost it. */
  enter: (<T>(fn: () => T) => T) | undefined;
}

/**
 * A property of the scope, not a WeakMap beside it: V8 lets go of the entries of one only in a full collection, so that every request
 * left a kilobyte behind and each young collection took 8 ms (measured at 9,000 requests a second).
 */
const STATE = Symbol('request state');

type ScopeWithState = Scope & { [STATE]?: RequestState };

export function createRequestState(): RequestState {
  return {
    error: undefined,
    hasError: false,
    reported: undefined,
    errorId: undefined,
    verdicts: undefined,
    scope: undefined,
    span: undefined,
    trace: undefined,
    noted: 0,
    recentEvents: undefined,
    notes: undefined,
    isReported: false,
    isRefused: false,
    enter: undefined,
  };
}

/** Lets functions that know only the current scope find the request's state. */
export function attachState(scope: Scope, state: RequestState): void {
  state.scope = scope;
  (scope as ScopeWithState)[STATE] = state;
}

export function stateOf(scope: Scope): RequestState | undefined {
  return (scope as ScopeWithState)[STATE];
}

/**
 * Seconds since the epoch for a breadcrumb: the clock's milliseconds, and a part of one by which those of the same millisecond stay in order.
 *
 * @param time milliseconds since the epoch.
 */
export function breadcrumbTime(time: number, order: number): number {
  return (time + (order % 1000) / 1000) / 1000;
}

/** Remembers under which id an error was reported. */
export function rememberReport(state: RequestState, error: unknown, eventId: string): void {
  state.reported ??= new Map();
  state.reported.set(error, eventId);
}

/** The id under which an error, or one that it was made from, was already reported. */
export function reportedAs(state: RequestState, error: unknown): string | undefined {
  let current = error;
  // Causes can form a ring.
  for (let depth = 0; depth < 10; depth++) {
    const id = state.reported?.get(current);
    if (id !== undefined) return id;
    current = causeOf(current);
    if (current === undefined) return undefined;
  }
  return undefined;
}

function causeOf(error: unknown): unknown {
  try {
    return typeof error === 'object' && error !== null ? (error as { cause?: unknown }).cause : undefined;
  } catch {
    // A getter that refuses.
    return undefined;
  }
}
