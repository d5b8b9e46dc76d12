import { type PropagationContext, uuid4 } from '@sentry/core';
import * as Sentry from '@sentry/node';
import type { CaptureParts } from './capture.ts';
import type { Verdict } from './rate-limit.ts';
import { createRequestScopes, type RequestScopes } from './request-scopes.ts';
import {
  attachState,
  createRequestState,
  endState,
  type RequestState,
  rememberReport,
  reportedAs,
} from './request-state.ts';
import type { ErrorsState } from './state.ts';
import { type Caller, createSampler, REQUEST_ORIGIN } from './tracing.ts';

/** A unit of background work; `trace` is the result of `Sentry.getTraceData()` when the job was made. */
export interface Job {
  readonly name: string;
  readonly trace?: { readonly 'sentry-trace'?: string; readonly baggage?: string };
}

/** A request as its context is opened. */
interface OpenedRequest {
  readonly method: string;
  /** Without a query. */
  readonly path: string;
  /** The pattern; `undefined` while it is unknown. */
  readonly route: string | undefined;
  readonly caller: Caller;
  /** Of the span. */
  readonly op: string;
}

/**
 * The contexts of requests, for a server to be built on: a scope of its own, a place in its trace, and at most one error event. An unsampled
 * request costs a few fields: its scopes are made when something first asks for them.
 */
export interface Requests {
  /** The rule for callers of requests that no server has a rule for, kept here because a process has one. */
  mayDecide?: (caller: Caller) => boolean;
  /** Finds where the SDK keeps its scopes. @throws for a version that keeps them elsewhere. */
  prepare(): void;
  /**
   * Runs a function in the context of a new request.
   *
   * @param mayDecide whether a caller's decision to record the trace is followed.
   */
  open<T>(request: OpenedRequest, mayDecide: (caller: Caller) => boolean, fn: (state: RequestState) => T): T;
  /** Runs a function under the scope, the trace and the span of a request, from wherever it is called: a timer, or after the answer. */
  run<T>(state: RequestState | null, fn: () => T): T;
  /** Names the route of a request that was opened without one. */
  setRoute(state: RequestState, method: string, route: string): void;
  /** Remembers the error that will be answered. */
  fail(state: RequestState, error: unknown): void;
  /** Returns the id that the answer shows and the event will have. */
  errorIdOf(state: RequestState | null): string;
  /** Returns the verdict on the error that a request is about to answer; `undefined` when it will not be reported. */
  verdictOf(state: RequestState | null, error: unknown, errorId: string): Verdict | undefined;
  /**
   * Reports the error of a 5xx, once for each request. An error that was already reported from within the request is not reported again.
   *
   * @param name the error of a request that has none, such as `GET /codes answered 503 without an error`.
   * @returns the fields of the log line of a suppressed error that no answer has logged.
   */
  report(state: RequestState, name: () => string): SuppressedLine | undefined;
  /** Ends the span with the status of the answer. */
  endSpan(state: RequestState, statusCode: number): void;
  /** Ends the request: later errors of its scope no longer belong to it. */
  end(state: RequestState): void;
  /**
   * Runs a job in a context of its own, in the trace of the request that made it. Without it a worker reports each job as another job's user, and the last
   * job's user leaks into later requests.
   */
  withJobContext<T>(job: Job, fn: () => T): T;
}

/** The log line of a suppressed error: the fingerprint leads to the event that announces it. */
export interface SuppressedLine {
  readonly errorId: string;
  readonly fingerprint: string | undefined;
  readonly suppressed: true;
}

