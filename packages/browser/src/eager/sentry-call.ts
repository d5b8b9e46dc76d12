import type { ThrownFacts } from '@qr/telemetry/privacy';

/** Where in the source something that carries no stack of its own was thrown. */
export interface SourceLocation {
  readonly filename: string;
  readonly lineno: number;
  readonly colno: number;
}

/** One error on its way to the SDK. */
export interface ExceptionCall {
  readonly kind: 'exception';
  readonly error: unknown;
  readonly facts: ThrownFacts;
  readonly eventId: string;
  /** As it was given; what is not planned is left out when it is sent. @default none */
  readonly context?: Readonly<Record<string, unknown>> | undefined;
  /** How it was caught: the end of Sentry's mechanism type. */
  readonly mechanism: 'manual' | 'onerror' | 'onunhandledrejection' | 'error_boundary' | 'route_error' | 'react_root';
  readonly location?: SourceLocation | undefined;
  readonly componentStack?: string | null | undefined;
}

/** A note of what happened before an error. */
export interface BreadcrumbCall {
  readonly kind: 'breadcrumb';
  readonly message: string;
  readonly category?: string | undefined;
  /** As it was given, like the context of an error. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** Who uses the page from now on. */
interface UserCall {
  readonly kind: 'user';
  readonly userId: string | undefined;
}

/** A page load or a navigation, named by its route pattern. */
export interface PageCall {
  readonly kind: 'page';
  readonly pattern: string;
  readonly url: string;
  /** Epoch milliseconds; undefined for the page load, which starts with the document. */
  readonly startedAtMs: number | undefined;
}

/** Everything that can be said to Sentry. */
export type SentryCall = ExceptionCall | BreadcrumbCall | UserCall | PageCall;
