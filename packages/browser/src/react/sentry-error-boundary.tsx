import { Component, type ErrorInfo, type ReactNode } from 'react';
import { reportError } from '../eager/capture.ts';
import { errorIdOf } from '../eager/error-ids.ts';
import { sentryLane } from '../eager/sentry-lane.ts';
import { DefaultFallback, type ErrorFallback } from './error-fallback.tsx';

/** Props of {@link SentryErrorBoundary}. */
export interface SentryErrorBoundaryProps {
  readonly children?: ReactNode;
  /** What to show in the place of a broken child. @default a plain sentence with the error id */
  readonly fallback?: ErrorFallback;
}

interface State {
  /** What was thrown, by its id, which is there even if nothing was: `throw undefined`. */
  readonly errorId?: string | undefined;
  readonly error?: unknown;
}

/** Catches what its children throw while rendering, reports it once and shows a fallback that knows the error id. */
export class SentryErrorBoundary extends Component<SentryErrorBoundaryProps, State> {
  override state: State = {};

  static getDerivedStateFromError(error: unknown): State {
    return { error, errorId: errorIdOf(error) };
  }

  override componentDidCatch(error: unknown, { componentStack }: ErrorInfo): void {
    reportError({
      error,
      eventId: this.state.errorId,
      mechanism: 'error_boundary',
      componentStack: componentStack ?? undefined,
    });
  }

  readonly resetError = (): void => this.setState({ errorId: undefined });

  override render(): ReactNode {
    const { error, errorId } = this.state;
    const { children, fallback = DefaultFallback } = this.props;
    if (!errorId) return children;
    return fallback({
      error,
      errorId: sentryLane.settings() === null ? undefined : errorId,
      resetError: this.resetError,
    });
  }
}
