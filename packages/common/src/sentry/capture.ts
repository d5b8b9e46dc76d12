import { getDefaultIsolationScope, uuid4 } from '@sentry/core';
import * as Sentry from '@sentry/node';
import { scrubText } from '../shared/index.ts';
import { warnOnce } from '../warn-once.ts';
import { plannedContext } from './allow-list.ts';
import { reportedAs, stateOf } from './request-state.ts';
import { sentryState } from './state.ts';

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
  const state = sentryState.isOn ? stateOf(Sentry.getIsolationScope()) : undefined;
  const known = state && reportedAs(state, error);
  if (known !== undefined) return known;
  const eventId = uuid4();
  if (!sentryState.isOn) return eventId;
  state?.reported.set(error, eventId);
  report(error, eventId, context);
  return eventId;
}

/** Hands an error to the SDK under an id of our own. */
export function report(error: unknown, eventId: string, context?: Readonly<Record<string, unknown>>): void {
  try {
    Sentry.captureException(error, {
      event_id: eventId,
      captureContext: context === undefined ? {} : { extra: plannedContext(context) },
    });
  } catch {
    // An error object with hostile getters; the caller has troubles enough.
    warnOnce('An error could not be reported: reading it threw.');
  }
}

/** Reports a sentence instead of an error. Same rules as {@link captureException}. */
export function captureMessage(
  message: string,
  level: MessageLevel = 'info',
  context?: Readonly<Record<string, unknown>>,
): string {
  if (!sentryState.isOn) return uuid4();
  try {
    return Sentry.captureMessage(scrubText(String(message)), {
      level,
      ...(context && { extra: plannedContext(context) }),
    });
  } catch {
    warnOnce('A message could not be reported: reading it threw.');
    return uuid4();
  }
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
  scope.setUser({ id: String(user?.id) });
}

/**
 * Leaves a note that is attached to later errors of the same request.
 *
 * @param data values under keys of the plan's context list; others are left out and counted.
 */
export function addBreadcrumb(message: string, data?: Readonly<Record<string, unknown>>): void {
  if (!sentryState.isOn) return;
  try {
    Sentry.addBreadcrumb({
      message: String(message),
      timestamp: Date.now() / 1000,
      ...(data && { data: { ...data } }),
    });
  } catch {
    warnOnce('A breadcrumb could not be added: reading its data threw.');
  }
}
