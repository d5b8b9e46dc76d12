import { copyOf } from './copy-of.ts';
import { factsOf } from './facts-of.ts';
import { hexId } from './hex-id.ts';
import { jsonOf } from './left-behind.ts';
import type { BreadcrumbCall, ExceptionCall } from './sentry-call.ts';
import { sendToSentry, sentryLane } from './sentry-lane.ts';

/** Different errors that one page reports. What more of them would say is not worth what they cost; they are counted. */
const MAX_ERRORS = 30;
/** Of what an error is recognised by. */
const MAX_KEY_LENGTH = 2000;

const ids = new Map<string, string>();

export type ErrorReport = Pick<ExceptionCall, 'error' | 'mechanism' | 'location' | 'componentStack'> & {
  readonly context?: Readonly<Record<string, unknown>>;
};

/**
 * The one path of every error. An error is reported once: another one with the same texts and stack is counted and has the id of the first.
 *
 * @param at when it was thrown. @default now
 * @returns the id that it is stored under; `undefined` when error tracking is off, and for errors beyond the limit of a page, which are counted.
 */
export function reportError(report: ErrorReport, at?: number): string | undefined {
  const facts = factsOf(report.error);
  const key = jsonOf(facts).slice(0, MAX_KEY_LENGTH);
  let id = ids.get(key);
  if (id || ids.size >= MAX_ERRORS) {
    // Except `error_boundary` and `route_error`: what a boundary catches, React has told a handler of the root before.
    if (!/_[be]/.test(report.mechanism)) sentryLane.drop();
  } else {
    id = hexId();
    if (!sendToSentry({ kind: 'exception', eventId: id, facts, ...report }, at)) return undefined;
    ids.set(key, id);
  }
  return id;
}

/**
 * Reports an error with planned context. An error that was reported before is counted and not reported again.
 *
 * @returns the id that Sentry stores it under, to show to the person; undefined when error tracking is off or the page has reported 30 others.
 */
export function captureException(error: unknown, context: Record<string, unknown> = {}): string | undefined {
  return reportError({ error, mechanism: 'manual', context: copyOf(context) });
}

/** Notes what happened, to be shown with a later error; `data` passes under planned keys only. */
export function addBreadcrumb(message: string, data: Record<string, unknown> = {}): void {
  addSentryBreadcrumb({ message, data });
}

/** {@link addBreadcrumb} in the SDK's own form. */
export function addSentryBreadcrumb(breadcrumb: BreadcrumbOptions): void {
  const { message, category, data } = copyOf(breadcrumb) as unknown as BreadcrumbOptions;
  sendToSentry({ kind: 'breadcrumb', message, category, data: copyOf(data) });
}

export interface BreadcrumbOptions {
  readonly message: string;
  readonly category?: BreadcrumbCall['category'];
  readonly data?: Record<string, unknown>;
}
