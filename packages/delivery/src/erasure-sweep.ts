import { setTimeout as sleep } from 'node:timers/promises';
import type { Backlog } from './backlog.ts';
import { lanesWithLetters, restoreLetters, takeLetters } from './dead-letters.ts';
import type { Erasure } from './erasure.ts';
import { type LaneDefinition, type Lanes, reasonOf, type Transport } from './lanes.ts';
import type { OrderGuard } from './order-guard.ts';
import type { Sender } from './sender.ts';
import type { StoredBatch } from './spool/batch.ts';
import { CorruptedFileError, isMissing } from './spool/files.ts';
import type { Spool } from './spool/spool.ts';
import type { BatchStore } from './spool/store.ts';
import { eraseAllCorrupted, eraseFromUnknown } from './spool/undeliverable.ts';

/** Delay before a sweep that the disk interrupted is repeated. */
const RETRY_MS = 1000;
/** Batches that were recalled are back within moments; others, which are being delivered, are not waited for. */
const RECALL_WAIT_MS = 100;

/** What the sweep needs of a lane that this process has. */
interface SweptLane {
  readonly transport: Transport;
  readonly sender: Sender;
  readonly guard: OrderGuard | undefined;
}

interface ErasureSweepOptions {
  readonly spool: Spool;
  readonly store: BatchStore;
  readonly backlog: Backlog;
  readonly erasure: Erasure;
  readonly lanes: Lanes;
  /** The lanes that this process delivers. */
  readonly parts: ReadonlyMap<string, SweptLane>;
  readonly countDeadLetters: (lane: string, letters: number) => void;
  readonly warn: (message: string) => void;
}

/**
 * Removes erased people from everything that a process keeps: batch by batch, while delivery goes on. Nothing that mentions them is sent in the
 * meantime, because every batch is checked again before it is sent.
 */
export class ErasureSweep {
  readonly #options: ErasureSweepOptions;
  #sweptFor = 0;
  #hasNewFiles = false;
  #running: Promise<void> | undefined;
  #retryTimer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: ErasureSweepOptions) {
    this.#options = options;
  }

  /** Resolves when what is kept has been searched. Never rejects; what the disk refuses is tried again later. */
  async run(): Promise<void> {
    // A second run starts after the first: people may have been added when that was half done.
    await this.#running;
    this.#running ??= this.#sweep().finally(() => {
      this.#running = undefined;
    });
    await this.#running;
  }

  /** Says that there are files that were not searched. */
  noteFiles(): void {
    this.#hasNewFiles = true;
  }

  /** Whether people were added, or files found, since the last whole sweep. */
  get isDue(): boolean {
    const { version } = this.#options.erasure.list;
    return version > 0 && (this.#hasNewFiles || this.#sweptFor < version);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#retryTimer);
  }

  async #sweep(): Promise<void> {
    const { version } = this.#options.erasure.list;
    if (this.#isClosed || version === 0) return;
    let isWhole = true;
    this.#hasNewFiles = false;
    for (const lane of Object.keys(this.#options.lanes)) isWhole = (await this.#sweepLane(lane, version)) && isWhole;
    isWhole = (await this.#sweepFiles(version)) && isWhole;
    if (isWhole) this.#sweptFor = version;
    else if (!this.#isClosed) {
      this.#hasNewFiles = true;
      clearTimeout(this.#retryTimer);
      this.#retryTimer = setTimeout(() => void this.run(), RETRY_MS).unref();
    }
  }

  async #sweepLane(lane: string, version: number): Promise<boolean> {
    const { backlog, parts } = this.#options;
    const part = parts.get(lane);
    if (part && (await this.#recall(lane, part, version))) await sleep(RECALL_WAIT_MS, undefined, { ref: false });
    let isWhole = true;
    for (const batch of [...backlog.batches(lane)]) {
      if (this.#isClosed) return false;
      if (batch.checkedFor === version) continue;
      // Being sent, which checks it as well.
      if (!backlog.lend(batch)) continue;
      part?.guard?.hold(batch);
      try {
        isWhole = (await this.#sweepBatch(batch)) && isWhole;
      } finally {
        backlog.returned(lane);
        part?.guard?.release();
        part?.sender.wake();
      }
    }
    return isWhole;
  }

  async #sweepBatch(batch: StoredBatch): Promise<boolean> {
    const { store, backlog } = this.#options;
    try {
      const rest = await store.withoutErased(batch);
      if (rest) backlog.putBack(rest);
      return true;
    } catch (error) {
      if (error instanceof CorruptedFileError) await store.setAside(batch, error);
      else if (!isMissing(error)) {
        backlog.putBack(batch);
        this.#warnUnfinished(error);
        return false;
      }
      return true;
    }
  }

  /** Asks for batches back that mention erased people and are kept elsewhere; whether there were any. */
  async #recall(lane: string, { transport, sender }: SweptLane, version: number): Promise<boolean> {
    const definition = this.#options.lanes[lane];
    if (!transport.recall || !definition || definition.requestsErasure) return false;
    let isRecalled = false;
    for (const batch of [...sender.inFlight].filter(({ checkedFor }) => checkedFor < version)) {
      const text = await batch.text().catch(() => undefined);
      if (text === undefined || !this.#isAffected(definition, text, batch.records)) continue;
      await transport.recall(lane, batch.id).catch(() => {});
      isRecalled = true;
    }
    return isRecalled;
  }

  #isAffected(definition: LaneDefinition, text: string, records: number): boolean {
    try {
      return this.#options.erasure.filter(definition, text, records) !== undefined;
    } catch {
      return true;
    }
  }

  /** Dead letters, files that cannot be read, and files in our folders that are nobody's we know. */
  async #sweepFiles(version: number): Promise<boolean> {
    const { spool, lanes, erasure, countDeadLetters, warn } = this.#options;
    const { root } = spool;
    if (root === undefined) return true;
    try {
      // What a process took away that was killed while it searched.
      await restoreLetters(root, Date.now());
      // New ones do not mention them: these need not be read for every folder that is taken over.
      for (const lane of this.#sweptFor === version ? [] : await lanesWithLetters(root))
        countDeadLetters(lane, await eraseDeadLetters(root, lane, lanes[lane], erasure));
      const removed = await eraseAllCorrupted(root, (text) => erasure.mentionsAnywhere(text));
      if (removed > 0) warn(`${removed} files that could not be read named an erased person and were removed.`);
      const own = spool.folder()?.path;
      const unknown = own === undefined ? [] : await eraseFromUnknown(own, lanes, erasure);
      for (const path of unknown)
        warn(
          `${path}, of another version or a lane this process does not know, named an erased person, who was removed.`,
        );
      return true;
    } catch (error) {
      this.#warnUnfinished(error);
      return false;
    }
  }

  /** Delivery goes on as before: a folder of dead letters that is locked says nothing about the spool. */
  #warnUnfinished(error: unknown): void {
    const { spool, warn } = this.#options;
    warn(
      `Not everything in ${spool.root} could be searched for erased people (${reasonOf(error)}). It is tried again every second.`,
    );
  }
}

/** Removes the dead letters of a lane that mention an erased person; returns how many. @throws what the disk says. */
async function eraseDeadLetters(
  root: string,
  lane: string,
  definition: LaneDefinition | undefined,
  erasure: Erasure,
): Promise<number> {
  if (definition?.requestsErasure) return 0;
  return takeLetters(root, lane, (line) => {
    try {
      return erasure.forbids(definition, line);
    } catch {
      // Cut off: it cannot be sent again, nor be shown to be free of them.
      return erasure.mentionsAnywhere(line);
    }
  });
}
