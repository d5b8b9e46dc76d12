/** What became of one part of an erasure. */
export interface PartOutcome {
  readonly part: 'service' | 'spool' | 'mixpanel' | 'sentry';
  /** Of the service or the spool. */
  readonly name: string;
  /** `by hand`: nobody can do it by a program; `unused`: the platform does not use it here. */
  readonly outcome: 'done' | 'failed' | 'by hand' | 'unused';
  /** A sentence for people, and what to do. */
  readonly detail: string;
}

/** Why a request failed, without what a program would say about it. */
export function failureOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code;
  return cause instanceof Error ? cause.message : String(cause);
}
