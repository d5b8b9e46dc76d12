import { getOrAdd } from '../collections.ts';
import { facetMatcher, facetsOf } from '../query/facets.ts';
import { traceIdOf } from '../query/records.ts';
import { extentOf, isAsset, rootOf } from '../query/spans.ts';
import type { StoredSpan } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { FacetCounts, type FacetValues, type ListQuery, sortedBy, wordMatcher } from './lists.ts';

export const TRACE_SORTS = ['last_seen', 'duration', 'spans', 'errors'] as const;
type TraceSort = (typeof TRACE_SORTS)[number];

/** Which traces are wanted. */
export interface TraceQuery extends ListQuery<TraceSort> {
  /** Also traces in which nothing but an asset was served. @default false */
  readonly assets?: boolean | undefined;
}

/** One trace as a line of a list. */
export interface TraceSummary {
  readonly traceId: string;
  /** Of its root: the route or page that it began with. */
  readonly name: string;
  readonly op: string | null;
  readonly services: readonly string[];
  readonly time: number;
  readonly durationMs: number;
  readonly spans: number;
  /** Spans of scripts, styles, images and fonts. */
  readonly assets: number;
  readonly errors: number;
  readonly events: number;
}

export interface TraceListing {
  readonly traces: readonly TraceSummary[];
  /** Traces that are left out because nothing but assets was served in them. */
  readonly hidden: number;
  /** Values to filter by, of all traces. */
  readonly facets: FacetValues;
}

const FIGURE: Readonly<Record<TraceSort, (trace: TraceSummary) => number>> = {
  last_seen: ({ time }) => time,
  duration: ({ durationMs }) => durationMs,
  spans: ({ spans }) => spans,
  errors: ({ errors }) => errors,
};

/** Searches, filters and sorts all traces that are held; the one that began last comes first unless sorted. */
export function listTraces(store: Store, query: TraceQuery = {}): TraceListing {
  const passes = facetMatcher(query);
  const hasWords = wordMatcher(query.q);
  const facets = new FacetCounts();
  const matching: [string, StoredSpan[]][] = [];
  let hidden = 0;
  for (const [traceId, spans] of spansByTrace(store)) {
    facets.next();
    let isWanted = false;
    for (const span of spans) {
      const found = facetsOf(span);
      // The addresses of assets would hide those of pages and routes.
      facets.add(isAsset(span) ? { ...found, url: null } : found);
      isWanted ||= passes(found);
    }
    if (!isWanted || !hasWords(textsOf(traceId, spans))) continue;
    if (query.assets !== true && isAsset(rootOf(spans))) hidden += 1;
    else matching.push([traceId, spans]);
  }
  const errors = countByTrace(store, 'error');
  const events = countByTrace(store, 'event');
  const traces = matching.map(([traceId, spans]) => ({
    traceId,
    ...summary(spans),
    errors: errors.get(traceId) ?? 0,
    events: events.get(traceId) ?? 0,
  }));
  const sorted = sortedBy(traces, FIGURE[query.sort ?? 'last_seen'], query.order);
  return { traces: sorted, hidden, facets: facets.values() };
}

/** Spans of each trace, the latest arrival first. */
function spansByTrace(store: Store): Map<string, StoredSpan[]> {
  const spansOf = new Map<string, StoredSpan[]>();
  for (const span of store.of('span').newestFirst()) {
    if (span.traceId !== '') getOrAdd(spansOf, span.traceId, () => []).push(span);
  }
  return spansOf;
}

function summary(spans: readonly StoredSpan[]): Omit<TraceSummary, 'traceId' | 'errors' | 'events'> {
  const root = rootOf(spans);
  const assets = spans.filter(isAsset).length;
  return { name: root.name, op: root.op, ...extentOf(spans), spans: spans.length, assets };
}

/** What a search looks through: the id, and name, service, user and address of each span. */
function* textsOf(traceId: string, spans: readonly StoredSpan[]): Generator<string | null> {
  yield traceId;
  for (const span of spans) {
    yield span.name;
    yield span.op;
    yield span.service;
    yield span.userId;
    yield facetsOf(span).url;
  }
}

function countByTrace(store: Store, kind: 'error' | 'event'): Map<string, number> {
  const counts = new Map<string, number>();
  for (const record of store.of(kind)) {
    const traceId = record.kind === 'event' && store.repeats.isReplaced(record) ? null : traceIdOf(record);
    if (traceId !== null) counts.set(traceId, (counts.get(traceId) ?? 0) + 1);
  }
  return counts;
}
