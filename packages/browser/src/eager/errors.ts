import { jsonOf } from './leaving.ts';
import { errorIds, sentryLane } from './page-state.ts';
import { hexId } from './page-trace.ts';
import type { BreadcrumbCall, ExceptionCall } from './sentry.ts';
import { copyOf, factsOf } from './thrown.ts';

/** Different errors that one page reports. Further ones are worth less than they cost; they are counted. */
const MAX_ERRORS = 30;
/** Length of the text that an error is recognised by. */
const MAX_KEY_LENGTH = 2000;

export type ErrorReport = Pick<ExceptionCall, 'error' | 'mechanism' | 'location' | 'componentStack'> & {
  readonly context?: Readonly<Record<string, unknown>>;
};

export interface BreadcrumbOptions {
  readonly message: string;
  readonly category?: BreadcrumbCall['category'];
  readonly data?: Record<string, unknown> | undefined;
}

type Caught = readonly [event: Event, at: number];

declare global {
  /** What the snippet in `<head>` has caught, see `vite/index.ts`. */
  var __early: { push(caught: Caught): unknown } | undefined;
}

/**
 * Reports an error; every error comes this way. An error with the same texts and stack as an earlier one is counted and has the id of the first.
 *
 * @param at when it was thrown. @default now
 * @returns the id that Sentry stores it under; `undefined` when error tracking is off, and for errors beyond the limit of a page, which are counted.
 */
export function reportError(report: ErrorReport, at?: number): string | undefined {
  const facts = factsOf(report.error);
  const key = jsonOf(facts).slice(0, MAX_KEY_LENGTH);
  const known = errorIds.get(key);
  if (known || errorIds.size >= MAX_ERRORS) {
    // Except `error_boundary` and `route_error`: React has told a handler of the root before of what a boundary catches.
    if (!/_[be]/.test(report.mechanism)) sentryLane.dropped++;
    return known;
  }
  const eventId = hexId();
  if (!sentryLane.send({ kind: 'exception', eventId, facts, ...report }, at)) return undefined;
  errorIds.set(key, eventId);
  return eventId;
}

/**
 * Reports an error with planned context. An error that was reported before is counted and not reported again.
 *
 * @returns the id that Sentry stores it under, to show to the person; undefined when error tracking is off or the page has reported 30 others.
 */
export function captureException(error: unknown, context?: Record<string, unknown>): string | undefined {
  return reportError({ error, mechanism: 'manual', context: copyOf(context) });
}

/** Notes what happened, to be shown with a later error; `data` passes under planned keys only. */
export function addBreadcrumb(message: string, data?: Record<string, unknown>): void {
  addSentryBreadcrumb({ message, data });
}

/** {@link addBreadcrumb} in the SDK's own form. */
export function addSentryBreadcrumb(breadcrumb: BreadcrumbOptions): void {
  const { message, category, data } = copyOf(breadcrumb) as unknown as BreadcrumbOptions;
  sentryLane.send({ kind: 'breadcrumb', message, category, data: copyOf(data) });
}

/** Reports every error that nobody catches, for the life of the page, and first those that the snippet in `<head>` has caught. */
export function listenForErrors(): void {
  const hear = ([event, at]: Caught) => {
    const { reason, error, message, filename, lineno, colno } = event as Partial<ErrorEvent & PromiseRejectionEvent>;
    if (event.type === 'unhandledrejection') reportError({ error: reason, mechanism: 'onunhandledrejection' }, at);
    // Failed images and scripts dispatch a plain Event without a message; they are no exceptions.
    else if (message !== undefined)
      reportError({ error: error ?? message, mechanism: 'onerror', location: { filename, lineno, colno } }, at);
  };
  const early = globalThis.__early;
  // The snippet's listeners stay, and call this from now on.
  globalThis.__early = { push: hear };
  if (Array.isArray(early)) for (const caught of early) hear(caught);
  else for (const type of ['error', 'unhandledrejection']) addEventListener(type, (event) => hear([event, Date.now()]));
}
