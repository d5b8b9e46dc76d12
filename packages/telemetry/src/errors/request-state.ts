import { getDefaultIsolationScope, type PropagationContext } from '@sentry/core';
import {
  type Breadcrumb,
  type Event,
  getActiveSpan,
  getCurrentScope,
  getIsolationScope,
  type Scope,
  type Span,
} from '@sentry/node';
import type { Verdict } from './rate-limit.ts';

/** Product events and breadcrumbs that an error carries; the second is the SDK's own limit. */
const MAX_EVENTS = 20;
const MAX_NOTES = 100;
/** More of a message is not sent either. */
const MAX_NOTE_LENGTH = 16_384;
/** Texts and numbers among the reported errors that are remembered. */
const MAX_PRIMITIVES = 10;
/** Chains of causes can form a ring. */
const MAX_CAUSES = 10;

/** What became of an error. */
export interface Report {
  readonly eventId: string;
  /** What the budget said; `undefined` when it could not be asked. */
  readonly verdict: Verdict | undefined;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Reported errors: objects as long as others hold them, of other values the newest 10. */
export interface Reports {
  remember(error: unknown, report: Report): void;
  find(error: unknown): Report | undefined;
  readonly latest: Report | undefined;
}

interface Moment {
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** The number among the events and breadcrumbs of the request. */
  readonly order: number;
}

/** A product event. */
interface RecentEvent extends Moment {
  readonly name: string;
  readonly properties: unknown;
}

/** A breadcrumb. */
interface Note extends Moment {
  readonly message: string;
  readonly data: Readonly<Record<string, unknown>> | undefined;
}

/** The SDK's scopes of a request or job. */
export interface ScopesOfState {
  /** Made when it is asked for. */
  readonly isolationScope: Scope;
  /** The isolation scope if there is one already. */
  readonly made: Scope | undefined;
  rename(transactionName: string): void;
}

/** The state of one request or job while it runs. */
export interface RequestState {
  /** The error that will be answered, remembered before any handler can change or hide it. */
  error: unknown;
  hasError: boolean;
  /** Errors that were reported from within this request; absent until there is one. */
  reports: Reports | undefined;
  /** The id in the answer of a 5xx. */
  errorId: string | undefined;
  /** The verdict on the error that is answered. */
  answered: Report | undefined;
  /** Absent while error tracking is off. */
  scopes: ScopesOfState | undefined;
  span: Span | undefined;
  /** The place in the trace, for moments outside of the request's own context. */
  trace: PropagationContext | undefined;
  /** Number of events and breadcrumbs so far. */
  noted: number;
  /** The newest last; absent until there is one. */
  recentEvents: RecentEvent[] | undefined;
  notes: Note[] | undefined;
  /** Whether the 5xx was reported: a failure while it is answered is part of the same incident. */
  isReported: boolean;
  /** Refused before any handler saw it, because the process was too busy: answered 5xx, but no incident of the code. */
  isRefused: boolean;
  /** Milliseconds since the epoch; `undefined` while it runs. */
  endedAt: number | undefined;
}

export function createRequestState(): RequestState {
  return {
    error: undefined,
    hasError: false,
    reports: undefined,
    errorId: undefined,
    answered: undefined,
    scopes: undefined,
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

/**
 * A property of the scope instead of a WeakMap: V8 lets go of the entries of one only in a full collection, so that every request left a
 * kilobyte behind and each young collection took 8 ms (measured at 9,000 requests a second).
 */
const STATE = Symbol('request state');

type ScopeWithState = Scope & { [STATE]?: RequestState | undefined };

/** Lets functions that know only a scope find the request's state. */
export function attachState(scope: Scope, state: RequestState): void {
  (scope as ScopeWithState)[STATE] = state;
}

export function stateOf(scope: Scope): RequestState | undefined {
  return (scope as ScopeWithState)[STATE];
}

/**
 * Ends a request or job: work that still runs in its scope, such as an interval that it has started, no longer belongs to it. Later errors keep the
 * route and the trace, and have neither its user nor its breadcrumbs.
 */
export function endState(state: RequestState): void {
  state.endedAt = Date.now();
  const scope = state.scopes?.made as ScopeWithState | undefined;
  if (!scope) return;
  scope[STATE] = undefined;
  scope.setUser({}).clearBreadcrumbs();
}

export function createReports(): Reports {
  const objects = new WeakMap<object, Report>();
  const primitives = new Map<unknown, Report>();
  let latest: Report | undefined;
  return {
    remember(error, report) {
      latest = report;
      if (typeof error === 'object' && error !== null) return void objects.set(error, report);
      primitives.delete(error);
      primitives.set(error, report);
      if (primitives.size > MAX_PRIMITIVES) primitives.delete(primitives.keys().next().value);
    },
    find: (error) => (typeof error === 'object' && error !== null ? objects.get(error) : primitives.get(error)),
    get latest() {
      return latest;
    },
  };
}

export function rememberReport(state: RequestState, error: unknown, report: Report): void {
  state.reports ??= createReports();
  state.reports.remember(error, report);
}

/** Returns the report of an error, or of one of its causes. */
export function reportedAs(state: RequestState, error: unknown): Report | undefined {
  let current = error;
  for (let depth = 0; depth < MAX_CAUSES && state.reports; depth++) {
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

/**
 * Remembers a product event for errors of the same request. Builds nothing, because it runs for every event: {@link addHistory} does.
 *
 * @param time milliseconds since the epoch.
 * @returns the id of the current trace; `undefined` outside of any request or job.
 */
export function noteEvent(
  state: RequestState | undefined,
  name: string,
  time: number,
  properties: unknown,
): string | undefined {
  if (state === undefined) return traceIdIn(getIsolationScope());
  state.recentEvents ??= [];
  keep(state.recentEvents, { name, time, order: state.noted++, properties }, MAX_EVENTS);
  return state.trace?.traceId;
}

/** Outside of any isolation scope the SDK's trace is that of the process. */
function traceIdIn(scope: Scope): string | undefined {
  if (scope === getDefaultIsolationScope()) return undefined;
  return getActiveSpan()?.spanContext().traceId ?? getCurrentScope().getPropagationContext().traceId;
}

/** Remembers a breadcrumb for errors of the same request. The SDK would copy each at once (7 % of the cost of a scan), though hardly one is ever sent. */
export function noteBreadcrumb(state: RequestState, message: string, data: Note['data']): void {
  state.notes ??= [];
  const text = message.length > MAX_NOTE_LENGTH ? shortened(message) : message;
  keep(state.notes, { message: text, time: Date.now(), order: state.noted++, data }, MAX_NOTES);
}

/** A copy: a part of a text would keep the whole of it in memory. */
function shortened(text: string): string {
  return Buffer.from(text.slice(0, MAX_NOTE_LENGTH), 'utf16le').toString('utf16le');
}

/** Cuts back only when twice as many have gathered, because a cut moves the whole list. */
function keep<T>(list: T[], item: T, max: number): void {
  if (list.length === 2 * max) list.splice(0, max);
  list.push(item);
}

/**
 * Adds to an error the breadcrumbs and product events of its request that came before it.
 *
 * @param idKeys the properties of a product event that its breadcrumb shows: ids of things, never of people.
 */
export function addHistory<E extends Event>(event: E, idKeys: readonly string[]): E {
  const { state } = (event.sdkProcessingMetadata?.['observability'] ?? {}) as { state?: RequestState };
  if (!state?.recentEvents && !state?.notes) return event;
  // An event is sent a moment after the error: what was tracked meanwhile is not its history.
  const until = (event.timestamp ?? Number.POSITIVE_INFINITY) * 1000;
  // Of work that the request has left running.
  if (state.endedAt !== undefined && until > state.endedAt + 1) return event;
  const isEarlier = ({ time }: Moment) => time <= until;
  const breadcrumbs = [
    ...(event.breadcrumbs ?? []),
    ...(state.notes ?? []).filter(isEarlier).slice(-MAX_NOTES).map(fromNote),
    ...(state.recentEvents ?? [])
      .filter(isEarlier)
      .slice(-MAX_EVENTS)
      .map((recent) => fromEvent(recent, idKeys)),
  ];
  event.breadcrumbs = breadcrumbs.sort((one, other) => (one.timestamp ?? 0) - (other.timestamp ?? 0));
  return event;
}

function fromNote({ message, data, ...moment }: Note): Breadcrumb {
  return { message, timestamp: timestampOf(moment), ...(data && { data }) };
}

function fromEvent({ name, properties, ...moment }: RecentEvent, idKeys: readonly string[]): Breadcrumb {
  const data: Record<string, string> = {};
  try {
    for (const key of idKeys) {
      const value = ((properties ?? {}) as Record<string, unknown>)[key];
      if (typeof value === 'string') data[key] = value;
    }
  } catch {
    // A proxy that refuses to be read.
  }
  return { category: 'product_event', level: 'info', message: name, timestamp: timestampOf(moment), data };
}

/** Seconds since the epoch, with a part of a millisecond that keeps those of the same millisecond in order. */
function timestampOf({ time, order }: Moment): number {
  return (time + (order % 1000) / 1000) / 1000;
}
