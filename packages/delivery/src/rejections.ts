import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, readdir, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { compress, joinRecords, readPayloads, readText, splitRecords } from './body.ts';
import { DEAD_FOLDER, laneOfDeadLetters, readLines } from './dead-letters.ts';
import type { LaneContext } from './lane.ts';
import { type Refusal, reasonOf, type SealedBatch } from './lanes.ts';
import type { StoredBatch } from './spool/batch.ts';
import { CorruptedFileError, withRegular } from './spool/files.ts';
import type { BatchContent } from './spool/store.ts';

/** Then the file is put aside, and the one put aside before it is discarded. */
const MAX_FILE_BYTES = 16 * 1024 * 1024;

/** One rejected record, with what the receiver said. */
interface DeadLetter extends Refusal {
  /** That of its batch: replayed records keep their order. */
  readonly sequence: number;
  /** JSON. */
  readonly record: string;
}

/** What becomes of a batch that the receiver does not take as it is: refused records become dead letters, large batches become two. */
export class Rejections {
  readonly #options: LaneContext;
  /** Whether the last line of the file may be cut off. */
  #isTorn = false;

  constructor(options: LaneContext) {
    this.#options = options;
  }

  /**
   * Puts refused records into the dead letters and counts them; all of the batch when none is named.
   *
   * @returns how many records were not taken.
   */
  async reject(
    stored: StoredBatch,
    batch: SealedBatch,
    reason: string,
    refusals?: ReadonlyMap<number, Refusal>,
    countedAs: 'rejected' | 'too_large' = 'rejected',
  ): Promise<number> {
    const { lane, definition, erasure, store, counters, warn } = this.#options;
    const records = await this.#recordsOf(batch);
    if (!records) {
      await store.setAside(stored, new CorruptedFileError(reason));
      return batch.records;
    }
    const indexes = refusals ? [...refusals.keys()] : records.map((_, index) => index);
    const refused = indexes.flatMap((index): DeadLetter[] => {
      const record = records[index];
      return record === undefined ? [] : [{ reason, ...refusals?.get(index), sequence: stored.sequence, record }];
    });
    const letters = refused.filter(({ record }) => !erasure.forbids(definition, record));
    // Erased while they were under way.
    counters.drop('forgotten', refused.length - letters.length);
    counters.drop(countedAs, indexes.length - refused.length + letters.length);
    await this.#keep(letters);
    const shown = refused[0]?.reason ?? reason;
    warn(
      `${indexes.length} of ${batch.records} records of the ${lane} lane were rejected and put into dead/${lane}.ndjson: ${shown}`,
    );
    return indexes.length;
  }

  /** Two halves in the place of a batch; none of a single record, which is rejected. @throws what the disk says. */
  async split(
    stored: StoredBatch,
    batch: SealedBatch,
    reason: string,
    isTooLarge: boolean,
  ): Promise<readonly StoredBatch[]> {
    const records = await this.#recordsOf(batch);
    if (!records || records.length < 2) {
      await this.reject(stored, batch, reason, undefined, isTooLarge ? 'too_large' : 'rejected');
      this.#options.store.remove(stored);
      return [];
    }
    const middle = Math.ceil(records.length / 2);
    return this.#options.store.replace(stored, [
      { mark: 'a', ...(await contentOf(records.slice(0, middle))) },
      { mark: 'b', ...(await contentOf(records.slice(middle))) },
    ]);
  }

  /** Adds letters to the file of the lane. Never rejects; without a disk they are counted and gone. */
  async #keep(letters: readonly DeadLetter[]): Promise<void> {
    const { lane, spool, counters, warn, now } = this.#options;
    if (spool.root === undefined || letters.length === 0) return;
    const file = join(spool.root, DEAD_FOLDER, `${lane}.ndjson`);
    const at = new Date(now()).toISOString();
    const lines = letters.map((letter) => lineOf(letter, at));
    try {
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      const discarded = await rotate(file);
      if (discarded > 0) {
        counters.drop('dead_letter_overflow', discarded);
        warn(
          `The dead letters of the ${lane} lane are full: the ${discarded} oldest were discarded, and counted as dead_letter_overflow. Look at them with qr-obs spool dead, and replay or purge them.`,
        );
      }
      const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT;
      const text = `${this.#isTorn ? '\n' : ''}${lines.join('')}`;
      await withRegular(file, (handle) => handle.appendFile(text), flags);
      this.#isTorn = false;
    } catch (error) {
      this.#isTorn = true;
      counters.drop('dead_letter_overflow', letters.length);
      warn(`Rejected records could not be written to ${file}: ${reasonOf(error)}`);
    }
  }

  /** An envelope is a single record; `undefined` when the batch cannot be read. */
  async #recordsOf({ body, records }: SealedBatch): Promise<readonly string[] | undefined> {
    try {
      const text = await readText(body);
      if (this.#options.definition.format !== 'envelope') return splitRecords(text, records);
      return [JSON.stringify(readPayloads(text))];
    } catch {
      return undefined;
    }
  }
}

async function contentOf(records: readonly string[]): Promise<BatchContent> {
  return { records: records.length, body: await compress(joinRecords(records)) };
}

function lineOf({ record, ...letter }: DeadLetter, at: string): string {
  const head = JSON.stringify({ at, ...letter });
  return `${head.slice(0, -1)},"record":${record}}\n`;
}

/** Puts a full file aside under a name of its own; returns how many letters were discarded for it. */
async function rotate(file: string): Promise<number> {
  const size = await stat(file).then(
    ({ size: bytes }) => bytes,
    () => 0,
  );
  if (size <= MAX_FILE_BYTES) return 0;
  const asides = (await readdir(dirname(file))).filter((name) => name.startsWith(`${basename(file)}.`));
  await rename(file, `${file}.${randomBytes(4).toString('hex')}`);
  let discarded = 0;
  for (const name of asides.filter(laneOfDeadLetters)) discarded += await discard(join(dirname(file), name));
  return discarded;
}

/** Removes a file; returns how many letters it held, 0 where another process was faster. */
async function discard(path: string): Promise<number> {
  try {
    let letters = 0;
    await readLines(path, async (lines) => {
      letters += lines.length;
    });
    await unlink(path);
    return letters;
  } catch {
    return 0;
  }
}
