import type { ForcedPoint } from './kill-point.ts';

/** What a tracked process is to do; its only argument, as JSON. */
export interface Life {
  /** Where it notes each event right after `trackEvent` returned: number and time, and its own death when it brings that about. */
  readonly logFile: string;
  /** The number of its first event. */
  readonly first: number;
  readonly seed: number;
  /** Where it kills itself. Absent: somebody else does. */
  readonly point?: ForcedPoint | undefined;
  /** Track nothing, deliver everything, end. @default false */
  readonly drains?: boolean;
  /** End by itself after so many events, in the way that a service does. */
  readonly endsAfter?: number | undefined;
}

/** What a process says on standard output once it has ended by itself. */
export interface LastWords {
  readonly pending: number;
  readonly spooled: number;
  readonly dropped: Readonly<Record<string, number>>;
}
