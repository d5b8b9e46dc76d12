import { isAsset } from '../../../src/query/spans.ts';
import type { StoredError, StoredEvent, StoredSpan } from '../../../src/store/records.ts';

export type TraceRecord = StoredSpan | StoredError | StoredEvent;

/** A span as a bar, an error or event as a mark under the span that it belongs to. */
interface RecordRow {
  readonly record: TraceRecord;
  readonly depth: number;
}

/** The scripts, styles and images below one span, in one line. */
export interface AssetsRow {
  readonly assets: readonly StoredSpan[];
  readonly depth: number;
  readonly from: number;
  readonly to: number;
}

export type WaterfallRow = RecordRow | AssetsRow;

/**
 * Returns the lines of a trace from the outermost span inwards, siblings in order of time.
 * @param foldsAssets whether assets of one parent share a line; one that failed, or has an error in it, stays by itself
 */
export function toRows(records: readonly TraceRecord[], foldsAssets = true): WaterfallRow[] {
  const spans = records.filter((record) => record.kind === 'span');
  const children = childrenByParent(records, spans);
  const rows: WaterfallRow[] = [];
  const shown = new Set<number>();
  const below = (span: StoredSpan, seen = new Set<number>()): TraceRecord[] => {
    if (seen.has(span.id)) return [];
    seen.add(span.id);
    const direct = children.get(span.spanId) ?? [];
    return [span, ...direct.flatMap((record) => (record.kind === 'span' ? below(record, seen) : [record]))];
  };
  const isFolded = (record: TraceRecord): record is StoredSpan =>
    foldsAssets && record.kind === 'span' && isAsset(record) && below(record).every(isUneventful);

  const showAll = (siblings: readonly TraceRecord[], depth: number): void => {
    const folded = siblings.filter((record) => !shown.has(record.id)).filter(isFolded);
    // A trace that begins with an asset has nothing else to show.
    const folds = depth > 0 || folded.length < siblings.length ? folded : [];
    const [first] = folds;
    for (const record of siblings) {
      if (record === first) rows.push(assetsRow(folds, depth));
      if (folds.some((asset) => asset === record)) for (const { id } of below(record as StoredSpan)) shown.add(id);
      else show(record, depth);
    }
  };
  const show = (record: TraceRecord, depth: number): void => {
    if (shown.has(record.id)) return;
    shown.add(record.id);
    rows.push({ record, depth });
    if (record.kind === 'span') showAll(inOrder(children.get(record.spanId) ?? []), depth + 1);
  };
  showAll(inOrder(children.get(null) ?? []), 0);
  // Spans that name each other as parents are under none of the roots.
  for (const record of inOrder(records)) show(record, 0);
  return rows;
}

function childrenByParent(
  records: readonly TraceRecord[],
  spans: readonly StoredSpan[],
): Map<string | null, TraceRecord[]> {
  const known = new Set(spans.map(({ spanId }) => spanId));
  const children = new Map<string | null, TraceRecord[]>();
  for (const record of records) {
    const parent = record.kind === 'span' ? record.parentSpanId : spanOf(record, spans);
    // A parent that has not arrived, or is itself, would hide its children.
    const key =
      parent !== null && known.has(parent) && !(record.kind === 'span' && parent === record.spanId) ? parent : null;
    children.set(key, [...(children.get(key) ?? []), record]);
  }
  return children;
}

function isUneventful(record: TraceRecord): boolean {
  return record.kind === 'span' && record.status === 'ok';
}

function assetsRow(assets: readonly StoredSpan[], depth: number): AssetsRow {
  return {
    assets,
    depth,
    from: Math.min(...assets.map(({ time }) => time)),
    to: Math.max(...assets.map(({ time, durationMs }) => time + durationMs)),
  };
}

function inOrder(records: readonly TraceRecord[]): TraceRecord[] {
  return records.toSorted((left, right) => left.time - right.time || left.id - right.id);
}

/** An error names its span; an event belongs to the shortest span of its service that was under way. */
function spanOf(record: StoredError | StoredEvent, spans: readonly StoredSpan[]): string | null {
  if (record.kind === 'error') return spanIdIn(record.event['contexts']);
  const service = record.properties['service'];
  const [closest] = spans
    .filter((span) => !isAsset(span) && (service === undefined || span.service === null || span.service === service))
    .filter(({ time, durationMs }) => time <= record.time && record.time <= time + durationMs)
    .sort((left, right) => left.durationMs - right.durationMs);
  return closest?.spanId ?? null;
}

function spanIdIn(contexts: unknown): string | null {
  const { trace } = (contexts ?? {}) as { trace?: { span_id?: unknown } };
  return typeof trace?.span_id === 'string' ? trace.span_id : null;
}
