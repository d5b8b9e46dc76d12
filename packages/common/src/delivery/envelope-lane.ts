import type { Backlog } from './backlog.ts';
import { batchId, writeBatchSync } from './batch-file.ts';
import { compressSync, MAX_BODY_BYTES } from './compress.ts';
import { withoutPeople } from './envelope.ts';
import type { Forgotten } from './forgotten.ts';
import type { LaneName } from './record.ts';
import type { Sender } from './sender.ts';
import type { Spool } from './spool.ts';
import type { LaneCounters } from './stats.ts';
import { inMemory, onDisk, type StoredBatch } from './stored-batch.ts';

/** What {@link EnvelopeLane} takes. */
interface EnvelopeLaneOptions {
  readonly name: LaneName;
  readonly spool: Spool;
  readonly backlog: Backlog;
  readonly sender: Sender;
  readonly counters: LaneCounters;
  readonly forgotten: Forgotten;
  readonly now: () => number;
}

/**
 * The way of an error to the backlog. Sentry takes one error a request, so there is no batch to wait for: the finished request body is on disk
 * before `push` returns, and a process that is killed right after loses nothing.
 */
export class EnvelopeLane {
  readonly #options: EnvelopeLaneOptions;
  /** Nothing waits here to be sealed. */
  readonly queued = 0;

  constructor(options: EnvelopeLaneOptions) {
    this.#options = options;
  }

  push(envelope: string): void {
    const { counters, forgotten, backlog } = this.#options;
    const text = forgotten.isEmpty ? envelope : withoutPeople(envelope, forgotten.has);
    // A longer one could not be told from a damaged file, and is four times what Sentry takes.
    if (Buffer.byteLength(text) > MAX_BODY_BYTES) return counters.drop('too_large');
    backlog.add(this.#store(compressSync(text)));
  }

  /** Starts to send what the loop turn has brought. */
  commit(): void {
    this.#options.sender.wake();
  }

  seal(): void {}

  async sealed(): Promise<void> {}

  close(): void {}

  #store(body: Buffer): StoredBatch {
    const { name, spool, now } = this.#options;
    const key = String(spool.nextSequence()).padStart(8, '0');
    const sealedAt = now();
    const folder = spool.folder();
    if (folder) {
      try {
        return onDisk(writeBatchSync(folder, name, key, { records: 1, body }), sealedAt);
      } catch (error) {
        spool.refused(error);
      }
    }
    const id = batchId(folder?.id ?? `memory-${process.pid}-${sealedAt}`, name, key);
    return inMemory(name, { id, records: 1, body }, sealedAt);
  }
}
