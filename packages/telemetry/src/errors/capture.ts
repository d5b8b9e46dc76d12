import { getDefaultIsolationScope, type Scope, uuid4 } from '@sentry/core';
import * as Sentry from '@sentry/node';
import { usableIdOf } from '../analytics/ids.ts';
import type { Summary, Verdict } from './rate-limit.ts';
import { toReportable } from './reportable-error.ts';
import { createReports, noteBreadcrumb, rememberReport, stateOf } from './request-state.ts';
import type { ErrorsState } from './state.ts';

/** How bad a message is. */
export type MessageLevel = 'info' | 'warning' | 'error';

/** The user of a request. Only the id is kept; an e-mail address or name never leaves. */
export interface UserContext {
  readonly id: string;
  readonly email?: string;
  readonly username?: string;
}

type Context = Readonly<Record<string, unknown>>;

/** An error that comes again later is another failure, of an object that is made once and thrown often. */
const AGAIN_AFTER_MS = 60_000;
/** Errors kept before the start: one that fails in a loop must not fill the memory. */
const MAX_EARLY = 100;

/** The calls that report. All are synchronous and never throw. */
export interface Capture {
  /**
   * Reports an error. The same error object, captured again within a minute in the same request or job (or outside of any), is not reported again;
   * a text is, each time.
   *
   * @param error anything that was thrown.
   * @param context values under keys of the plan's context list; others are left out and counted.
   * @returns the event id, 32 hex digits, to show to people; also when error tracking is off.
   */
  captureException(error: unknown, context?: Context): string;
  /** Reports a sentence instead of an error. Same rules as `captureException`. */
  captureMessage(message: string, level?: MessageLevel, context?: Context): string;
  /**
   * Sets the user of the request (or job); `null` for nobody, as after a log-out. Outside of one it warns and does nothing: set on the process, the
   * name of one person would land on the errors of others.
   */
  setUserContext(user: UserContext | null): void;
  /**
   * Adds a breadcrumb to later errors of the same request.
   *
   * @param data values under keys of the plan's context list; others are left out and counted.
   */
  addBreadcrumb(message: string, data?: Context): void;
}

/** {@link Capture}, and its parts for the rest of the error half. */
export interface CaptureParts extends Capture {
  /** Asks the budget about an error and gives it to the SDK under this id unless it is suppressed. Returns the verdict. */
  report(error: unknown, eventId: string, context?: Context): Verdict | undefined;
  /** Returns the verdict on the error with this id in a scope: that of its answer when there is one. */
  verdictOn(error: unknown, eventId: string, scope: Scope): Verdict;
  /**
   * Asks the budget about an event that did not come through `report`, such as one of `Sentry.captureException`; `null` for a suppressed one. An error
   * that ends the process is always sent. By now the event has cost its time, but not its place in the quota.
   */
  admit(event: Sentry.ErrorEvent, hint: Sentry.EventHint): Sentry.ErrorEvent | null;
  readonly early: EarlyErrors;
}

/** Errors and messages that were captured before the start. */
interface EarlyErrors {
  stats(): { readonly kept: number; readonly dropped: number };
  /** Error tracking is off: keeps nothing any more. */
  discard(): void;
  /** Error tracking is on: reports them, and returns how many were dropped. */
  replay(): number;
}

