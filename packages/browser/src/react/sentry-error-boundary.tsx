import { Component, type ErrorInfo, type ReactNode } from 'react';
import { reportError } from '../eager/capture.ts';
import { errorIdOf } from '../eager/error-ids.ts';
import { isSentryOff } from '../eager/sentry-lane.ts';
import { DefaultFallback, type ErrorFallback } from './error-fallback.tsx';

/** Props of {@link SentryErrorBoundary}. */
export interface SentryErrorBoundaryProps {
  readonly children?: ReactNode;
  /** What to show in the place of a broken child. @default a plain sentence with the error id */
  readonly fallback?: ErrorFallback;
}

type State =
  | { readonly isBroken: false }
  | { readonly isBroken: true; readonly error: unknown; readonly errorId: string };

const INTACT: State = { isBroken: false };

/** Catches what its children throw while rendering, reports it once and shows a fallback that knows the error id. */
export class SentryErrorBoundary extends Component<SentryErrorBoundaryProps, State> {
  override state: State = INTACT;

  static getDerivedStateFromError(error: unknown): State {
    return { isBroken: true, error, errorId: errorIdOf(error) };
  }

  override componentDidCatch(error: unknown, { componentStack }: ErrorInfo): void {
    if (!this.state.isBroken) return;
    reportError({
      error,
      eventId: this.state.errorId,
      mechanism: 'error_boundary',
      componentStack: componentStack ?? undefined,
    });
  }

  readonly resetError = (): void => this.setState(INTACT);

  override render(): ReactNode {
    if (!this.state.isBroken) return this.props.children;
    const { error, errorId } = this.state;
    const { fallback = DefaultFallback } = this.props;
    return fallback({ error, errorId: isSentryOff() ? undefined : errorId, resetError: this.resetError });
  }
}
