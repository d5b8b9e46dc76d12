import type { Backlog } from './backlog.ts';
import { type BatchFolder, CorruptedFileError, isMissing } from './batch-file.ts';
import type { BatchStore } from './batch-store.ts';
import { compress } from './compress.ts';
import type { Erasure } from './erasure.ts';
import { Journal, type JournalledBatch, LONG_TEXT, readJournalBody } from './journal.ts';
import { batchLimitsOf, type LaneDefinition } from './lanes.ts';
import type { Sender } from './sender.ts';
import { RETRY_AFTER_MS, type Spool } from './spool.ts';
import type { LaneCounters } from './stats.ts';
import type { StoredBatch } from './stored-batch.ts';

/** Maximum number of batch bodies kept in memory before compression, and again before sending. Further batches are re-read from disk. */
const MAX_BODIES_IN_MEMORY = 3;

interface LaneOptions {
  readonly name: string;
  readonly definition: LaneDefinition;
  readonly spool: Spool;
  readonly store: BatchStore;
  readonly erasure: Erasure;
  readonly backlog: Backlog;
  readonly sender: Sender;
  readonly counters: LaneCounters;
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
    const { name, definition, spool } = options;
    const limits = batchLimitsOf(definition);
    this.#maxRecordBytes = limits.maxRecordBytes;
    this.#journal = new Journal({
      limits,
      nextFile: () => spool.journal(name, this.#sequence),
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
      this.#options.sender.wake();
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
    sequence,
    checkedFor,
  }: Sealing): Promise<StoredBatch | 'unreadable' | undefined> {
    const { name, definition, spool, store, backlog, counters } = this.#options;
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
    const keepsBody = backlog.length(name) < MAX_BODIES_IN_MEMORY;
    return store.write(
      { records, body: compressed },
      {
        lane: name,
        definition,
        sequence,
        checkedFor,
        keepsBody,
        journal: file && { path: file.path, isWhole: isOnDisk },
      },
    );
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
