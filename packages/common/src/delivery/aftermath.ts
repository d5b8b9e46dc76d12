import { basename, dirname } from 'node:path';
import { halfKey, writeBatch } from './batch-file.ts';
import { compress, readRecords } from './compress.ts';
import type { DeadLetter, DeadLetters } from './dead-letters.ts';
import type { Aftermath } from './sender.ts';
import { inMemory, onDisk, type StoredBatch } from './stored-batch.ts';

/** What becomes of batches that the receiver did not take whole: refused records become dead letters, large batches become two. */
export function createAftermath(
  deadLetters: DeadLetters,
  warn: (message: string) => void,
  now: () => number,
): Aftermath {
  return {
    async quarantine(batch, lane, reason, refusals) {
      const records = await readRecords(batch.body).catch(() => []);
      const indexes = refusals ? [...refusals.keys()] : records.map((_, index) => index);
      const letters = indexes.map((index): DeadLetter => ({ reason, ...refusals?.get(index), record: records[index] }));
      await deadLetters.add(lane, letters, now());
      const count = refusals ? refusals.size : batch.records;
      const shown = letters[0]?.reason ?? reason;
      warn(
        `${count} of ${batch.records} records of the ${lane} lane were rejected and put into dead/${lane}.ndjson: ${shown}`,
      );
      return count;
    },

    async split(stored, batch) {
      const records = await readRecords(batch.body).catch(() => []);
      if (records.length < 2) return [];
      const middle = Math.ceil(records.length / 2);
      return [
        await storeHalf(stored, 'a', records.slice(0, middle)),
        await storeHalf(stored, 'b', records.slice(middle)),
      ];
    },
  };
}

async function storeHalf(
  { id, lane, sealedAt, file }: StoredBatch,
  half: 'a' | 'b',
  records: readonly unknown[],
): Promise<StoredBatch> {
  const body = await compress(JSON.stringify(records));
  const content = { records: records.length, body };
  const halfInMemory = () => inMemory(lane, { id: `${id}-${half}`, ...content }, sealedAt);
  if (!file) return halfInMemory();
  const folder = dirname(file.path);
  const folderId = basename(folder).replace(/^adopted-/, '');
  return writeBatch({ id: folderId, path: folder }, lane, halfKey(file, half), content).then(
    (written) => onDisk(written, sealedAt),
    // The disk is full.
    halfInMemory,
  );
}
