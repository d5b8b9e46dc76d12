import type { StoredRecord, StoredSpan } from '../../store/records.ts';
import { traceIdOf } from '../filters.ts';
import { isResource, spanName } from '../span-name.ts';

/** The spans of one trace as one row. */
export interface TraceRow {
  readonly kind: 'trace';
  /** Id of the first record of the trace, of any kind: the row keeps its place below them all while spans come. */
  readonly id: number;
  /** When that record arrived, milliseconds since the epoch. */
  readonly receivedAt: number;
  readonly traceId: string;
  /** Name of the root span. */
  readonly title: string;
  readonly spans: number;
  readonly services: readonly string[];
  /** Start of the first span, milliseconds since the epoch. */
  readonly time: number;
  /** From the first start to the last end; never negative. */
  readonly durationMs: number;
}

/** What is known of a trace while its spans are being read. */
export interface TraceFold {
  readonly traceId: string;
  id: number;
  receivedAt: number;
  root: StoredSpan;
  spans: number;
  readonly services: Set<string>;
  start: number;
  end: number;
}

/** Folds spans by trace. Spans without a trace id are left out. */
export function foldTraces(spans: Iterable<StoredSpan>): Map<string, TraceFold> {
  const folds = new Map<string, TraceFold>();
  for (const span of spans) {
    if (span.traceId === '') continue;
    const fold = folds.get(span.traceId);
    if (fold === undefined) folds.set(span.traceId, newFold(span));
    else addSpan(fold, span);
  }
  return folds;
}

/** Moves traces to where their first record arrived: what happened in a trace is shown above its spans. */
export function placeBelow(records: Iterable<StoredRecord>, folds: ReadonlyMap<string, TraceFold>): void {
  for (const record of records) {
    const fold = folds.get(traceIdOf(record) ?? '');
    if (fold === undefined || record.id > fold.id) continue;
    fold.id = record.id;
    fold.receivedAt = record.receivedAt;
  }
}

export function toTraceRow({ id, receivedAt, traceId, root, spans, services, start, end }: TraceFold): TraceRow {
  return {
    kind: 'trace',
    id,
    receivedAt,
    traceId,
    title: spanName(root),
    spans,
    services: [...services].sort(),
    time: start,
    durationMs: end - start,
  };
}

function newFold(span: StoredSpan): TraceFold {
  const services = new Set(span.service === null ? [] : [span.service]);
  const { id, receivedAt, traceId, time } = span;
  return { id, receivedAt, traceId, root: span, spans: 1, services, start: time, end: endOf(span) };
}

function addSpan(fold: TraceFold, span: StoredSpan): void {
  fold.spans += 1;
  if (span.service !== null) fold.services.add(span.service);
  fold.start = Math.min(fold.start, span.time);
  fold.end = Math.max(fold.end, endOf(span));
  const difference = rankOf(span) - rankOf(fold.root);
  if (difference > 0 || (difference === 0 && span.time < fold.root.time)) fold.root = span;
}

/** How likely it is that a span is the root: a service's clock may be ahead of the browser's, so time decides last. */
function rankOf(span: StoredSpan): number {
  if (isResource(span) || span.op?.startsWith('browser.')) return 0;
  if (span.parentSpanId === null) return 3;
  return span.isSegment ? 2 : 1;
}

/** A span that ends before it starts, by a clock that was set back, has no duration. */
function endOf({ time, durationMs }: StoredSpan): number {
  return time + Math.max(0, durationMs);
}
