import type { TimeWindow } from '@qr/alerts';
import type { Issue } from '../query/issues.ts';
import type { StoredError, StoredSpan } from '../store/records.ts';

/** Errors that were sent; those that their sender only counted are no errors at the vendor either. */
export function errorsWithin(errors: Iterable<StoredError>, window: TimeWindow): StoredError[] {
  return [...errors].filter(({ time }) => isWithin(time, window));
}

/** Issues whose first error is of this time. */
export function newIssuesWithin(issues: readonly Issue[], window: TimeWindow): Issue[] {
  return issues.filter(({ firstSeen }) => isWithin(firstSeen, window));
}

/** Durations of spans that began in this time, the shortest first. */
export function durationsWithin(
  spans: Iterable<StoredSpan>,
  window: TimeWindow,
  matches: (span: StoredSpan) => boolean,
): number[] {
  const durations: number[] = [];
  for (const span of spans) if (isWithin(span.time, window) && matches(span)) durations.push(span.durationMs);
  return durations.sort((left, right) => left - right);
}

/** The requests that services answered. */
export function isRequest({ isSegment, op }: StoredSpan): boolean {
  return isSegment && op === 'http.server';
}

/** The least value that the given share is not above, of values in order: the nearest rank. */
export function percentileOf(sorted: readonly number[], percentile: number): number | null {
  return sorted[Math.max(0, Math.ceil((percentile / 100) * sorted.length) - 1)] ?? null;
}

function isWithin(time: number, { from, to }: TimeWindow): boolean {
  return time >= from && time < to;
}
