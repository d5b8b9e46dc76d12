import type { Verdict } from './rate-limit.ts';

/** What became of an error. */
export interface Report {
  readonly eventId: string;
  /** What the budget said; `undefined` when it could not be asked. */
  readonly verdict: Verdict | undefined;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Texts and numbers that are remembered, the newest. */
const MAX_PRIMITIVES = 10;

/** Errors that were reported. Bounded for any number of them: objects are remembered as long as others hold them, of other values the newest 10. */
export interface Reports {
  remember(error: unknown, report: Report): void;
  find(error: unknown): Report | undefined;
  readonly latest: Report | undefined;
}

export function createReports(): Reports {
  const objects = new WeakMap<object, Report>();
  const primitives = new Map<unknown, Report>();
  let latest: Report | undefined;
  return {
    remember(error, report) {
      latest = report;
      if (typeof error === 'object' && error !== null) return void objects.set(error, report);
      primitives.delete(error);
      primitives.set(error, report);
      if (primitives.size > MAX_PRIMITIVES) primitives.delete(primitives.keys().next().value);
    },
    find: (error) => (typeof error === 'object' && error !== null ? objects.get(error) : primitives.get(error)),
    get latest() {
      return latest;
    },
  };
}
