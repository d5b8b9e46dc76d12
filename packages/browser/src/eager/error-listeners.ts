import type { ExceptionCall } from './sentry-call.ts';

/** What a listener saw: the error, how it was caught, and where it was thrown if it has no stack. */
export type UncaughtError = Pick<ExceptionCall, 'error' | 'mechanism' | 'location'>;

type Caught = readonly [event: Event, at: number];

declare global {
  /** What the snippet in `<head>` has caught, see `vite/snippet.ts`. */
  var __early: { push(caught: Caught): unknown } | undefined;
}

/** Hears of every error that nobody caught, for the life of the page, and first of those that came before. */
export function listenForErrors(report: (uncaught: UncaughtError, at: number) => void): void {
  const hear = ([event, at]: Caught) => {
    const uncaught = describe(event);
    if (uncaught) report(uncaught, at);
  };
  const early = globalThis.__early;
  // The snippet's listeners stay, and call this from now on.
  globalThis.__early = { push: hear };
  if (Array.isArray(early)) for (const caught of early) hear(caught);
  else for (const type of ['error', 'unhandledrejection']) addEventListener(type, (event) => hear([event, Date.now()]));
}

function describe(event: Event): UncaughtError | undefined {
  if (event.type === 'unhandledrejection') {
    return { error: (event as PromiseRejectionEvent).reason, mechanism: 'onunhandledrejection' };
  }
  const { error, message, filename, lineno, colno } = event as ErrorEvent;
  // Failed images and scripts dispatch a plain Event without a message; they are no exceptions.
  if (message === undefined) return undefined;
  return {
    error: error ?? message,
    mechanism: 'onerror',
    location: { filename, lineno, colno },
  };
}
