import type { PropagationContext } from '@sentry/core';
import type { Scope, Span } from '@sentry/node';
import { createReports, type Report, type Reports } from './reports.ts';
import { forgetPerson } from './shared-scope.ts';

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
  /** Errors that were reported from within this request; absent until there is one. */
  reports: Reports | undefined;
  /** The id in the answer of a 5xx. */
  errorId: string | undefined;
  /** What the error budget said of the error that is answered. */
  answered: Report | undefined;
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
  /** When it was over, milliseconds since the epoch; `undefined` while it runs. */
  endedAt: number | undefined;
}

/**
 * A property of the scope, not a WeakMap beside it: V8 lets go of the entries of one only in a full collection, so that every request
 * left a kilobyte behind and each young collection took 8 ms (measured at 9,000 requests a second).
 */
const STATE = Symbol('request state');

type ScopeWithState = Scope & { [STATE]?: RequestState | undefined };

export function createRequestState(): RequestState {
  return {
    error: undefined,
    hasError: false,
    reports: undefined,
    errorId: undefined,
    answered: undefined,
    scope: undefined,
    span: undefined,
    trace: undefined,
    noted: 0,
    recentEvents: undefined,
    notes: undefined,
    isReported: false,
    isRefused: false,
    endedAt: undefined,
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

/**
 * Ends a request or job: what still runs in its scope, such as an interval that it has started, is not of it any more. Later errors keep the route
 * and the trace, and have neither its user nor its breadcrumbs.
 */
export function endState(state: RequestState): void {
  if (!state.scope) return;
  state.endedAt = Date.now();
  (state.scope as ScopeWithState)[STATE] = undefined;
  forgetPerson(state.scope);
}

/** Remembers what became of an error. */
export function rememberReport(state: RequestState, error: unknown, report: Report): void {
  state.reports ??= createReports();
  state.reports.remember(error, report);
}

/** What became of an error, or of one that it was made from, that was already reported. */
export function reportedAs(state: RequestState, error: unknown): Report | undefined {
  let current = error;
  // Causes can form a ring.
  for (let depth = 0; depth < 10 && state.reports; depth++) {
    const report = state.reports.find(current);
    if (report !== undefined) return report;
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
