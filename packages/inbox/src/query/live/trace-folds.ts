import type { StoredRecord, StoredSpan } from '../../store/records.ts';
import { isAsset } from '../../views/assets.ts';
import { rootOf } from '../../views/trace-root.ts';
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

/** The spans of a trace, and where its row is. */
export interface TraceFold {
  readonly traceId: string;
  id: number;
  receivedAt: number;
  /** At least one, in the order of arrival. */
  readonly spans: StoredSpan[];
}

/** Folds spans by trace. Spans without a trace id are left out. */
export function foldTraces(spans: Iterable<StoredSpan>): Map<string, TraceFold> {
  const folds = new Map<string, TraceFold>();
  for (const span of spans) {
    const { id, receivedAt, traceId } = span;
    if (traceId === '') continue;
    const fold = folds.get(traceId);
    if (fold === undefined) folds.set(traceId, { traceId, id, receivedAt, spans: [span] });
    else fold.spans.push(span);
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

/** Whether a trace is only about a server sending a file of a page: each page load has a dozen. */
export function isServedAsset({ spans }: TraceFold): boolean {
  const root = rootOf(spans);
  return isAsset(root) && !isResource(root);
}

export function toTraceRow({ id, receivedAt, traceId, spans }: TraceFold): TraceRow {
  const services = new Set(spans.map(({ service }) => service).filter((service) => service !== null));
  const time = spans.reduce((earliest, span) => Math.min(earliest, span.time), Number.POSITIVE_INFINITY);
  // A span that ends before it starts, by a clock that was set back, has no duration.
  const end = spans.reduce((latest, span) => Math.max(latest, span.time + span.durationMs), time);
  return {
    kind: 'trace',
    id,
    receivedAt,
    traceId,
    title: spanName(rootOf(spans)),
    spans: spans.length,
    services: [...services].sort(),
    time,
    durationMs: end - time,
  };
}
