import { traceIdOf } from '../query/filters.ts';
import type { StoredSpan } from '../store/records.ts';
import type { Store } from '../store/store.ts';

/** One trace as a line of a list. */
export interface TraceSummary {
  readonly traceId: string;
  /** Of its first span. */
  readonly name: string;
  readonly services: readonly string[];
  readonly time: number;
  readonly durationMs: number;
  readonly spans: number;
  readonly errors: number;
  readonly events: number;
}

/** The traces whose spans arrived last, the latest first. */
export function listTraces(store: Store, limit: number): TraceSummary[] {
  const spansOf = new Map<string, StoredSpan[]>();
  for (const span of store.of('span').newestFirst()) {
    const spans = spansOf.get(span.traceId);
    if (spans !== undefined) spans.push(span);
    else if (spansOf.size < limit && span.traceId !== '') spansOf.set(span.traceId, [span]);
  }
  const errors = countByTrace(store, 'error');
  const events = countByTrace(store, 'event');
  return [...spansOf].map(([traceId, spans]) => ({
    traceId,
    ...summary(spans),
    errors: errors.get(traceId) ?? 0,
    events: events.get(traceId) ?? 0,
  }));
}

function summary(spans: readonly StoredSpan[]): Omit<TraceSummary, 'traceId' | 'errors' | 'events'> {
  const inOrder = spans.toSorted((left, right) => left.time - right.time);
  // Clocks differ: a service may seem to begin before the browser that asked it.
  const first = inOrder.find(({ parentSpanId }) => parentSpanId === null) ?? inOrder[0];
  const time = inOrder[0]?.time ?? 0;
  const end = spans.reduce((latest, span) => Math.max(latest, span.time + span.durationMs), time);
  const services = new Set(inOrder.map(({ service }) => service).filter((service) => service !== null));
  return { name: first?.name ?? '', services: [...services], time, durationMs: end - time, spans: spans.length };
}

function countByTrace(store: Store, kind: 'error' | 'event'): Map<string, number> {
  const counts = new Map<string, number>();
  for (const record of store.of(kind)) {
    const traceId = record.kind === 'event' && store.repeats.isReplaced(record) ? null : traceIdOf(record);
    if (traceId !== null) counts.set(traceId, (counts.get(traceId) ?? 0) + 1);
  }
  return counts;
}
