import type { EncodedRecord } from './record.ts';

/** Records of one request. Mixpanel reference, import-events. */
const MAX_BATCH_RECORDS = 2000;
/** Two pages of the vendor disagree on 2 or 10 MB a request; this keeps below the smaller one. */
const MAX_BATCH_BYTES = 1_900_000;
/** Uncompressed JSON of one event. Mixpanel reference, import-events. */
export const MAX_RECORD_BYTES = 1_000_000;

/** Records that are sent together, in the order in which they came. */
export interface Batch {
  readonly records: readonly EncodedRecord[];
  readonly bytes: number;
}

/** Collects records up to the vendor's limits. */
export class BatchBuilder {
  #records: EncodedRecord[] = [];
  #bytes = 0;

  get size(): number {
    return this.#records.length;
  }

  /** Whether a record of so many bytes still fits. */
  fits(bytes: number): boolean {
    return this.#records.length < MAX_BATCH_RECORDS && this.#bytes + bytes <= MAX_BATCH_BYTES;
  }

  add(record: EncodedRecord, bytes: number): void {
    this.#records.push(record);
    this.#bytes += bytes;
  }

  /** Takes what was collected and starts anew. */
  seal(): Batch {
    const batch = { records: this.#records, bytes: this.#bytes };
    this.#records = [];
    this.#bytes = 0;
    return batch;
  }

  /** Removes the records that a predicate names; returns how many. */
  remove(matches: (record: EncodedRecord) => boolean): number {
    const kept = this.#records.filter((record) => !matches(record));
    const removed = this.#records.length - kept.length;
    this.#records = kept;
    return removed;
  }
}

/** Two halves of a batch, for a receiver that finds it too large. */
export function splitBatch(batch: Batch): readonly [Batch, Batch] {
  const middle = Math.ceil(batch.records.length / 2);
  return [batchOf(batch.records.slice(0, middle)), batchOf(batch.records.slice(middle))];
}

function batchOf(records: readonly EncodedRecord[]): Batch {
  return { records, bytes: records.reduce((sum, { json }) => sum + Buffer.byteLength(json), 0) };
}
