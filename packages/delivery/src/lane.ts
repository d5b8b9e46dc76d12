import type { Backlog } from './backlog.ts';
import { compress, compressSync, MAX_BODY_BYTES } from './body.ts';
import type { Erasure } from './erasure.ts';
import { Journal, type JournalledBatch, LONG_TEXT, readJournalBody } from './journal.ts';
import { batchLimitsOf, type LaneDefinition } from './lanes.ts';
import type { StoredBatch } from './spool/batch.ts';
import { type BatchFolder, CorruptedFileError, isMissing } from './spool/files.ts';
import { RETRY_AFTER_MS, type Spool } from './spool/spool.ts';
import type { BatchStore } from './spool/store.ts';
import type { LaneCounters } from './stats.ts';

/** Maximum number of batch bodies kept in memory before compression, and again before sending. Further batches are re-read from disk. */
const MAX_BODIES_IN_MEMORY = 3;

/** What the parts of a lane share. */
export interface LaneContext {
  /** Its name. */
  readonly lane: string;
  readonly definition: LaneDefinition;
  readonly spool: Spool;
  readonly store: BatchStore;
  readonly backlog: Backlog;
  readonly erasure: Erasure;
  readonly counters: LaneCounters;
  readonly warn: (message: string) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

interface LaneOptions extends LaneContext {
  /** Called when there is something to send. */
  readonly wake: () => void;
}

interface Sealing extends Omit<JournalledBatch, 'body'> {
  readonly body: Buffer | undefined;
  readonly sequence: number;
  readonly checkedFor: number;
}

/** The way of a record from the caller to the backlog: journalled at the end of the loop turn, then sealed. */
export class Lane {
  readonly #options: LaneOptions;
  readonly #journal: Journal;
  readonly #maxRecordBytes: number;
  /** Of the batch that is gathered. */
  #sequence = 0;
  /** Version of the erasure list that its first record was checked against. */
  #checkedFor = 0;
  #sealing: Promise<void> = Promise.resolve();
  #sealingRecords = 0;
  #bodiesInMemory = 0;

  constructor(options: LaneOptions) {
    this.#options = options;
    const { lane, definition, spool } = options;
    const limits = batchLimitsOf(definition);
    this.#maxRecordBytes = limits.maxRecordBytes;
    this.#journal = new Journal({
      limits,
      nextFile: () => spool.journal(lane, this.#sequence),
      checkOwnership: () => spool.checkOwnership(),
      onDiskError: (error) => spool.refused(error),
    });
  }

  /** Records that are not in the backlog yet. */
  get queued(): number {
    return this.#journal.records + this.#sealingRecords;
  }

  push(json: string): void {
    if (this.#journal.records === 0) this.#begin();
    if (json.length > LONG_TEXT && !this.#makeRoom(json)) return;
    if (this.#journal.add(json)) this.seal();
  }

  commit(): void {
    this.#journal.commit();
  }

  /** Ends the batch; the rest happens later and off the main thread, in order. */
  seal(): void {
    if (this.#journal.records === 0) return;
    const batch = this.#journal.take();
    // In a long synchronous burst nothing can be compressed; what is on disk need not stay in memory as well.
    const keepsBody = !batch.isOnDisk || this.#bodiesInMemory < MAX_BODIES_IN_MEMORY;
    if (keepsBody) this.#bodiesInMemory++;
    else this.#journal.recycle(batch);
    const sealing: Sealing = {
      ...batch,
      body: keepsBody ? batch.body : undefined,
      sequence: this.#sequence,
      checkedFor: this.#checkedFor,
    };
    this.#sealingRecords += batch.records;
    this.#enqueue(sealing, () => {
      if (!keepsBody) return;
      this.#bodiesInMemory--;
      this.#journal.recycle(batch);
    });
  }

  /** Resolves when everything that was sealed so far is in the backlog. */
  sealed(): Promise<void> {
    return this.#sealing;
  }

  /** Leaves to another process what lies in a folder that it has adopted. */
  disown(folder: BatchFolder): void {
    this.#journal.disown(folder);
  }

  close(): void {
    this.#journal.close();
  }

  #enqueue(sealing: Sealing, onRead: () => void): void {
    this.#sealing = this.#sealing.then(async () => {
      const stored = await this.#store(sealing);
      onRead();
      if (stored === 'unreadable') {
        // It is still on disk: the others go on, and it is read later, at the latest by the next process.
        setTimeout(() => this.#enqueue(sealing, () => {}), RETRY_AFTER_MS).unref();
        return;
      }
      this.#sealingRecords -= sealing.records;
      if (!stored) return;
      this.#options.backlog.add(stored);
      this.#options.wake();
    });
  }

  #begin(): void {
    this.#sequence = this.#options.spool.nextSequence();
    this.#checkedFor = this.#options.erasure.list.version;
  }

  async #store({
    body,
    records,
    file,
    isOnDisk,
    ...sealing
  }: Sealing): Promise<StoredBatch | 'unreadable' | undefined> {
    const { lane, definition, spool, store, backlog, counters } = this.#options;
    // Another process has adopted the journal, and delivers it.
    if (file && isOnDisk && spool.isForeign(file.folder)) return undefined;
    let compressed: Buffer;
    try {
      compressed = await compress(body ?? (await readJournalBody(file?.path ?? '')));
    } catch (error) {
      if (file && spool.isForeign(file.folder)) return undefined;
      if (!isMissing(error) && !(error instanceof CorruptedFileError)) return 'unreadable';
      counters.drop('torn', records);
      return undefined;
    }
    // The next to be sent need not be read again; those behind them, while the receiver is down, must not fill the memory.
    const keepsBody = backlog.length(lane) < MAX_BODIES_IN_MEMORY;
    const journal = file && { path: file.path, isWhole: isOnDisk };
    return store.write({ records, body: compressed }, { lane, definition, ...sealing, keepsBody, journal });
  }

  #makeRoom(json: string): boolean {
    const bytes = Buffer.byteLength(json);
    if (bytes > this.#maxRecordBytes) {
      this.#options.counters.drop('too_large');
      return false;
    }
    if (!this.#journal.fits(bytes)) this.seal();
    return true;
  }
}

/**
 * The way of an error to the backlog. Sentry takes one error a request, so there is no batch to wait for: the finished request body is on disk
 * before `push` returns, and a process that is killed right after loses nothing.
 */
export class EnvelopeLane {
  readonly #options: LaneOptions;
  /** Nothing waits here to be sealed. */
  readonly queued = 0;

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  push(envelope: string): void {
    const { lane, definition, spool, store, erasure, counters, backlog } = this.#options;
    const text = erasure.anonymous(envelope);
    // A longer one could not be told from a damaged file, and is four times what Sentry takes.
    if (Buffer.byteLength(text) > MAX_BODY_BYTES) return counters.drop('too_large');
    const placement = { lane, definition, sequence: spool.nextSequence(), checkedFor: erasure.list.version };
    backlog.add(store.writeSync({ records: 1, body: compressSync(text) }, placement));
  }

  /** Starts to send what the loop turn has brought. */
  commit(): void {
    this.#options.wake();
  }

  seal(): void {}

  async sealed(): Promise<void> {}

  /** Each envelope is a file of its own, which the one who adopts it has as a whole. */
  disown(): void {}

  close(): void {}
}
