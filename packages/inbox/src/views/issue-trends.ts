import { issueFinder, suppressedBy } from '../query/suppressed.ts';
import type { StoredError } from '../store/records.ts';

/** Errors over time, in equal parts of one window that all issues share. */
export interface IssueTrends {
  readonly from: number;
  readonly to: number;
  /** By issue; the oldest part first. */
  readonly counts: Readonly<Record<string, readonly number[]>>;
}

const MINUTE_MS = 60_000;
const PARTS = 24;

/** From the first error to now, at least 24 minutes: a burst is then seen as one. */
export function issueTrends(errors: readonly StoredError[], now: number): IssueTrends {
  const first = errors.reduce((earliest, { time }) => Math.min(earliest, time), now);
  const partMs = Math.max(MINUTE_MS, Math.ceil((now - first) / PARTS));
  const from = now - PARTS * partMs;
  const issueOf = issueFinder(errors);
  const counts: Record<string, number[]> = {};
  for (const error of errors) {
    if (suppressedBy(error).isSummary) continue;
    const part = Math.min(PARTS - 1, Math.max(0, Math.floor((error.time - from) / partMs)));
    const issueId = issueOf(error);
    counts[issueId] ??= new Array<number>(PARTS).fill(0);
    const parts = counts[issueId];
    parts[part] = (parts[part] ?? 0) + 1;
  }
  return { from, to: now, counts };
}
