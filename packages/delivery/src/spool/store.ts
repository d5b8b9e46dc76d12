import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Backlog } from '../backlog.ts';
import { compress } from '../body.ts';
import type { Erasure } from '../erasure.ts';
import { type LaneDefinition, reasonOf } from '../lanes.ts';
import type { LaneCounters } from '../stats.ts';
import { type BatchState, type Leftover, StoredBatch } from './batch.ts';
import {
  type BatchFolder,
  batchName,
  CorruptedFileError,
  isMissing,
  pathOf,
  removeFile,
  type SpoolName,
  writeBatchSync,
  writeWhole,
} from './files.ts';
import { RETRY_AFTER_MS, type Spool } from './spool.ts';
import { eraseFromCorrupted, setAside } from './undeliverable.ts';

interface BatchStoreOptions {
  readonly spool: Spool;
  readonly backlog: Backlog;
  readonly erasure: Erasure;
  readonly countersOf: (lane: string) => LaneCounters | undefined;
  readonly warn: (message: string) => void;
}

/** The bytes of a batch and how many records they are. */
export interface BatchContent {
  readonly records: number;
  readonly body: Buffer;
}

/** What a new batch is written under. */
interface Placement {
  readonly lane: string;
  readonly definition: LaneDefinition;
  readonly sequence: number;
  readonly checkedFor: number;
  /** Whether its bytes stay in memory, to be sent soon. */
  readonly keepsBody?: boolean;
  /** A journal that the batch replaces, and whether it has all of the batch: the disk may have refused a part. */
  readonly journal?: Omit<Leftover, 'holders'> | undefined;
}

/**
 * Puts batches on disk and takes them from it: new ones, parts of others, and those that were in memory while the disk refused. A batch is on disk
 * whenever the disk allows.
 */
export class BatchStore {
  readonly #options: BatchStoreOptions;
  /** Batches that are done with and whose files could not be removed: after a restart they would be sent again. */
  readonly #unremoved = new Set<StoredBatch>();
  readonly #removing = new Set<Promise<void>>();
  readonly #inMemory = new Set<StoredBatch>();
  /** Unique over all processes, as a folder is. */
  readonly #memory: BatchFolder = { id: `memory-${randomBytes(6).toString('hex')}`, path: '' };
  #retryTimer: NodeJS.Timeout | undefined;

  constructor(options: BatchStoreOptions) {
    this.#options = options;
  }

  /** Stores a batch that was just sealed. Never rejects. */
  async write(content: BatchContent, { keepsBody = false, journal, ...placement }: Placement): Promise<StoredBatch> {
    const { spool } = this.#options;
    const name = nameOf(placement, content);
    const folder = spool.folder();
    if (folder) {
      try {
        await writeWhole(pathOf(folder, name), content.body);
        // A journal that stays goes with the batch: sealed again, it would be sent again.
        const leftover = await removeJournal(journal);
        return onDisk(folder, name, content.body, { ...placement, leftover, ...(keepsBody && content) });
      } catch (error) {
        spool.refused(error);
      }
    }
    return this.#keepInMemory(name, content.body, { ...placement, leftover: journal && { ...journal, holders: 1 } });
  }

  /** {@link write} before anything else happens. Never throws. */
  writeSync(content: BatchContent, placement: Omit<Placement, 'keepsBody' | 'journal'>): StoredBatch {
    const { spool } = this.#options;
    const name = nameOf(placement, content);
    const folder = spool.folder();
    if (folder) {
      try {
        writeBatchSync(pathOf(folder, name), content.body);
        return onDisk(folder, name, content.body, placement);
      } catch (error) {
        spool.refused(error);
      }
    }
    return this.#keepInMemory(name, content.body, placement);
  }

