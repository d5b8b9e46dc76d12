import { errorIdOf } from './error-ids.ts';
import type { BreadcrumbCall, ExceptionCall } from './sentry-call.ts';
import { sendToSentry } from './sentry-lane.ts';

/** More distinct reports than a page makes; beyond it the memory starts afresh. */
const MAX_REPORTED_IDS = 1000;
const reportedIds = new Set<string>();

/** What {@link reportError} takes. */
export type ErrorReport = Pick<ExceptionCall, 'error' | 'mechanism' | 'location' | 'componentStack'> & {
  /** @default the id of the error object, or a new one */
  readonly eventId?: string | undefined;
  readonly context?: Readonly<Record<string, unknown>>;
};

/**
 * The one path of every error: reports it once and returns its event id, or undefined when error tracking is off.
 *
 * @param at when it was thrown. @default now
 */
export function reportError({ eventId, ...report }: ErrorReport, at?: number): string | undefined {
  const id = eventId ?? errorIdOf(report.error);
  if (reportedIds.has(id)) return id;
  if (!sendToSentry({ kind: 'exception', eventId: id, ...report }, at)) return undefined;
  if (reportedIds.size >= MAX_REPORTED_IDS) reportedIds.clear();
  reportedIds.add(id);
  return id;
}

/**
 * Reports an error with planned context. An error object that was reported before is not reported again.
 *
 * @returns the id that Sentry stores it under, to show to the person; undefined when error tracking is off.
 */
export function captureException(error: unknown, context: Record<string, unknown> = {}): string | undefined {
  return reportError({ error, mechanism: 'manual', context: { ...context } });
}

/** Notes what happened, to be shown with a later error; `data` passes under planned keys only. */
export function addBreadcrumb(message: string, data: Record<string, unknown> = {}): void {
  addSentryBreadcrumb({ message, data });
}

/** {@link addBreadcrumb} in the SDK's own form. */
export function addSentryBreadcrumb({ message, category, data }: BreadcrumbOptions): void {
  sendToSentry({ kind: 'breadcrumb', message, category, data: { ...data } });
}

/** What {@link addSentryBreadcrumb} takes. */
export interface BreadcrumbOptions {
  readonly message: string;
  readonly category?: BreadcrumbCall['category'];
  readonly data?: Record<string, unknown>;
}
