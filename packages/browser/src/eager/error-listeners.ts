import type { ExceptionCall, SourceLocation } from './sentry-call.ts';

/** What a listener saw: the error, how it was caught, and where it was thrown if it has no stack. */
export type UncaughtError = Pick<ExceptionCall, 'error' | 'mechanism' | 'location'>;

/** Hears of every error that nobody caught, from now on and for the life of the page. */
export function listenForErrors(report: (uncaught: UncaughtError) => void): void {
  addEventListener('error', (event) => {
    // Failed images and scripts dispatch a plain Event without a message; they are no exceptions.
    if (!(event instanceof ErrorEvent)) return;
    report({ error: event.error ?? event.message, mechanism: 'onerror', location: locationOf(event) });
  });
  addEventListener('unhandledrejection', (event) => {
    report({ error: event.reason, mechanism: 'onunhandledrejection' });
  });
}

function locationOf({ filename, lineno, colno }: ErrorEvent): SourceLocation | undefined {
  return filename ? { file: filename, line: lineno, column: colno } : undefined;
}
