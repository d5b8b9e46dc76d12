import { Component, type ErrorInfo, type ReactNode } from 'react';
import { reportError } from '../eager/capture.ts';
import { DefaultFallback, type ErrorFallback } from './error-fallback.tsx';

/** Props of {@link SentryErrorBoundary}. */
export interface SentryErrorBoundaryProps {
  readonly children?: ReactNode;
  /** What to show in the place of a broken child. @default a plain sentence with the error id */
  readonly fallback?: ErrorFallback;
}

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
