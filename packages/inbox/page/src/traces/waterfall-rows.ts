import type { StoredError, StoredEvent, StoredSpan } from '../../../src/store/records.ts';

export type TraceRecord = StoredSpan | StoredError | StoredEvent;

/** One line of a waterfall: a span as a bar, an error or event as a mark under the span that it belongs to. */
export interface WaterfallRow {
  readonly record: TraceRecord;
  readonly depth: number;
}

/** The lines of a trace from the outermost span inwards, siblings in order of time. */
export function toRows(records: readonly TraceRecord[]): WaterfallRow[] {
  const spans = records.filter((record) => record.kind === 'span');
  const known = new Set(spans.map(({ spanId }) => spanId));
  const children = new Map<string | null, TraceRecord[]>();
  for (const record of records) {
    const parent = record.kind === 'span' ? record.parentSpanId : spanOf(record, spans);
    // A parent that has not arrived, or is itself, would hide its children.
    const key =
      parent !== null && known.has(parent) && !(record.kind === 'span' && parent === record.spanId) ? parent : null;
    children.set(key, [...(children.get(key) ?? []), record]);
  }
  const rows: WaterfallRow[] = [];
  const shown = new Set<number>();
  const show = (record: TraceRecord, depth: number): void => {
    if (shown.has(record.id)) return;
    shown.add(record.id);
    rows.push({ record, depth });
    if (record.kind !== 'span') return;
    for (const child of inOrder(children.get(record.spanId) ?? [])) show(child, depth + 1);
  };
  for (const record of inOrder(children.get(null) ?? [])) show(record, 0);
  // Spans that name each other as parents are under none of the roots.
  for (const record of inOrder(records)) show(record, 0);
  return rows;
}

function inOrder(records: readonly TraceRecord[]): TraceRecord[] {
  return records.toSorted((left, right) => left.time - right.time || left.id - right.id);
}

/** An error names its span; an event belongs to the shortest span of its service that was under way. */
function spanOf(record: StoredError | StoredEvent, spans: readonly StoredSpan[]): string | null {
  if (record.kind === 'error') return spanIdIn(record.event['contexts']);
  const service = record.properties['service'];
  const [closest] = spans
    .filter((span) => service === undefined || span.service === null || span.service === service)
    .filter(({ time, durationMs }) => time <= record.time && record.time <= time + durationMs)
    .sort((left, right) => left.durationMs - right.durationMs);
  return closest?.spanId ?? null;
}

function spanIdIn(contexts: unknown): string | null {
  const { trace } = (contexts ?? {}) as { trace?: { span_id?: unknown } };
  return typeof trace?.span_id === 'string' ? trace.span_id : null;
}
