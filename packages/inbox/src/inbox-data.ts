import type { FastifyInstance } from 'fastify';
import { Faults } from './faults/faults.ts';
import { groupIssues, type Issue, type IssueMarks, openIssueMarks } from './query/issues.ts';
import { type EventFilter, matchesEvent, matchesSpan, type SpanFilter, uniqueNewestFirst } from './query/records.ts';
import type { Contents } from './store/contents.ts';
import { type EventLog, openEventLog, readEventLog, rewriteEventLog } from './store/event-log.ts';
import type { IdMerge } from './store/identity.ts';
import type { StoredProfile } from './store/profiles.ts';
import { RawLog, type RawRequest } from './store/raw-log.ts';
import {
  RECORD_KINDS,
  type StoredError,
  type StoredEvent,
  type StoredItem,
  type StoredLog,
  type StoredRecord,
  type StoredRejection,
  type StoredSpan,
} from './store/records.ts';
import { compactEvents, Store } from './store/store.ts';

/** Where the inbox keeps what arrives, and how much of it. */
export interface InboxDataOptions {
  /** Append-only file, read back at the next start. Without one, all is forgotten at exit. */
  readonly dataFile?: string | undefined;
  /** Records kept of each kind; the oldest go first. @default 100_000 */
  readonly maxRecords?: number | undefined;
  /** JSON bytes kept of all kinds together. @default 128 MiB */
  readonly maxBytes?: number | undefined;
  /** Keep each request's bytes as well, up to `maxBytes` more. @default false */
  readonly keepRaw?: boolean | undefined;
  /** Which of Mixpanel's identity systems the project has. @default 'simplified' */
  readonly idMerge?: IdMerge | undefined;
  /** Told when the data file cannot be written. */
  readonly onFileError?: ((error: unknown) => void) | undefined;
}

/** Reading what has arrived, in the same process. Lists are in order of arrival unless they say otherwise. */
export interface InboxReader {
  /** Without repeats, as in Mixpanel's reports; `duplicates` shows them, as its raw export does. */
  events(filter?: EventFilter): StoredEvent[];
  profiles(): StoredProfile[];
  /** The one seen last first. */
  issues(): Issue[];
  errors(): StoredError[];
  spans(filter?: SpanFilter): StoredSpan[];
  logs(): StoredLog[];
  /** Metrics, sessions, client reports and the like, of one envelope item type or of all. */
  items(type?: string): StoredItem[];
  /** Records that the vendor would refuse, or drop without saying so. */
  rejected(): StoredRejection[];
  /** Requests as bytes; empty unless `keepRaw` is set. */
  raw(): RawRequest[];
}

/** The stored data with all that the routes need of it. */
export interface InboxData extends InboxReader {
  readonly store: Store;
  readonly rawLog: RawLog | undefined;
  readonly faults: Faults;
  /** Which issues are resolved or ignored. */
  readonly issueMarks: IssueMarks;
  /** Removes for good what Mixpanel's compaction would: repeats of one day, whatever their time. @returns how many */
  compact(): number;
  /** Removes everything for good, in memory and in the data file. */
  clear(): void;
  /** The clear that can be undone. */
  readonly undoableClear: UndoableClear;
  /** Writes what is pending and closes the data file. */
  close(): Promise<void>;
}

/** Opens the store, and reads back the data file when one is given. */
export async function openInboxData(options: InboxDataOptions = {}): Promise<InboxData> {
  const { dataFile, maxRecords = 100_000, maxBytes = 128 * 1024 * 1024, keepRaw = false } = options;
  const { onFileError = () => undefined, idMerge = 'simplified' } = options;
  const store = new Store({ maxRecords, maxBytes, idMerge });
  const rawLog = keepRaw ? new RawLog(maxBytes) : undefined;
  const log = dataFile === undefined ? undefined : await restore(store, dataFile, onFileError);
  const undoableClear = new UndoableClear(store, rawLog, () => log?.replace(() => compacted(store)));
  const issueMarks = await openIssueMarks(dataFile && `${dataFile}.issues.json`, onFileError);
  return {
    ...createReader(store, rawLog, issueMarks),
    issueMarks,
    store,
    rawLog,
    faults: new Faults(),
    compact: () => compactEvents(store),
    undoableClear,
    clear() {
      undoableClear.cancel();
      rawLog?.clear();
      store.clear();
      log?.truncate();
    },
    async close() {
      undoableClear.cancel();
      await log?.close();
      await issueMarks.close();
    },
  };
}