export function createCapture(state: ErrorsState): CaptureParts {
  const { warnOnce } = state.core;
  const reportsOutside = createReports();
  let early: (() => void)[] = [];
  let droppedEarly = 0;
  let isDecided = false;

  function discard(): void {
    isDecided = true;
    early = [];
    droppedEarly = 0;
  }

  /** Returns an id for an error that cannot be sent now: it is kept before the start, and counted after the end. */
  function keepOrRefuse(send: (eventId: string) => void): string {
    const eventId = uuid4();
    if (state.closed) {
      state.closed.drop('sentry', 'closed');
      warnOnce('An error was reported after closeObservability: it was not sent, and is counted as closed.');
    } else if (!isDecided && early.length < MAX_EARLY) early.push(() => send(eventId));
    else if (!isDecided) {
      droppedEarly++;
      warnOnce(
        `More than ${MAX_EARLY} errors came before initializeSentry: the rest are lost, and counted as not_initialized. Call initializeSentry first.`,
      );
    }
    return eventId;
  }

  function verdictOn(error: unknown, eventId: string, scope: Scope): Verdict {
    const answered = stateOf(scope)?.answered;
    // The answer of a request is written before its error is reported.
    if (answered?.eventId === eventId && answered.verdict) return answered.verdict;
    return state.budget.judge(error, eventId, placeOf(scope));
  }

  function admit(event: Sentry.ErrorEvent, hint: Sentry.EventHint): Sentry.ErrorEvent | null {
    if (event.event_id === undefined || state.budget.expects(event.event_id)) return event;
    const cause = hint.originalException ?? event.message;
    const verdict = state.budget.judge(cause, event.event_id, event.transaction, event.level === 'fatal');
    if (verdict.isSuppressed) return null;
    const { tags, contexts } = budgetContext(verdict);
    return { ...event, tags: { ...event.tags, ...tags }, contexts: { ...event.contexts, ...contexts } };
  }

  function report(error: unknown, eventId: string, context?: Context): Verdict | undefined {
    try {
      const scope = Sentry.getIsolationScope();
      const verdict = verdictOn(error, eventId, scope);
      if (verdict.isSuppressed) return verdict;
      const hint = { event_id: eventId, captureContext: captureContext(verdict, context) };
      Sentry.captureException(unmarkCaptured(error) ? error : toReportable(error, { place: placeOf(scope) }), hint);
      return verdict;
    } catch {
      // What the SDK does not withstand; the caller has troubles enough.
      state.budget.fail(eventId);
      warnOnce('An error could not be reported: reading it threw.');
      return undefined;
    }
  }

  function reportMessage(message: string, level: MessageLevel, eventId: string, context: Context | undefined): void {
    try {
      const text = String(message);
      const verdict = verdictOn(text, eventId, Sentry.getIsolationScope());
      if (verdict.isSuppressed) return;
      const hint = { event_id: eventId, captureContext: captureContext(verdict, context) };
      Sentry.getCurrentScope().captureMessage(text, level, hint);
    } catch {
      state.budget.fail(eventId);
      warnOnce('A message could not be reported: reading it threw.');
    }
  }

  function captureContext(verdict: Verdict, context: Context | undefined) {
    // A copy of the planned part: the caller may change the object before the SDK has read the source lines.
    return { ...budgetContext(verdict), ...(context && { extra: state.gate.plannedContext(context) }) };
  }

  return {
    captureException(error, context) {
      if (!state.isOn) return keepOrRefuse((eventId) => report(error, eventId, context));
      const request = state.currentRequest();
      const isObject = typeof error === 'object' && error !== null;
      const known = isObject ? (request ? request.reports : reportsOutside)?.find(error) : undefined;
      if (known !== undefined && Date.now() - known.at < AGAIN_AFTER_MS) return known.eventId;
      const eventId = uuid4();
      const made = { eventId, verdict: report(error, eventId, context), at: Date.now() };
      if (request) rememberReport(request, error, made);
      else if (isObject) reportsOutside.remember(error, made);
      return eventId;
    },
    captureMessage(message, level = 'info', context) {
      if (!state.isOn) return keepOrRefuse((eventId) => reportMessage(message, level, eventId, context));
      const eventId = uuid4();
      reportMessage(message, level, eventId, context);
      return eventId;
    },
    setUserContext(user) {
      if (!state.isOn) return;
      const scope = Sentry.getIsolationScope();
      if (scope === getDefaultIsolationScope()) {
        warnOnce(
          'setUserContext was called outside of a request: nothing was set. In a worker, wrap the job in withJobContext.',
        );
        return;
      }
      try {
        if (user === null || user === undefined) return void scope.setUser(null);
        const id = usableIdOf(user.id);
        if (id !== undefined && id !== '') scope.setUser({ id });
        else warnOnce('setUserContext expects an object with the id of a user, a text: nothing was set.');
      } catch {
        warnOnce('setUserContext could not read what it was given: nothing was set.');
      }
    },
    addBreadcrumb(message, data) {
      if (!state.isOn) return;
      const request = state.currentRequest();
      try {
        if (request) noteBreadcrumb(request, String(message), data && { ...data });
        else Sentry.addBreadcrumb({ message: String(message), ...(data && { data: { ...data } }) });
      } catch {
        warnOnce('A breadcrumb could not be added: reading its data threw.');
      }
    },
    report,
    verdictOn,
    admit,
    early: {
      stats: () => ({ kept: early.length, dropped: droppedEarly }),
      discard,
      replay() {
        const [waiting, lost] = [early, droppedEarly];
        discard();
        for (const send of waiting) send();
        return lost;
      },
    },
  };
}

/** Route or job. */
function placeOf(scope: Scope): string | undefined {
  return scope.getScopeData().transactionName;
}

/** The fingerprint under which an event is counted, and the errors that it announces. */
function budgetContext({ fingerprint, suppressed: { count, ids } }: Verdict) {
  return {
    ...(fingerprint !== undefined && { tags: { fingerprint } }),
    ...(count > 0 && { contexts: { suppressed: { count, ids: [...ids] } } }),
  };
}

/** Sends a summary: a message of its own issue, outside of any request. `contexts.suppressed.summary` tells it from an error. */
export function sendSummary({ eventId, fingerprint, title, count, ids }: Summary): void {
  Sentry.withIsolationScope(new Sentry.Scope(), () =>
    Sentry.captureEvent(
      {
        message: `Errors that were only counted: ${title || fingerprint}`,
        level: 'warning',
        fingerprint: ['suppressed', fingerprint],
        tags: { fingerprint },
        contexts: { suppressed: { count, ids: [...ids], summary: true } },
      },
      { event_id: eventId },
    ),
  );
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
