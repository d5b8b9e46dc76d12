import type { ErrorEvent, EventHint, Scope } from '@sentry/node';
import type { Verdict } from './rate-limit.ts';
import { type RequestState, reportedAs, stateOf } from './request-state.ts';
import { sentryState } from './state.ts';
import { budgetContext } from './summary.ts';

/** What the budget says of an error: asked once for each id, as the answer of a request is written before its error is reported. */
export function verdictOn(error: unknown, eventId: string, scope: Scope): Verdict {
  const answered = stateOf(scope)?.answered;
  if (answered?.eventId === eventId && answered.verdict) return answered.verdict;
  return sentryState.budget.judge(error, eventId, placeOf(scope));
}

/** What the budget says of the error that a request is about to answer; `undefined` when it will not be reported. */
export function verdictOfAnswer(state: RequestState | null, error: unknown, errorId: string): Verdict | undefined {
  if (!state?.scope || state.isRefused) return undefined;
  const thrown = state.hasError ? state.error : error;
  const earlier = state.answered ?? reportedAs(state, thrown);
  if (earlier?.eventId === errorId) return earlier.verdict;
  if (state.isReported) return undefined;
  const verdict = verdictOn(thrown, errorId, state.scope);
  state.answered = { eventId: errorId, verdict, at: Date.now() };
  return verdict;
}

/** What the log says of a suppressed error: under which fingerprint its like can be found. */
export function suppressedLine({ fingerprint }: Verdict, errorId: string) {
  return { errorId, fingerprint, suppressed: true };
}

/**
 * Asks about events that went past our functions; `null` for one that is suppressed. What ends the process is always sent. Runs in `beforeSend`,
 * so here the event has cost its time already, but not its place in the quota.
 */
export function admit(event: ErrorEvent, hint: EventHint): ErrorEvent | null {
  const { budget } = sentryState;
  if (event.event_id === undefined || budget.expects(event.event_id)) return event;
  const cause = hint.originalException ?? event.message;
  const verdict = budget.judge(cause, event.event_id, event.transaction, event.level === 'fatal');
  if (verdict.isSuppressed) return null;
  const { tags, contexts } = budgetContext(verdict);
  return { ...event, tags: { ...event.tags, ...tags }, contexts: { ...event.contexts, ...contexts } };
}

/** Route or job. */
export function placeOf(scope: Scope): string | undefined {
  return scope.getScopeData().transactionName;
}
