import { getDefaultIsolationScope, uuid4 } from '@sentry/core';
import * as Sentry from '@sentry/node';
import { usableIdOf } from '../analytics/identity.ts';
import { core } from '../instance.ts';
import { plannedContext } from './allow-list.ts';
import { budgetContext } from './budget/summary.ts';
import type { Verdict } from './error-budget.ts';
import { noteBreadcrumb } from './recent-events.ts';
import { toReportable } from './reportable-error.ts';
import { rememberReport, stateOf } from './request-state.ts';
import { sentryState } from './state.ts';
import { placeOf, verdictOn } from './verdict.ts';

/** How bad a message is. */
export type MessageLevel = 'info' | 'warning' | 'error';

/**
 * Reports an error. Synchronous, never throws. The same error object, captured again within a minute in the same request or job (or outside of
 * any), is not reported again; a text is, each time.
 *
 * @param error anything that was thrown.
 * @param context values under keys of the plan's context list; others are left out and counted.
 * @returns the event id, 32 hex digits, to show to people; also when error tracking is off.
 */
export function captureException(error: unknown, context?: Readonly<Record<string, unknown>>): string {
  if (!sentryState.isOn) return keepOrRefuse((eventId) => report(error, eventId, context));
  const state = stateOf(Sentry.getIsolationScope());
  const known =
    typeof error === 'object' ? (state ? state.reports : sentryState.reportsOutside)?.find(error) : undefined;
  if (known !== undefined && Date.now() - known.at < AGAIN_AFTER_MS) return known.eventId;
  const eventId = uuid4();
  const verdict = report(error, eventId, context);
  const made = { eventId, verdict, at: Date.now() };
  if (state) rememberReport(state, error, made);
  else if (typeof error === 'object' && error !== null) sentryState.reportsOutside.remember(error, made);
  return eventId;
}

/** Returns an id for what cannot be sent now: it is kept before `initializeSentry`, and counted after `closeObservability`. */
function keepOrRefuse(send: (eventId: string) => void): string {
  const eventId = uuid4();
  if (sentryState.closed) {
    sentryState.closed.drop('sentry', 'closed');
    core.warnOnce('An error was reported after closeObservability: it was not sent, and is counted as closed.');
  } else sentryState.early.keep(() => send(eventId));
  return eventId;
}

/** An error that comes again later is another failure: of an object that is made once and thrown often. */
const AGAIN_AFTER_MS = 60_000;

/** Hands an error to the SDK under an id of our own, if it is worth an event. Returns what the budget said. */
export function report(
  error: unknown,
  eventId: string,
  context?: Readonly<Record<string, unknown>>,
): Verdict | undefined {
  try {
    const scope = Sentry.getIsolationScope();
    const verdict = verdictOn(error, eventId, scope);
    if (verdict.isSuppressed) return verdict;
    const hint = { event_id: eventId, captureContext: captureContext(verdict, context) };
    Sentry.captureException(unmarkCaptured(error) ? error : toReportable(error, { place: placeOf(scope) }), hint);
    return verdict;
  } catch {
    // What the SDK does not withstand; the caller has troubles enough.
    sentryState.budget.fail(eventId);
    core.warnOnce('An error could not be reported: reading it threw.');
    return undefined;
  }
}

function captureContext(verdict: Verdict, context: Readonly<Record<string, unknown>> | undefined) {
  return { ...budgetContext(verdict), ...(context && { extra: plannedContext(context) }) };
}

/**
 * Takes the SDK's mark off an error: one object may be thrown by many requests, and the SDK would skip all but the first. Returns `false` for one
 * that refuses.
 *
 * @see `checkOrSetAlreadyCaught` in `@sentry/core`
 */
function unmarkCaptured(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return true;
  try {
    if ('__sentry_captured__' in error) delete error.__sentry_captured__;
    return true;
  } catch {
    return false;
  }
}

/** Reports a sentence instead of an error. Same rules as {@link captureException}. */
export function captureMessage(
  message: string,
  level: MessageLevel = 'info',
  context?: Readonly<Record<string, unknown>>,
): string {
  if (!sentryState.isOn) return keepOrRefuse((eventId) => reportMessage(message, level, eventId, context));
  return reportMessage(message, level, uuid4(), context);
}

function reportMessage(
  message: string,
  level: MessageLevel,
  eventId: string,
  context: Readonly<Record<string, unknown>> | undefined,
): string {
  try {
    const text = sentryState.scrubber.scrubText(String(message));
    const verdict = verdictOn(text, eventId, Sentry.getIsolationScope());
    if (verdict.isSuppressed) return eventId;
    const hint = { event_id: eventId, captureContext: captureContext(verdict, context) };
    Sentry.getCurrentScope().captureMessage(text, level, hint);
  } catch {
    sentryState.budget.fail(eventId);
    core.warnOnce('A message could not be reported: reading it threw.');
  }
  return eventId;
}

/** Who the request is of. Only the id is kept; an e-mail address or name never leaves. */
export interface UserContext {
  readonly id: string;
  readonly email?: string;
  readonly username?: string;
}

/**
 * Says whose request (or job) this is; `null` for nobody, as after a log-out. Outside of one it warns and does nothing: set on the process, the
 * name of one person would land on the errors of others.
 */
export function setUserContext(user: UserContext | null): void {
  if (!sentryState.isOn) return;
  const scope = Sentry.getIsolationScope();
  if (scope === getDefaultIsolationScope()) {
    core.warnOnce(
      'setUserContext was called outside of a request: nothing was set. In a worker, wrap the job in withJobContext.',
    );
    return;
  }
  try {
    if (user === null || user === undefined) return void scope.setUser(null);
    const id = usableIdOf(user.id);
    if (id !== undefined && id !== '') scope.setUser({ id });
    else core.warnOnce('setUserContext expects an object with the id of a user, a text: nothing was set.');
  } catch {
    core.warnOnce('setUserContext could not read what it was given: nothing was set.');
  }
}

/**
 * Leaves a note that is attached to later errors of the same request.
 *
 * @param data values under keys of the plan's context list; others are left out and counted.
 */
export function addBreadcrumb(message: string, data?: Readonly<Record<string, unknown>>): void {
  if (!sentryState.isOn) return;
  const state = stateOf(Sentry.getIsolationScope());
  try {
    if (state) noteBreadcrumb(state, String(message), data && { ...data });
    else Sentry.addBreadcrumb({ message: String(message), ...(data && { data: { ...data } }) });
  } catch {
    core.warnOnce('A breadcrumb could not be added: reading its data threw.');
  }
}
