import { Component, type ErrorInfo, type ReactElement, type ReactNode } from 'react';
import type { RootOptions } from 'react-dom/client';
import { reportError } from '../eager/errors.ts';

/** Props of a fallback. */
export interface ErrorFallbackProps {
  /** The id that Sentry stores the error under, to show to the person; undefined when error tracking is off. */
  readonly errorId: string | undefined;
  /** What was thrown; for debugging, never to be shown: its message may quote what the person typed. */
  readonly error: unknown;
  /** Tries to show the page again. */
  readonly resetError: () => void;
}

/** Draws what is shown instead of a broken page. */
export type ErrorFallback = (props: ErrorFallbackProps) => ReactNode;

/** Props of {@link SentryErrorBoundary}. */
export interface SentryErrorBoundaryProps {
  readonly children?: ReactNode;
  /** Shown instead of a broken child. @default a plain sentence with the error id */
  readonly fallback?: ErrorFallback;
}

/** The options of `createRoot` by which React reports errors. */
type RootHandlers = Required<Pick<RootOptions, 'onUncaughtError' | 'onCaughtError'>>;

interface State {
  /** Also when what was thrown is `undefined`. */
  readonly isBroken?: boolean;
  readonly error?: unknown;
  readonly errorId?: string | undefined;
}

/** Catches what its children throw while rendering, reports it once and shows a fallback that knows the error id. */
export class SentryErrorBoundary extends Component<SentryErrorBoundaryProps, State> {
  override state: State = {};

  static getDerivedStateFromError(error: unknown): State {
    return { error, isBroken: true };
  }

  override componentDidCatch(error: unknown, { componentStack }: ErrorInfo): void {
    const errorId = reportError({ error, mechanism: 'error_boundary', componentStack });
    this.setState({ errorId });
  }

  readonly resetError = (): void => this.setState({ isBroken: false });

  override render(): ReactNode {
    const { isBroken, error, errorId } = this.state;
    const { children, fallback = DefaultFallback } = this.props;
    return isBroken ? fallback({ error, errorId, resetError: this.resetError }) : children;
  }
}

/**
 * For `createRoot(container, sentryRootOptions())`: reports what no boundary catches, and what a boundary of another library catches, such as one
 * that a route loads lazily. What our boundaries have reported is known by its id and not reported again.
 */
export function sentryRootOptions(): RootHandlers {
  const report = (error: unknown, { componentStack }: { readonly componentStack?: string | undefined }) => {
    reportError({ error, mechanism: 'react_root', componentStack });
    // React leaves it to these handlers to log the error.
    console.error(error);
  };
  // React reports what it recovers from by itself to the listeners of the window.
  return { onUncaughtError: report, onCaughtError: report };
}

/** The fallback of boundaries without one of their own. */
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
