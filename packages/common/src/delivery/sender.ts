import { type Batch, splitBatch } from './batch.ts';
import type { EncodedRecord, LaneName } from './record.ts';
import { readRejections } from './rejections.ts';
import { type Decision, decide } from './retry-policy.ts';
import type { LaneCounters } from './stats.ts';
import type { Reply, Transport } from './transport.ts';

/** What a sender may hold in memory while the receiver is away; beyond it the oldest batch goes, counted. */
const MAX_WAITING_BYTES = 32 * 1024 * 1024;

interface SenderOptions {
  readonly lane: LaneName;
  readonly transport: Transport;
  readonly counters: LaneCounters;
  readonly warn: (message: string) => void;
  readonly now: () => number;
  readonly random: () => number;
}

/**
 * Decides when the batches of one lane are sent: one at a time, in order, and again after the wait that the retry policy asks for.
 * Backs off for the lane as a whole: a receiver that is down gets one request, not one for each batch.
 */
export class Sender {
  readonly #options: SenderOptions;
  readonly #waiting: Batch[] = [];
  #inFlight: Batch | undefined;
  #waitingBytes = 0;
  #attempt = 0;
  #timer: NodeJS.Timeout | undefined;
  #idleListeners: (() => void)[] = [];
  #saidPaused = false;

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  /** Records that are waiting or under way. */
  get size(): number {
    const inFlight = this.#inFlight?.records.length ?? 0;
    return this.#waiting.reduce((sum, batch) => sum + batch.records.length, inFlight);
  }

  enqueue(batch: Batch): void {
    this.#waiting.push(batch);
    this.#waitingBytes += batch.bytes;
    while (this.#waitingBytes > MAX_WAITING_BYTES && this.#waiting.length > 1) this.#dropOldest();
    if (!this.#inFlight && !this.#timer) this.#sendNext();
  }

  /** Resolves when nothing waits, or at the next failure: what waits for a retry is not worth a caller's time. */
  settled(): Promise<void> {
    if (!this.#inFlight && this.#waiting.length === 0) return Promise.resolve();
    if (this.#timer && !this.#inFlight) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#sendNext();
    }
    return new Promise((resolve) => this.#idleListeners.push(resolve));
  }

  /** Removes the records that a predicate names from what waits; returns how many. */
  remove(matches: (record: EncodedRecord) => boolean): number {
    const before = this.size;
    for (const [index, batch] of this.#waiting.entries()) {
      this.#waiting[index] = { ...batch, records: batch.records.filter((record) => !matches(record)) };
    }
    return before - this.size;
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #sendNext(): void {
    const batch = this.#takeOldest();
    if (!batch) return this.#notifyIdle();
    if (batch.records.length === 0) return this.#sendNext();
    this.#inFlight = batch;
    const body = `[${batch.records.map(({ json }) => json).join(',')}]`;
    void this.#options.transport.send(this.#options.lane, body).then(
      (reply) => this.#settle(batch, reply),
      // A transport must not throw; one that does is treated like a dead network, for the batch must not be lost.
      (error: unknown) => this.#settle(batch, { networkError: String(error) }),
    );
  }

  #settle(batch: Batch, reply: Reply): void {
    const { now, random, counters } = this.#options;
    const decision = decide({
      ...('status' in reply && { status: reply.status }),
      ...('status' in reply &&
        reply.headers['retry-after'] !== undefined && { retryAfter: reply.headers['retry-after'] }),
      attempt: this.#attempt,
      now: now(),
      random: random(),
    });
    this.#inFlight = undefined;
    if (decision.action !== 'delivered') counters.lastError = describe(reply);
    this.#apply(decision, batch, reply);
  }

  #apply(decision: Decision, batch: Batch, reply: Reply): void {
    const { counters, lane, warn } = this.#options;
    const count = batch.records.length;
    switch (decision.action) {
      case 'delivered':
        counters.delivered += count;
        return this.#proceed();
      case 'rejected': {
        const { indexes, reason } = readRejections('body' in reply ? reply.body : '', count);
        const rejected = indexes === 'all' ? count : indexes.length;
        counters.drop('rejected', rejected);
        counters.delivered += count - rejected;
        warn(`${rejected} of ${count} records of the ${lane} lane were rejected: ${reason}`);
        return this.#proceed();
      }
      case 'split':
        if (count === 1) {
          counters.drop('too_large');
          return this.#proceed();
        }
        for (const half of [...splitBatch(batch)].reverse()) this.#putBack(half);
        return this.#proceed();
      case 'pause':
        if (!this.#saidPaused) {
          warn(
            `The receiver refuses our credentials (${describe(reply)}): check MIXPANEL_TOKEN and MIXPANEL_API_HOST. Events are kept meanwhile.`,
          );
          this.#saidPaused = true;
        }
        return this.#retryLater(batch, decision.delayMs);
      case 'retry':
        return this.#retryLater(batch, decision.delayMs);
    }
  }

  #proceed(): void {
    this.#attempt = 0;
    this.#saidPaused = false;
    this.#sendNext();
  }

  #retryLater(batch: Batch, delayMs: number): void {
    this.#attempt++;
    this.#options.counters.retried += batch.records.length;
    this.#putBack(batch);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#sendNext();
    }, delayMs);
    this.#timer.unref();
    this.#notifyIdle();
  }

  #takeOldest(): Batch | undefined {
    const batch = this.#waiting.shift();
    if (batch) this.#waitingBytes -= batch.bytes;
    return batch;
  }

  #putBack(batch: Batch): void {
    this.#waiting.unshift(batch);
    this.#waitingBytes += batch.bytes;
  }

  #dropOldest(): void {
    const batch = this.#takeOldest();
    if (batch) this.#options.counters.drop('queue_overflow', batch.records.length);
  }

  #notifyIdle(): void {
    const listeners = this.#idleListeners;
    this.#idleListeners = [];
    for (const listener of listeners) listener();
  }
}

function describe(reply: Reply): string {
  return 'status' in reply ? `status ${reply.status}: ${reply.body.slice(0, 200)}` : reply.networkError;
}
