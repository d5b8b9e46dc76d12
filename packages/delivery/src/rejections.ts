import { CorruptedFileError } from './batch-file.ts';
import type { BatchContent, BatchStore } from './batch-store.ts';
import { compress, readText } from './compress.ts';
import type { DeadLetter, DeadLetters } from './dead-letters.ts';
import { readPayloads } from './envelope.ts';
import type { Erasure } from './erasure.ts';
import type { LaneDefinition, Refusal } from './lanes.ts';
import { joinRecords, splitRecords } from './record-text.ts';
import type { LaneCounters } from './stats.ts';
import type { StoredBatch } from './stored-batch.ts';
import type { SealedBatch } from './transport.ts';

interface RejectionsOptions {
  readonly lane: string;
  readonly definition: LaneDefinition;
  readonly store: BatchStore;
  readonly deadLetters: DeadLetters;
  readonly erasure: Erasure;
  readonly counters: LaneCounters;
  readonly warn: (message: string) => void;
  readonly now: () => number;
}

/** What becomes of a batch that the receiver does not take as it is: refused records become dead letters, large batches become two. */
export class Rejections {
  readonly #options: RejectionsOptions;

  constructor(options: RejectionsOptions) {
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
    const { lane, counters, warn } = this.#options;
    const records = await this.#recordsOf(batch);
    if (!records) {
      await this.#options.store.setAside(stored, new CorruptedFileError(reason));
      return batch.records;
    }
    const indexes = refusals ? [...refusals.keys()] : records.map((_, index) => index);
    const refused = indexes.flatMap((index): DeadLetter[] => {
      const record = records[index];
      return record === undefined ? [] : [{ reason, ...refusals?.get(index), sequence: stored.sequence, record }];
    });
    const letters = refused.filter(({ record }) => !this.#mentions(record));
    // Erased while they were under way.
    counters.drop('forgotten', refused.length - letters.length);
    counters.drop(countedAs, indexes.length - refused.length + letters.length);
    await this.#options.deadLetters.add(lane, letters, this.#options.now());
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

  #mentions(record: string): boolean {
    const { definition, erasure } = this.#options;
    const { isErasureRequest, requestsErasure, format } = definition;
    if (requestsErasure || isErasureRequest?.(record)) return false;
    return format === 'envelope' ? erasure.mentionsAnywhere(record) : erasure.mentions(record);
  }

  /** An envelope is a single record; `undefined` when the batch cannot be read. */
  async #recordsOf({ body, records }: SealedBatch): Promise<readonly string[] | undefined> {
    try {
      const text = await readText(body);
      if (this.#options.definition.format === 'array') return splitRecords(text, records);
      return [JSON.stringify(readPayloads(text))];
    } catch {
      return undefined;
    }
  }
}

async function contentOf(records: readonly string[]): Promise<BatchContent> {
  return { records: records.length, body: await compress(joinRecords(records)) };
}
