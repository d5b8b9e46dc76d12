import type { StoredSpan } from '../store/records.ts';
import { isAsset } from './assets.ts';

/**
 * Returns the span that a trace is named by: its root. When that has not arrived (it was not sampled, or is still open), the
 * outermost span that has. An asset names a trace only when there is nothing else in it.
 * @param spans at least one
 */
export function rootOf(spans: readonly StoredSpan[]): StoredSpan {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  let best: StoredSpan | undefined;
  let bestRank = Number.POSITIVE_INFINITY;
  for (const span of spans) {
    const rank = rankOf(span, ids);
    // Clocks differ: of equals the one that began first, not the one that arrived first.
    if (rank < bestRank || (rank === bestRank && span.time < (best?.time ?? 0))) {
      best = span;
      bestRank = rank;
    }
  }
  if (best === undefined) throw new Error('a trace has at least one span: grouping is broken');
  return best;
}

/** The lower, the nearer to the root. */
function rankOf(span: StoredSpan, ids: ReadonlySet<string>): number {
  const isParentHere = span.parentSpanId !== null && ids.has(span.parentSpanId);
  const place = span.parentSpanId === null ? 0 : isParentHere ? 2 : 1;
  return (isAsset(span) ? 100 : 0) + place * 10 + kindOf(span);
}

/** Of spans at the same place, a page names a trace before the requests that it made, and a route before what is inside of it. */
function kindOf({ op, isSegment }: StoredSpan): number {
  if (op === 'pageload' || op === 'navigation') return 0;
  if (!isSegment) return 3;
  return op === 'http.client' ? 2 : 1;
}
