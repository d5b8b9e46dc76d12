import * as Sentry from '@sentry/node';
import { attachState, createRequestState, endState, type RequestState } from './request-state.ts';
import { sentryState } from './state.ts';

/** A unit of background work; `trace` is what `Sentry.getTraceData()` gave when the job was made. */
export interface Job {
  readonly name: string;
  readonly trace?: { readonly 'sentry-trace'?: string; readonly baggage?: string };
}

/**
 * Runs a job in a context of its own, in the trace of the request that made it. Without it a worker reports each job as another job's user,
 * and the last job's user leaks into later requests.
 */
export function withJobContext<T>(job: Job, fn: () => T): T {
  if (!sentryState.isOn) return fn();
  const { name, sentryTrace, baggage } = readJob(job);
  return Sentry.withIsolationScope((scope) => {
    const state = createRequestState();
    attachState(scope, state);
    scope.clearBreadcrumbs();
    scope.setTransactionName(name);
    scope.setSDKProcessingMetadata({ observability: { state } });
    const run = () => {
      state.trace = Sentry.getCurrentScope().getPropagationContext();
      return Sentry.startSpan({ name, op: 'queue.process' }, fn);
    };
    // Without a trace of its own the job would otherwise join the trace of the process.
    return endingWith(() => Sentry.continueTrace({ sentryTrace, baggage }, run), state);
  });
}

/** Ends the job's state with the job, which may be asynchronous. */
function endingWith<T>(run: () => T, state: RequestState): T {
  let isRunning = false;
  const end = () => endState(state);
  try {
    const result = run();
    if (isThenable(result)) {
      isRunning = true;
      result.then(end, end);
    }
    return result;
  } finally {
    if (!isRunning) end();
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

/** Whatever describes it, the job itself must run. */
function readJob(job: Job) {
  try {
    const { name, trace } = job;
    return { name: String(name), sentryTrace: textOf(trace?.['sentry-trace']), baggage: textOf(trace?.baggage) };
  } catch {
    return { name: 'job', sentryTrace: undefined, baggage: undefined };
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
