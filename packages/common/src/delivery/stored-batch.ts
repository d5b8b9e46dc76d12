import type { BatchFile } from './batch-file.ts';
import { loadBatch, removeBatch, removeFile } from './batch-file.ts';
import type { LaneName } from './record.ts';
import type { SealedBatch } from './transport.ts';

/** A sealed batch that waits, on disk or, while the disk cannot be used, in memory. */
export interface StoredBatch {
  readonly id: string;
  readonly lane: LaneName;
  readonly records: number;
  readonly bytes: number;
  /** Milliseconds since the epoch. */
  readonly sealedAt: number;
  /** `undefined` in memory. */
  readonly file: BatchFile | undefined;
  load(): Promise<SealedBatch>;
  remove(): Promise<void>;
}

/** @param body what the file holds, if it need not be read again: for a batch that will be sent at once. */
export function onDisk(file: BatchFile, sealedAt: number, body?: Buffer): StoredBatch {
  const { id, lane, records, bytes } = file;
  const load = async () => (body ? { id, records, body } : loadBatch(file));
  return { id, lane, records, bytes, sealedAt, file, load, remove: () => removeBatch(file) };
}

/** @param leftover a journal that could not be replaced by a sealed file; it goes with the batch. */
export function inMemory(lane: LaneName, batch: SealedBatch, sealedAt: number, leftover?: string): StoredBatch {
  const { id, records, body } = batch;
  return {
    id,
    lane,
    records,
    bytes: body.length,
    sealedAt,
    file: undefined,
    load: async () => batch,
    remove: async () => {
      if (leftover !== undefined) await removeFile(leftover);
    },
  };
}
