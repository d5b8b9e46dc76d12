import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { getOrAdd } from '../collections.ts';
import { type JsonObject, RECORD_KINDS, type StoredRecord, type StoredSpan } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { LIVE_KINDS, type LiveKind } from './filter-names.ts';
import { newest, serviceOf, traceIdOf, userIdOf } from './records.ts';
import { extentOf, isAsset, isResource, rootOf, spanName } from './spans.ts';

/** An answer of `GET /api/live`. */
export interface LiveAnswer extends LiveRows {
  /** Differs when records were cleared, removed or brought back, and when the inbox was restarted: earlier rows are void. */
  readonly version: string;
}

const Text = (description: string) => Type.Optional(Type.String({ description }));

const Query = Type.Object({
  kind: Text(`only these, separated by commas: ${LIVE_KINDS.join(', ')}`),
  q: Text('words that must all occur; words in double quotes together'),
  service: Text('sent by this service'),
  user: Text('of this user, in order of what happened'),
  trace_id: Text('of this trace, in order of what happened'),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000, description: 'at most so many rows' })),
});

const DEFAULT_LIMIT = 300;

/** `GET /api/live`: everything held, newest first, with the spans of a trace and the repeats of an event in one row each. */
export function liveRoute(instance: FastifyInstance, store: Store): void {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>();
  const search = new TextSearch();
  const startedAt = Date.now();
  let removals = 0;
  const countRemoval = (): void => {
    removals += 1;
  };
  const stops = [store.onClear(countRemoval), store.onRemoval(countRemoval)];
  app.addHook('onClose', async () => {
    for (const stop of stops) stop();
  });
  app.get('/api/live', { schema: { querystring: Query } }, ({ query }) => {
    const filter = {
      kinds: new Set(query.kind?.split(',').filter((kind) => kind !== '')),
      text: query.q ?? '',
      service: query.service,
      userId: query.user,
      traceId: query.trace_id,
    };
    const version = `${startedAt}.${removals}`;
    return { version, ...liveRows(store, search, filter, query.limit ?? DEFAULT_LIMIT) } satisfies LiveAnswer;
  });
}

/** Fields that say how a record came, not what is in it. */
const UNSEARCHED = new Set(['id', 'receivedAt', 'time', 'kind', 'endpoint', 'project', 'bytes', 'repeats']);

/** Finds the records with a text. What it found for the last text is kept, so that only arrivals are looked at again. */
class TextSearch {
  #text = '';
  #found = new WeakMap<StoredRecord, boolean>();

  /**
   * Returns a function that tells whether a record contains every word of `text`, ignoring case. Words in double quotes
   * must occur together. An empty text matches everything.
   */
  matcher(text: string): (record: StoredRecord) => boolean {
    const terms = termsOf(text).map(toPattern);
    if (terms.length === 0) return () => true;
    if (text !== this.#text) {
      this.#text = text;
      this.#found = new WeakMap();
    }
    const found = this.#found;
    return (record) => {
      const known = found.get(record) ?? terms.every((term) => isInRecord(record, term));
      found.set(record, known);
      return known;
    };
  }
}

function termsOf(text: string): string[] {
  // The closing quote is missing during typing.
  const found = text.matchAll(/"([^"]*)"?|([^\s"]+)/g);
  return [...found].map(([, phrase, word]) => phrase ?? word ?? '').filter((term) => term !== '');
}

/** Ignores case without a lower-cased copy of each text. */
function toPattern(term: string): RegExp {
  return new RegExp(term.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'i');
}

function isInRecord(record: StoredRecord, term: RegExp): boolean {
  // The keys of Sentry's payloads are the protocol's; all others were chosen by the sender.
  const areKeysSearched = record.kind !== 'error' && record.kind !== 'item';
  for (const [name, value] of Object.entries(record)) {
    if (!UNSEARCHED.has(name) && isIn(value, term, areKeysSearched)) return true;
  }
  return false;
}

