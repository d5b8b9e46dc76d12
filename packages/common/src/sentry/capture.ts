import { getDefaultIsolationScope, uuid4 } from '@sentry/core';
import * as Sentry from '@sentry/node';
import { warnOnce } from '../warn-once.ts';
import { plannedContext } from './allow-list.ts';
import { budgetContext } from './budget/summary.ts';
import type { Verdict } from './error-budget.ts';
import { noteBreadcrumb } from './recent-events.ts';
import { rememberReport, reportedAs, stateOf } from './request-state.ts';
import { sentryState } from './state.ts';
import { verdictOn } from './verdict.ts';

/** How bad a message is. */
export type MessageLevel = 'info' | 'warning' | 'error';

/**
 * Reports an error. Synchronous, never throws. An error that was already reported within the same request is not reported again.
 *
 * @param error anything that was thrown.
 * @param context values under keys of the plan's context list; others are left out and counted.
 * @returns the event id, 32 hex digits, to show to people; also when error tracking is off.
 */
export function captureException(error: unknown, context?: Readonly<Record<string, unknown>>): string {
  if (!sentryState.isOn) return keepOrRefuse((eventId) => report(error, eventId, context));
  const state = stateOf(Sentry.getIsolationScope());
  const known = state ? reportedAs(state, error) : reportedOutside.get(error as object);
  if (known !== undefined) return known;
  const eventId = uuid4();
  if (state) rememberReport(state, error, eventId);
  else if (typeof error === 'object' && error !== null) reportedOutside.set(error, eventId);
  report(error, eventId, context);
  return eventId;
}

/** Returns an id for what cannot be sent now: it is kept before `initializeSentry`, and counted after `closeObservability`. */
function keepOrRefuse(send: (eventId: string) => void): string {
  const eventId = uuid4();
  if (sentryState.closed) {
    sentryState.closed.drop('sentry', 'closed');
    warnOnce('An error was reported after closeObservability: it was not sent, and is counted as closed.');
  } else sentryState.early.keep(() => send(eventId));
  return eventId;
}

/** Errors that were reported outside of any request or job. */
const reportedOutside = new WeakMap<object, string>();

/** Hands an error to the SDK under an id of our own, if it is worth an event. */
export function report(error: unknown, eventId: string, context?: Readonly<Record<string, unknown>>): void {
  try {
    const verdict = verdictOn(error, eventId, Sentry.getIsolationScope());
    if (verdict.isSuppressed) return;
    // One error object may be thrown by many requests; the SDK would skip all but the first.
    unmarkCaptured(error);
    const hint = { event_id: eventId, captureContext: captureContext(verdict, context) };
    Sentry.captureException(isReadable(error) ? error : new Error('An error that refuses to be read'), hint);
  } catch {
    // An error object with hostile getters; the caller has troubles enough.
    sentryState.budget.fail(eventId);
    warnOnce('An error could not be reported: reading it threw.');
  }
}

function captureContext(verdict: Verdict, context: Readonly<Record<string, unknown>> | undefined) {
  return { ...budgetContext(verdict), ...(context && { extra: plannedContext(context) }) };
}

/** The SDK throws at one that is not, and from then on waits for it at every flush. */
function isReadable(error: unknown): boolean {
  try {
    const { name, message, stack, cause } = Object(error) as Error;
    void [name, message, stack, cause];
    return true;
  } catch {
    return false;
  }
}

/** @see `checkOrSetAlreadyCaught` in `@sentry/core` */
function unmarkCaptured(error: unknown): void {
  if (typeof error === 'object' && error !== null && '__sentry_captured__' in error) delete error.__sentry_captured__;
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
    warnOnce('A message could not be reported: reading it threw.');
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
 * Says whose request (or job) this is. Outside of one it warns and does nothing: set on the process, the name of one person would land on
 * the errors of others.
 */
export function setUserContext(user: UserContext): void {
  if (!sentryState.isOn) return;
  const scope = Sentry.getIsolationScope();
  if (scope === getDefaultIsolationScope()) {
    warnOnce(
      'setUserContext was called outside of a request: nothing was set. In a worker, wrap the job in withJobContext.',
    );
    return;
  }
  try {
    const id: unknown = user?.id;
    if (typeof id === 'string' || typeof id === 'number') scope.setUser({ id: String(id) });
    else warnOnce('setUserContext expects an object with an id, a text: nothing was set.');
  } catch {
    warnOnce('setUserContext could not read what it was given: nothing was set.');
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
    warnOnce('A breadcrumb could not be added: reading its data threw.');
  }
}
