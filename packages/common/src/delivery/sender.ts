import type { Backlog } from './backlog.ts';
import type { LaneName } from './record.ts';
import type { Refusal } from './replies.ts';
import { type Decision, decide, describeReply, MAX_JITTER_MS } from './retry-policy.ts';
import type { LaneCounters } from './stats.ts';
import type { StoredBatch } from './stored-batch.ts';
import type { Reply, SealedBatch, Transport } from './transport.ts';

/** What becomes of a batch that the receiver did not take whole. */
export interface Aftermath {
  /** Puts refused records aside, all without indexes; returns how many. */
  quarantine(
    batch: SealedBatch,
    lane: LaneName,
    reason: string,
    refusals?: ReadonlyMap<number, Refusal>,
  ): Promise<number>;
  /** Two halves in the place of a batch that is too large; none when it is a single record. */
  split(stored: StoredBatch, batch: SealedBatch): Promise<readonly StoredBatch[]>;
}

/** What {@link Sender} takes. */
interface SenderOptions {
  readonly lane: LaneName;
  readonly transport: Transport;
  readonly backlog: Backlog;
  readonly counters: LaneCounters;
  readonly aftermath: Aftermath;
  readonly warn: (message: string) => void;
  readonly now: () => number;
  readonly random: () => number;
}

/**
 * Decides when the batches of one lane are sent: oldest first, and again after the wait that the retry policy asks for. Backs off for the lane
 * as a whole: a receiver that is down gets one request at a time, not one for each batch.
 */
export class Sender {
  readonly #options: SenderOptions;
  readonly #inFlight = new Set<StoredBatch>();
  #attempt = 0;
  #timer: NodeJS.Timeout | undefined;
  #settledListeners: (() => void)[] = [];
  #saidPaused = false;
  #isHeld = false;
  #isClosed = false;

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  get inFlight(): ReadonlySet<StoredBatch> {
    return this.#inFlight;
  }

  /** Looks whether there is something to send. */
  wake(): void {
    // After a failure one batch finds out whether the receiver is back.
    const { lane, transport } = this.#options;
    const limit = this.#attempt > 0 || isOrdered(lane) ? 1 : (transport.maxInFlight ?? 1);
    while (!this.#timer && !this.#isHeld && this.#inFlight.size < limit) {
      const batch = this.#options.backlog.take(this.#options.lane);
      if (!batch) break;
      this.#inFlight.add(batch);
      void this.#send(batch);
    }
    if (this.#isIdle()) this.#notifySettled();
  }

  /** Sends at once what waits for a retry. */
  hurry(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.wake();
  }

  /** Resolves when nothing is left, or when what is left waits for a retry: that wait is not worth a caller's time. */
  settled(): Promise<void> {
    const waitsForRetry = this.#timer !== undefined && this.#inFlight.size === 0;
    if (this.#isClosed || this.#isIdle() || waitsForRetry) return Promise.resolve();
    return new Promise((resolve) => this.#settledListeners.push(resolve));
  }

  /** Sends nothing until {@link release}; resolves when nothing is under way. */
  async hold(): Promise<void> {
    this.#isHeld = true;
    while (this.#inFlight.size > 0) await new Promise<void>((resolve) => this.#settledListeners.push(resolve));
  }

  release(): void {
    this.#isHeld = false;
    this.wake();
  }

  close(): void {
    this.#isHeld = true;
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#notifySettled();
  }

  async #send(stored: StoredBatch): Promise<void> {
    const { lane, transport, counters, now, random } = this.#options;
    let batch: SealedBatch;
    try {
      batch = await stored.load();
    } catch {
      // Somebody removed the file: there is nothing left to send.
      this.#inFlight.delete(stored);
      counters.drop('torn', stored.records);
      return this.#proceed();
    }
    try {
      // A transport must not throw; one that does is treated like a dead network, for the batch must not be lost.
      const reply = await transport
        .send(lane, batch)
        .catch((error: unknown): Reply => ({ networkError: String(error) }));
      const decision = decide({
        lane,
        records: batch.records,
        reply,
        attempt: this.#attempt,
        now: now(),
        random: random(),
      });
      if (decision.action !== 'delivered') counters.lastError = describeReply(reply);
      await this.#apply(decision, stored, batch, reply);
    } catch (error) {
      // Nobody waits for this promise: its rejection would end the process.
      counters.lastError = String(error);
      this.#inFlight.delete(stored);
      this.#retryLater(stored, MAX_JITTER_MS);
    }
  }

  async #apply(decision: Decision, stored: StoredBatch, batch: SealedBatch, reply: Reply): Promise<void> {
    const { backlog, counters, aftermath, lane } = this.#options;
    switch (decision.action) {
      case 'delivered':
        counters.delivered += batch.records;
        break;
      case 'reject': {
        const rejected = await aftermath.quarantine(batch, lane, describeReply(reply), decision.refusals);
        counters.drop('rejected', rejected);
        counters.delivered += batch.records - rejected;
        break;
      }
      case 'split': {
        const halves = await aftermath.split(stored, batch);
        if (halves.length === 0) {
          const reason = decision.isTooLarge ? 'too_large' : 'rejected';
          counters.drop(reason, await aftermath.quarantine(batch, lane, decision.reason));
        }
        for (const half of [...halves].reverse()) backlog.putBack(half);
        break;
      }
      case 'retry':
        if (decision.needsAttention) this.#sayPaused(reply);
        this.#inFlight.delete(stored);
        return this.#retryLater(stored, decision.delayMs);
    }
    await stored.remove().catch(() => {});
    this.#inFlight.delete(stored);
    this.#proceed();
  }

  #proceed(): void {
    this.#attempt = 0;
    this.#saidPaused = false;
    this.wake();
    // Nothing more goes out for now: held, or another batch of those that were under way waits for its retry.
    if (this.#inFlight.size === 0) this.#notifySettled();
  }

  #retryLater(stored: StoredBatch, delayMs: number): void {
    this.#options.counters.retried += stored.records;
    this.#options.backlog.putBack(stored);
    if (!this.#timer) {
      this.#attempt++;
      this.#timer = setTimeout(() => {
        this.#timer = undefined;
        this.wake();
      }, delayMs);
      this.#timer.unref();
    }
    if (this.#inFlight.size === 0) this.#notifySettled();
  }

  #sayPaused(reply: Reply): void {
    if (this.#saidPaused) return;
    this.#saidPaused = true;
    this.#options.warn(
      `The receiver of the ${this.#options.lane} lane refuses our credentials (${describeReply(reply)}): check the token and the host. Records are kept meanwhile.`,
    );
  }

  #isIdle(): boolean {
    return this.#inFlight.size === 0 && this.#options.backlog.waiting(this.#options.lane).length === 0;
  }

  #notifySettled(): void {
    const listeners = this.#settledListeners;
    this.#settledListeners = [];
    for (const listener of listeners) listener();
  }
}

/** Updates of a profile must arrive in their order: the last `$set` wins. */
function isOrdered(lane: LaneName): boolean {
  return lane === 'engage' || lane === 'groups';
}
