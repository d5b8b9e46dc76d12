import { RECORD_KINDS, type RecordKind, type StoredRecord } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';
import { uniqueNewestFirst } from '../deduplicate.ts';
import { serviceOf, traceIdOf, userIdOf } from '../filters.ts';
import { preview, type RecordRow } from './record-rows.ts';
import type { TextSearch } from './text-search.ts';
import { foldTraces, isServedAsset, placeBelow, type TraceFold, type TraceRow, toTraceRow } from './trace-folds.ts';

/** What a row is about: a record of a kind, or a trace with all of its spans. */
export const LIVE_KINDS = ['event', 'error', 'log', 'profile', 'trace', 'item', 'rejected'] as const;
export type LiveKind = (typeof LIVE_KINDS)[number];

export type LiveRow = RecordRow | TraceRow;

const ABOVE_TRACES = ['event', 'error', 'log'] as const;

/** Which rows are wanted; all that is given must hold. */
export interface LiveFilter {
  /** Empty: all kinds. */
  readonly kinds: ReadonlySet<string>;
  readonly text: string;
  readonly service?: string | undefined;
  readonly userId?: string | undefined;
  readonly traceId?: string | undefined;
}

/** The newest rows, and what there is beside them. */
export interface LiveRows {
  readonly rows: readonly LiveRow[];
  /** Whether older rows match too. */
  readonly hasMore: boolean;
  /** What is held of each kind, whatever the filter; repeated events count each time. */
  readonly held: Readonly<Record<LiveKind, number>>;
  /** Records that made room for later ones. */
  readonly evicted: number;
  /** Services that sent any of the spans and errors held, or any of the rows. */
  readonly services: readonly string[];
}

/**
 * Searches everything that the store holds, newest first by arrival. With a trace or a user, the rows are in order of
 * what happened.
 */
export function liveRows(store: Store, search: TextSearch, filter: LiveFilter, limit: number): LiveRows {
  const folds = foldTraces(store.of('span'));
  for (const kind of ABOVE_TRACES) placeBelow(store.of(kind), folds);
  const matches = recordMatcher(store, search, filter);
  const rows = [
    ...recordRows(store, filter.kinds, matches, limit + 1),
    ...traceRows(filter, matches, folds, limit + 1),
  ];
  const isStory = filter.traceId !== undefined || filter.userId !== undefined;
  rows.sort(
    (left, right) =>
      (isStory ? timeOf(right) - timeOf(left) : 0) ||
      right.id - left.id ||
      Number(left.kind === 'trace') - Number(right.kind === 'trace'),
  );
  const shown = rows.slice(0, limit);
  return {
    rows: shown,
    hasMore: rows.length > limit,
    held: heldIn(store, folds.size),
    evicted: RECORD_KINDS.reduce((total, kind) => total + store.of(kind).evicted, 0),
    services: servicesIn(store, shown),
  };
}

type Matcher = (record: StoredRecord) => boolean;

function recordMatcher(store: Store, search: TextSearch, filter: LiveFilter): Matcher {
  const { service, traceId } = filter;
  const containsText = search.matcher(filter.text);
  const userId = filter.userId === undefined ? undefined : store.identity.resolve(filter.userId);
  return (record) =>
    (traceId === undefined || traceIdOf(record) === traceId) &&
    (userId === undefined || userIdOf(record, store.identity) === userId) &&
    (service === undefined || serviceOf(record) === service) &&
    containsText(record);
}

function recordRows(store: Store, kinds: ReadonlySet<string>, matches: Matcher, limit: number): RecordRow[] {
  const rows: RecordRow[] = [];
  for (const kind of RECORD_KINDS) {
    // A span without a trace id cannot be folded.
    if (kinds.size > 0 && !kinds.has(kind === 'span' ? 'trace' : kind)) continue;
    let taken = 0;
    for (const record of newestFirst(store, kind)) {
      if (taken === limit) break;
      if ((record.kind === 'span' && record.traceId !== '') || !matches(record)) continue;
      rows.push(toRow(record, store));
      taken += 1;
    }
  }
  return rows;
}

function newestFirst(store: Store, kind: RecordKind): Iterable<StoredRecord> {
  return kind === 'event' ? uniqueNewestFirst(store) : store.of(kind).newestFirst();
}

function traceRows(
  filter: LiveFilter,
  matches: Matcher,
  folds: ReadonlyMap<string, TraceFold>,
  limit: number,
): TraceRow[] {
  if (filter.kinds.size > 0 && !filter.kinds.has('trace')) return [];
  const isAskedFor = filter.kinds.size > 0 || filter.text.trim() !== '' || filter.traceId !== undefined;
  const newestFirst = [...folds.values()].sort((left, right) => right.id - left.id);
  const rows: TraceRow[] = [];
  for (const fold of newestFirst) {
    if (rows.length === limit) break;
    // A trace is found by any of its spans.
    if (fold.spans.some(matches) && (isAskedFor || !isServedAsset(fold))) rows.push(toTraceRow(fold));
  }
  return rows;
}

function toRow(record: StoredRecord, store: Store): RecordRow {
  return {
    kind: record.kind,
    id: record.id,
    receivedAt: record.receivedAt,
    record: preview(record),
    traceId: traceIdOf(record),
    userId: userIdOf(record, store.identity),
    repeats: record.kind === 'event' ? (record.repeats ?? 1) : 1,
  };
}

function timeOf(row: LiveRow): number {
  if (row.kind === 'trace') return row.time;
  return 'time' in row.record ? row.record.time : row.receivedAt;
}

function heldIn(store: Store, traces: number): Record<LiveKind, number> {
  const counts = LIVE_KINDS.map((kind) => [kind, kind === 'trace' ? traces : store.of(kind).length] as const);
  // `fromEntries` forgets the key type; LIVE_KINDS names every kind.
  return Object.fromEntries(counts) as Record<LiveKind, number>;
}

function servicesIn(store: Store, rows: readonly LiveRow[]): string[] {
  const services = new Set<string | null>();
  for (const kind of ['span', 'error'] as const) for (const { service } of store.of(kind)) services.add(service);
  for (const row of rows) if (row.kind !== 'trace') services.add(serviceOf(row.record));
  return [...services].filter((service) => service !== null).sort();
}