  /**
   * Writes parts of a batch in its place, one for each mark. The batch's own file goes last: whoever finds it after a crash ignores the parts, none of
   * which was sent.
   *
   * @throws what the disk says; the batch is as it was then.
   */
  async replace(
    batch: StoredBatch,
    parts: readonly (BatchContent & { readonly mark: 'a' | 'b' | 'f' })[],
  ): Promise<StoredBatch[]> {
    const { definition, checkedFor, file } = batch;
    const placed = parts.map((part) => ({ body: part.body, name: nameOf(batch, part, `${batch.marks}-${part.mark}`) }));
    if (file) {
      try {
        for (const { body, name } of placed) await writeWhole(pathOf(file.folder, name), body);
      } catch (error) {
        this.#options.spool.refused(error);
        // A full disk: sent from memory, and the file stays until all parts are done with.
        const leftover = { path: pathOf(file.folder, file.name), isWhole: true, holders: placed.length };
        return placed.map(({ body, name }) => this.#keepInMemory(name, body, { definition, checkedFor, leftover }));
      }
    }
    await batch.remove();
    return placed.map(({ body, name }) =>
      file
        ? onDisk(file.folder, name, body, { definition, checkedFor })
        : this.#keepInMemory(name, body, { definition, checkedFor }),
    );
  }

  /** What is left of a batch without erased people; `undefined` when nothing is. @throws as {@link StoredBatch.load} does. */
  async withoutErased(batch: StoredBatch): Promise<StoredBatch | undefined> {
    const { erasure, countersOf } = this.#options;
    const { version } = erasure.list;
    if (batch.checkedFor === version) return batch;
    const text = await batch.text();
    const filtered = filterOrThrow(erasure, batch, text);
    batch.checkedFor = version;
    if (!filtered) return batch;
    const { records } = filtered;
    const parts = records === 0 ? [] : [{ mark: 'f' as const, records, body: await compress(filtered.text) }];
    const [rest] = await this.replace(batch, parts);
    countersOf(batch.lane)?.drop('forgotten', filtered.removed);
    return rest;
  }

  /** Removes a batch that is done with. Where the disk refuses, it is tried again. */
  remove(batch: StoredBatch): void {
    const removing = batch
      .remove()
      .catch(() => {
        this.#unremoved.add(batch);
        this.#scheduleRetry();
      })
      .finally(() => this.#removing.delete(removing));
    this.#removing.add(removing);
  }

  /** Resolves when the disk has answered all removals so far. */
  async removed(): Promise<void> {
    await Promise.all(this.#removing);
  }

  /** Sets a file aside that cannot be read, and counts its records. Never rejects. */
  async setAside(batch: StoredBatch, error: unknown): Promise<void> {
    const { spool, erasure, countersOf, warn } = this.#options;
    countersOf(batch.lane)?.drop('torn', batch.records);
    const { root } = spool;
    if (!batch.file || root === undefined) return;
    const { folder, name } = batch.file;
    const reason = reasonOf(error);
    try {
      const path = await setAside(root, folder, batchName(name), reason);
      if (!erasure.list.isEmpty && (await eraseFromCorrupted(path, (text) => erasure.mentionsAnywhere(text)))) return;
      warn(
        `A batch of the ${batch.lane} lane cannot be read (${reason}). It is in ${root}/corrupted; see qr-obs spool status.`,
      );
    } catch (refusal) {
      if (!isMissing(refusal)) spool.refused(refusal);
    }
  }

  /** Writes once more what is in memory only: the disk may take it by now. Never rejects. */
  async close(): Promise<void> {
    clearTimeout(this.#retryTimer);
    this.#options.spool.retry();
    await this.#catchUp();
    await this.removed();
    clearTimeout(this.#retryTimer);
  }

  #keepInMemory(
    name: SpoolName,
    body: Buffer,
    { definition, checkedFor, leftover }: Pick<BatchState, 'definition' | 'checkedFor' | 'leftover'>,
  ): StoredBatch {
    const state = { definition, checkedFor, leftover, body, isOnDisk: false, isOurs: true };
    const batch = new StoredBatch(this.#memory, name, state);
    // Only a disk that may come back is waited for.
    if (this.#options.spool.root !== undefined) {
      this.#inMemory.add(batch);
      this.#scheduleRetry();
    }
    return batch;
  }

  #scheduleRetry(): void {
    this.#retryTimer ??= setTimeout(() => void this.#catchUp(), RETRY_AFTER_MS).unref();
  }

  /** Writes what waits in memory as soon as the disk takes it, and removes what could not be removed. */
  async #catchUp(): Promise<void> {
    const { spool } = this.#options;
    this.#retryTimer = undefined;
    for (const batch of this.#unremoved) {
      await batch.remove().then(
        () => this.#unremoved.delete(batch),
        () => {},
      );
    }
    for (const batch of this.#inMemory) {
      const folder = batch.isRemoved ? undefined : spool.folder();
      if (!batch.isRemoved && !(folder && (await this.#moveToDisk(batch, folder)))) break;
      this.#inMemory.delete(batch);
    }
    if (this.#unremoved.size + this.#inMemory.size > 0) this.#scheduleRetry();
  }

  /** Whether it is on disk now. A batch that is under way is written as well: its delivery may fail. */
  async #moveToDisk(batch: StoredBatch, folder: BatchFolder): Promise<boolean> {
    const { spool, backlog } = this.#options;
    const isWaiting = backlog.remove(batch);
    try {
      const { body, records } = await batch.load();
      const name = nameOf(batch, { body, records }, batch.marks);
      await writeWhole(pathOf(folder, name), body);
      await batch.movedTo({ folder, name });
      return true;
    } catch (error) {
      spool.refused(error);
      return false;
    } finally {
      if (isWaiting) backlog.putBack(batch);
    }
  }
}

function filterOrThrow(
  erasure: Erasure,
  { definition, records }: StoredBatch,
  text: string,
): ReturnType<Erasure['filter']> {
  try {
    return erasure.filter(definition, text, records);
  } catch (error) {
    // It cannot be shown to be free of them.
    throw new CorruptedFileError(reasonOf(error));
  }
}

function nameOf(
  { lane, sequence }: Pick<Placement, 'lane' | 'sequence'>,
  { records, body }: BatchContent,
  marks = '',
): SpoolName {
  return { kind: 'batch', version: 2, lane, sequence, marks, records, bytes: body.length };
}

function onDisk(
  folder: BatchFolder,
  name: SpoolName,
  written: Buffer,
  { definition, checkedFor, leftover, body }: Pick<BatchState, 'definition' | 'checkedFor' | 'leftover' | 'body'>,
): StoredBatch {
  const checksum = crc32(written);
  return new StoredBatch(folder, name, {
    definition,
    checkedFor,
    leftover,
    body,
    checksum,
    isOnDisk: true,
    isOurs: true,
  });
}

/** @returns the journal when it is still there. */
async function removeJournal(journal: Placement['journal']): Promise<Leftover | undefined> {
  if (journal === undefined) return undefined;
  return removeFile(journal.path).then(
    () => undefined,
    () => ({ ...journal, holders: 1 }),
  );
}