export function createRequests(state: ErrorsState, capture: Pick<CaptureParts, 'report' | 'verdictOn'>): Requests {
  const sample = createSampler();
  let scopes: RequestScopes | undefined;

  function prepare(): RequestScopes {
    if (scopes) return scopes;
    scopes = createRequestScopes();
    state.currentRequest = scopes.current;
    return scopes;
  }

  function run<T>(request: RequestState | null, fn: () => T): T {
    return request ? prepare().enter(request, fn) : fn();
  }

  function errorIdOf(request: RequestState | null): string {
    if (!request) return uuid4();
    request.errorId ??= (request.hasError ? reportedAs(request, request.error)?.eventId : undefined) ?? uuid4();
    return request.errorId;
  }

  return {
    prepare,
    open({ method, path, route, caller, op }, mayDecide, fn) {
      const request = createRequestState();
      const { context, isSampled } = sample(caller, state.sampleRateOf(route), mayDecide);
      // `sampled: false` also tells services further on, and keeps the SDK from building child spans.
      const trace: PropagationContext = isSampled ? context : { ...context, sampled: false };
      request.trace = trace;
      const transactionName = `${method} ${route ?? '(no route)'}`;
      // One level down, because the SDK copies what is on the first.
      const metadata = { requestData: { method, url: path }, observability: { state: request } };
      return prepare().open(request, { transactionName, trace, metadata }, () => {
        if (!isSampled) return fn(request);
        request.span = Sentry.startInactiveSpan({
          name: transactionName,
          op,
          attributes: {
            'sentry.origin': REQUEST_ORIGIN,
            'sentry.segment.name.source': 'route',
            'http.request.method': method,
            'http.route': route ?? '',
            'url.path': path,
          },
        });
        return Sentry.withActiveSpan(request.span, () => fn(request));
      });
    },
    run,
    setRoute({ scopes, span }, method, route) {
      const name = `${method} ${route}`;
      scopes?.rename(name);
      span?.updateName(name).setAttribute('http.route', route);
    },
    fail(request, error) {
      request.error = error;
      request.hasError = true;
    },
    errorIdOf,
    verdictOf(request, error, errorId) {
      if (!request?.scopes || request.isRefused) return undefined;
      const thrown = request.hasError ? request.error : error;
      const earlier = request.answered ?? reportedAs(request, thrown);
      if (earlier?.eventId === errorId) return earlier.verdict;
      if (request.isReported) return undefined;
      const verdict = capture.verdictOn(thrown, errorId, request.scopes.isolationScope);
      request.answered = { eventId: errorId, verdict, at: Date.now() };
      return verdict;
    },
    report(request, name) {
      if (!request.scopes || request.isRefused || request.isReported) return undefined;
      request.isReported = true;
      const { hasError, reports, answered } = request;
      if (hasError ? reportedAs(request, request.error) !== undefined : reports?.latest !== undefined) return undefined;
      const error = hasError ? request.error : new Error(name());
      const eventId = errorIdOf(request);
      const verdict = run(request, () => capture.report(error, eventId));
      rememberReport(request, error, { eventId, verdict, at: Date.now() });
      return verdict?.isSuppressed && answered?.eventId !== eventId ? suppressedLine(verdict, eventId) : undefined;
    },
    endSpan(request, statusCode) {
      if (!request.span) return;
      Sentry.setHttpStatus(request.span, statusCode);
      request.span.end();
      request.span = undefined;
    },
    end: endState,
    withJobContext(job, fn) {
      if (!state.isOn) return fn();
      const { name, sentryTrace, baggage } = readJob(job);
      return Sentry.withIsolationScope((scope) => {
        const request = createRequestState();
        request.scopes = {
          isolationScope: scope,
          made: scope,
          rename: (title) => void scope.setTransactionName(title),
        };
        attachState(scope, request);
        scope.clearBreadcrumbs();
        scope.setTransactionName(name);
        scope.setSDKProcessingMetadata({ observability: { state: request } });
        const work = () => {
          request.trace = Sentry.getCurrentScope().getPropagationContext();
          return Sentry.startSpan({ name, op: 'queue.process' }, fn);
        };
        // Without a trace of its own the job would join the trace of the process.
        return endingWith(() => Sentry.continueTrace({ sentryTrace, baggage }, work), request);
      });
    },
  };
}

export function suppressedLine({ fingerprint }: Verdict, errorId: string): SuppressedLine {
  return { errorId, fingerprint, suppressed: true };
}

/** Ends the job's state with the job, which may be asynchronous. */
function endingWith<T>(work: () => T, request: RequestState): T {
  let isRunning = false;
  const end = () => endState(request);
  try {
    const result = work();
    if (isThenable(result)) {
      isRunning = true;
      result.then(end, end);
    }
    return result;
  } finally {
    if (!isRunning) end();
  }
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

/** Whatever describes it, the job itself must run. */
function readJob(job: Job) {
  const textOf = (value: unknown) => (typeof value === 'string' ? value : undefined);
  try {
    const { name, trace } = job;
    return { name: String(name), sentryTrace: textOf(trace?.['sentry-trace']), baggage: textOf(trace?.baggage) };
  } catch {
    return { name: 'job', sentryTrace: undefined, baggage: undefined };
  }
}
