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

/** Returns what makes the outcomes of a part. */
export function outcomesOf(part: PartOutcome['part'], name: string) {
  return (outcome: PartOutcome['outcome'], detail: string): PartOutcome => ({ part, name, outcome, detail });
}