function isIn(value: unknown, term: RegExp, areKeysSearched: boolean): boolean {
  if (typeof value === 'string') return term.test(value);
  if (typeof value === 'number' || typeof value === 'boolean') return term.test(String(value));
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some((each) => isIn(each, term, areKeysSearched));
  for (const key of Object.keys(value)) {
    if (areKeysSearched && term.test(key)) return true;
    if (isIn((value as JsonObject)[key], term, areKeysSearched)) return true;
  }
  return false;
}

export type LiveRow = RecordRow | TraceRow;

const ABOVE_TRACES = ['event', 'error', 'log'] as const;

/** Which rows are wanted; all that is given must hold. */
interface LiveFilter {
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
function liveRows(store: Store, search: TextSearch, filter: LiveFilter, limit: number): LiveRows {
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
  // A span without a trace id cannot be folded.
  const isRow = (record: StoredRecord): boolean =>
    !(record.kind === 'span' && record.traceId !== '') && matches(record);
  return RECORD_KINDS.filter((kind) => kinds.size === 0 || kinds.has(kind === 'span' ? 'trace' : kind))
    .flatMap((kind) => newest(store, kind, isRow, limit))
    .map((record) => toRow(record, store));
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
  const { kind, id, receivedAt } = record;
  return {
    ...{ kind, id, receivedAt, record: preview(record) },
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

/** One record as one row. Long values are cut: the whole record is at `/api/records/:id`. */
interface RecordRow {
  readonly kind: StoredRecord['kind'];
  readonly id: number;
  readonly receivedAt: number;
  readonly record: StoredRecord;
  readonly traceId: string | null;
  readonly userId: string | null;
  /** How many times the record was received; more than 1 for an event whose `$insert_id` was repeated. */
  readonly repeats: number;
}

const MAX_KEYS = 24;
const MAX_TEXT = 300;

/** The record without what a row has no room for: payloads of Sentry, long texts, many properties. */
function preview(record: StoredRecord): StoredRecord {
  if (record.kind === 'error') return { ...record, value: cutText(record.value), event: {} };
  if (record.kind === 'item') return { ...record, payload: null };
  return cut(record) as StoredRecord;
}

function cut(value: unknown): unknown {
  if (typeof value === 'string') return cutText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.slice(0, MAX_KEYS).map(cut);
  const entries = Object.entries(value).slice(0, MAX_KEYS);
  return Object.fromEntries(entries.map(([key, inner]) => [key, cut(inner)]));
}

function cutText(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}

/** The spans of one trace as one row. */
interface TraceRow {
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
interface TraceFold {
  readonly traceId: string;
  id: number;
  receivedAt: number;
  /** At least one, in the order of arrival. */
  readonly spans: StoredSpan[];
}

/** Folds spans by trace. Spans without a trace id are left out. */
function foldTraces(spans: Iterable<StoredSpan>): Map<string, TraceFold> {
  const folds = new Map<string, TraceFold>();
  for (const span of spans) {
    const { id, receivedAt, traceId } = span;
    if (traceId === '') continue;
    getOrAdd(folds, traceId, () => ({ traceId, id, receivedAt, spans: [] })).spans.push(span);
  }
  return folds;
}

/** Moves traces to where their first record arrived: what happened in a trace is shown above its spans. */
function placeBelow(records: Iterable<StoredRecord>, folds: ReadonlyMap<string, TraceFold>): void {
  for (const record of records) {
    const fold = folds.get(traceIdOf(record) ?? '');
    if (fold === undefined || record.id > fold.id) continue;
    fold.id = record.id;
    fold.receivedAt = record.receivedAt;
  }
}

/** Whether a trace is only about a server sending a file of a page: each page load has a dozen. */
function isServedAsset({ spans }: TraceFold): boolean {
  const root = rootOf(spans);
  return isAsset(root) && !isResource(root);
}

function toTraceRow({ id, receivedAt, traceId, spans }: TraceFold): TraceRow {
  const { services, time, durationMs } = extentOf(spans);
  const title = spanName(rootOf(spans));
  return {
    kind: 'trace',
    id,
    receivedAt,
    traceId,
    title,
    spans: spans.length,
    services: services.sort(),
    time,
    durationMs,
  };
}