async function restore(store: Store, dataFile: string, onError: (error: unknown) => void): Promise<EventLog> {
  let read = 0;
  for await (const { record, bytes } of readEventLog(dataFile)) {
    store.restore(record, bytes);
    read += 1;
  }
  const kept = RECORD_KINDS.reduce((total, kind) => total + store.of(kind).length, 0);
  if (read > 2 * kept) await rewriteEventLog(dataFile, compacted(store));
  const log = await openEventLog(dataFile, onError);
  store.onArrival((records) => log.append(records));
  store.onRemoval(() => log.replace(() => compacted(store)));
  return log;
}

/** What is still in memory, with what was cleared and can be brought back. */
function* compacted(store: Store): Generator<StoredRecord> {
  for (const contents of store.everyContents) yield* compactedContents(contents);
}

/** Each profile is one update that sets it: old updates may be gone already. */
function* compactedContents(contents: Contents): Generator<StoredRecord> {
  for (const { id, distinctId, groupKey, properties, lastSeen } of contents.profiles.list()) {
    const endpoint = groupKey === null ? 'engage' : 'groups';
    const operations = { $set: properties };
    yield { kind: 'profile', id, receivedAt: lastSeen, endpoint, distinctId, groupKey, operations };
  }
  for (const kind of RECORD_KINDS) if (kind !== 'profile') yield* contents.of(kind);
}

function createReader(store: Store, rawLog: RawLog | undefined, issueMarks: IssueMarks): InboxReader {
  return {
    events(filter = {}) {
      const matching: StoredEvent[] = [];
      const all = filter.duplicates === true ? store.of('event').newestFirst() : uniqueNewestFirst(store);
      for (const event of all) {
        if (matchesEvent(event, filter, store.identity)) matching.push(event);
      }
      return matching.reverse();
    },
    profiles: () => store.profiles.list(),
    issues: () => groupIssues(store.of('error'), { marks: issueMarks.all() }),
    errors: () => [...store.of('error')],
    spans: (filter = {}) => [...store.of('span')].filter((span) => matchesSpan(span, filter)),
    logs: () => [...store.of('log')],
    items: (type) => [...store.of('item')].filter((item) => type === undefined || item.type === type),
    rejected: () => [...store.of('rejected')],
    raw: () => rawLog?.list() ?? [],
  };
}

/** How long a clear can be undone. */
const UNDO_MS = 10_000;

/** A clear that can still be undone. */
export interface PendingClear {
  /** Records that it has hidden. */
  readonly records: number;
  /** Until it is final. A duration, because the clock of a browser may differ. */
  readonly msLeft: number;
}

/**
 * Clears at once and for good after ten seconds, in which it can be undone and the data file keeps everything. A second
 * clear within that time hides what has arrived since, too, and starts the ten seconds again for all of it.
 */
class UndoableClear {
  readonly #store: Store;
  readonly #rawLog: RawLog | undefined;
  readonly #onFinal: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #endsAt = 0;

  /** @param onFinal called once a clear is final: the data file can be written again without what was cleared */
  constructor(store: Store, rawLog: RawLog | undefined, onFinal: () => void) {
    this.#store = store;
    this.#rawLog = rawLog;
    this.#onFinal = onFinal;
  }

  start(): void {
    this.cancel();
    this.#store.setAside();
    this.#rawLog?.setAside();
    this.#endsAt = performance.now() + UNDO_MS;
    this.#timer = setTimeout(() => this.#finish(), UNDO_MS).unref();
  }

  /** The clear that can be undone now; null when there is none, or it has hidden nothing. */
  pending(): PendingClear | null {
    const records = this.#timer === undefined ? 0 : (this.#store.everyContents[0]?.length ?? 0);
    if (records === 0) return null;
    return { records, msLeft: Math.max(0, Math.round(this.#endsAt - performance.now())) };
  }

  /** Brings everything back; what has arrived since stays. @returns false when there is nothing to undo */
  undo(): boolean {
    if (this.#timer === undefined) return false;
    this.cancel();
    this.#rawLog?.bringBack();
    return this.#store.bringBack();
  }

  /** Stops the time: the data file keeps what was cleared until it is written again. */
  cancel(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #finish(): void {
    this.#timer = undefined;
    this.#store.dropAside();
    this.#rawLog?.dropAside();
    this.#onFinal();
  }
}

/** `DELETE /api/data` clears, `POST /api/data/undo` brings back within ten seconds, `GET /api/data/cleared` says what can be brought back. */
export function clearRoutes(app: FastifyInstance, { undoableClear }: Pick<InboxData, 'undoableClear'>): void {
  app.delete('/api/data', (_request, reply) => {
    undoableClear.start();
    return reply.code(204).send();
  });

  app.get('/api/data/cleared', () => ({ cleared: undoableClear.pending() }));

  app.post('/api/data/undo', (_request, reply) => {
    if (undoableClear.undo()) return reply.code(204).send();
    const message = 'nothing to undo: a clear is final after ten seconds';
    return reply.code(409).send({ error: 'Conflict', message });
  });
}
