import type { ReactElement, ReactNode } from 'react';

/** What a fallback gets. */
export interface ErrorFallbackProps {
  /** The id that Sentry stores the error under, to show to the person; undefined when error tracking is off. */
  readonly errorId: string | undefined;
  /** What was thrown; for debugging, never to be shown: its message may quote what the person typed. */
  readonly error: unknown;
  /** Tries to show the page again. */
  readonly resetError: () => void;
}

/** Draws what stands in the place of a broken page. */
export type ErrorFallback = (props: ErrorFallbackProps) => ReactNode;

/** The fallback of those who bring none. */
export function DefaultFallback({ errorId, resetError }: ErrorFallbackProps): ReactElement {
  return (
    <p role="alert">
      Something went wrong. <code>{errorId}</code>
      <button type="button" onClick={resetError}>
        Try again
      </button>
    </p>
  );
}
