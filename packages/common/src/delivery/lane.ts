import type { Backlog } from './backlog.ts';
import { batchId, removeFile, writeBatch } from './batch-file.ts';
import { compress } from './compress.ts';
import { Journal, type JournalledBatch, LONG_TEXT, MAX_RECORD_BYTES, readJournalBody } from './journal.ts';
import type { LaneName } from './record.ts';
import type { Sender } from './sender.ts';
import type { Spool } from './spool.ts';
import type { LaneCounters } from './stats.ts';
import { inMemory, onDisk, type StoredBatch } from './stored-batch.ts';

/**
 * Batches whose bytes wait in memory to be compressed, and again to be sent; those of further ones are read from the disk when their turn
 * comes.
 */
const MAX_BODIES_IN_MEMORY = 3;

/** What {@link Lane} takes. */
interface LaneOptions {
  readonly name: LaneName;
  readonly spool: Spool;
  readonly backlog: Backlog;
  readonly sender: Sender;
  readonly counters: LaneCounters;
  readonly now: () => number;
}

interface Sealing extends Omit<JournalledBatch, 'body'> {
  readonly body: Buffer | undefined;
  readonly sequence: number;
  readonly sealedAt: number;
}

/** The way of a record from the caller to the backlog: journalled at the end of the loop turn, then sealed. */
export class Lane {
  readonly #options: LaneOptions;
  readonly #journal: Journal;
  #sequence: number;
  #sealing: Promise<void> = Promise.resolve();
  #sealingRecords = 0;
  #bodiesInMemory = 0;

  constructor(options: LaneOptions) {
    this.#options = options;
    const { name, spool } = options;
    this.#sequence = spool.nextSequence();
    this.#journal = new Journal({
      nextPath: () => spool.journalPath(name, this.#sequence),
      onDiskError: (error) => spool.refused(error),
    });
  }

  /** Records that are not in the backlog yet. */
  get queued(): number {
    return this.#journal.records + this.#sealingRecords;
  }

  push(json: string): void {
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
      sealedAt: this.#options.now(),
    };
    this.#sequence = this.#options.spool.nextSequence();
    this.#sealingRecords += batch.records;
    this.#sealing = this.#sealing.then(async () => {
      const stored = await this.#store(sealing);
      if (keepsBody) {
        this.#bodiesInMemory--;
        this.#journal.recycle(batch);
      }
      this.#sealingRecords -= batch.records;
      if (!stored) return;
      this.#options.backlog.add(stored);
      this.#options.sender.wake();
    });
  }

  /** Resolves when everything that was sealed so far is in the backlog. */
  sealed(): Promise<void> {
    return this.#sealing;
  }

  close(): void {
    this.#journal.close();
  }

  async #store({ body, records, path, sequence, sealedAt }: Sealing): Promise<StoredBatch | undefined> {
    const { name, spool, counters } = this.#options;
    const key = String(sequence).padStart(8, '0');
    let compressed: Buffer;
    try {
      compressed = await compress(body ?? (await readJournalBody(path)));
    } catch {
      // Somebody removed the journal in the meantime.
      counters.drop('torn', records);
      return undefined;
    }
    const folder = spool.folder();
    if (folder) {
      try {
        const file = await writeBatch(folder, name, key, { records, body: compressed });
        if (path !== undefined) await removeFile(path);
        // The next to be sent need not be read again; those behind them, while the receiver is down, must not fill the memory.
        const isSentSoon = this.#options.backlog.waiting(name).length < MAX_BODIES_IN_MEMORY;
        return isSentSoon ? onDisk(file, sealedAt, compressed) : onDisk(file, sealedAt);
      } catch (error) {
        spool.refused(error);
      }
    }
    const id = batchId(folder?.id ?? `memory-${process.pid}-${sealedAt}`, name, key);
    return inMemory(name, { id, records, body: compressed }, sealedAt, path);
  }

  #makeRoom(json: string): boolean {
    const bytes = Buffer.byteLength(json);
    if (bytes > MAX_RECORD_BYTES) {
      this.#options.counters.drop('too_large');
      return false;
    }
    if (!this.#journal.fits(bytes)) this.seal();
    return true;
  }
}
