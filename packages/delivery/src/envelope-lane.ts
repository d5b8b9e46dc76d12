import type { Backlog } from './backlog.ts';
import type { BatchStore } from './batch-store.ts';
import { compressSync, MAX_BODY_BYTES } from './compress.ts';
import type { Erasure } from './erasure.ts';
import type { LaneDefinition } from './lanes.ts';
import type { Sender } from './sender.ts';
import type { Spool } from './spool.ts';
import type { LaneCounters } from './stats.ts';

interface EnvelopeLaneOptions {
  readonly name: string;
  readonly definition: LaneDefinition;
  readonly spool: Spool;
  readonly store: BatchStore;
  readonly erasure: Erasure;
  readonly backlog: Backlog;
  readonly sender: Sender;
  readonly counters: LaneCounters;
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
    const { name, definition, spool, store, erasure, counters, backlog } = this.#options;
    const text = erasure.anonymous(envelope);
    // A longer one could not be told from a damaged file, and is four times what Sentry takes.
    if (Buffer.byteLength(text) > MAX_BODY_BYTES) return counters.drop('too_large');
    const placement = { lane: name, definition, sequence: spool.nextSequence(), checkedFor: erasure.list.version };
    backlog.add(store.writeSync({ records: 1, body: compressSync(text) }, placement));
  }

  /** Starts to send what the loop turn has brought. */
  commit(): void {
    this.#options.sender.wake();
  }

  seal(): void {}

  async sealed(): Promise<void> {}

  /** Each envelope is a file of its own, which the one who adopts it has as a whole. */
  disown(): void {}

  close(): void {}
}
