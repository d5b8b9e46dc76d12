import { Queue } from 'bullmq';
import { ReplyError } from 'ioredis';
import type { LaneName } from '../../record.ts';
import type { Reply, SealedBatch, Transport } from '../../transport.ts';
import { type BatchJob, bodyKey, jobKey, reasonOf, replyKey } from './names.ts';
import { ProducerConnection } from './producer-connection.ts';

/** How long Redis keeps a body whose batch nobody asks for any more; of one that is needed longer its producer brings it again. */
const BODY_TTL_S = 24 * 3600;
/** The slowest that answers are looked for, after a while without any. */
const MAX_POLL_INTERVAL_MS = 1000;

/** What {@link QueueProducer} takes. */
interface QueueProducerOptions {
  readonly url: string;
  readonly prefix: string;
  readonly maxInFlight: number;
  readonly pollIntervalMs: number;
  readonly suspectAfterMs: number;
}

/** A batch that is in the queue as far as we know. */
interface Awaited {
  readonly lane: LaneName;
  readonly batch: SealedBatch;
  readonly resolve: (reply: Reply) => void;
  /** When to look whether a worker can still find it. */
  suspectAt: number;
}

const CLOSED = { networkError: 'the transport is closed' } as const;

/** Puts batches into the queues, and waits until a shipper has left the receiver's answer. Trusts Redis with nothing: what it forgot is queued again. */
export class QueueProducer implements Transport {
  readonly maxInFlight: number;
  readonly #options: QueueProducerOptions;
  readonly #connection: ProducerConnection;
  readonly #queues = new Map<LaneName, Queue<BatchJob>>();
  readonly #awaited = new Set<Awaited>();
  #pollTimer: NodeJS.Timeout | undefined;
  #pollIntervalMs: number;
  #isLooking = false;
  #isClosed = false;

  constructor(options: QueueProducerOptions) {
    this.#options = options;
    this.maxInFlight = options.maxInFlight;
    this.#pollIntervalMs = options.pollIntervalMs;
    this.#connection = new ProducerConnection(options.url, (reason) => this.#giveUp(reason));
  }

  async send(lane: LaneName, batch: SealedBatch): Promise<Reply> {
    if (this.#isClosed) return CLOSED;
    try {
      await this.#connection.ready();
      await this.#enqueue(lane, batch);
    } catch (error) {
      return this.#isClosed ? CLOSED : { networkError: this.#failed(error) };
    }
    // Closed meanwhile: nobody would look for the answer any more.
    if (this.#isClosed) return CLOSED;
    return new Promise((resolve) => {
      this.#awaited.add({ lane, batch, resolve, suspectAt: Date.now() + this.#options.suspectAfterMs });
      this.#pollIntervalMs = this.#options.pollIntervalMs;
      this.#poll();
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#connection.close();
    this.#giveUp(CLOSED.networkError);
  }

  /** Does nothing to a batch that Redis still has, whatever its state. The body comes first, so that no shipper finds a job without it. */
  async #enqueue(lane: LaneName, { id, records, body }: SealedBatch): Promise<void> {
    await this.#connection.redis.set(bodyKey(this.#options.prefix, id), body, 'EX', BODY_TTL_S);
    await this.#queue(lane).add('batch', { records }, { jobId: id, stackTraceLimit: 0 });
  }

  #queue(lane: LaneName): Queue<BatchJob> {
    let queue = this.#queues.get(lane);
    if (!queue) {
      const { prefix } = this.#options;
      // Nobody reads the queue's event stream: it is kept short. The version check is left to the shippers.
      const streams = { events: { maxLen: 100 } };
      queue = new Queue<BatchJob>(lane, {
        connection: this.#connection.redis,
        prefix,
        streams,
        skipVersionCheck: true,
      });
      // Commands reject too, which is where we react.
      queue.on('error', () => {});
      this.#queues.set(lane, queue);
    }
    return queue;
  }

  #poll(): void {
    clearTimeout(this.#pollTimer);
    if (this.#awaited.size === 0 || this.#isLooking) return;
    this.#pollTimer = setTimeout(() => void this.#look(), this.#pollIntervalMs).unref();
    this.#pollIntervalMs = Math.min(MAX_POLL_INTERVAL_MS, this.#pollIntervalMs * 2);
  }

  async #look(): Promise<void> {
    this.#isLooking = true;
    try {
      const awaited = [...this.#awaited];
      const { isKnown, replies } = await this.#read(awaited);
      for (const [index, entry] of awaited.entries()) {
        const reply = replies[index];
        if (reply) {
          this.#pollIntervalMs = this.#options.pollIntervalMs;
          this.#settle(entry, JSON.parse(reply) as Reply);
        } else if (!isKnown[index] || (await this.#isOrphan(entry))) {
          await this.#enqueue(entry.lane, entry.batch);
        }
      }
    } catch (error) {
      this.#giveUp(this.#failed(error));
    } finally {
      this.#isLooking = false;
      this.#poll();
    }
  }

  /** The jobs are read before the replies: a shipper leaves the reply before it removes the job, so neither means that Redis forgot. */
  async #read(awaited: readonly Awaited[]) {
    const { prefix } = this.#options;
    const pipeline = this.#connection.redis.pipeline();
    for (const { lane, batch } of awaited) pipeline.exists(jobKey(prefix, lane, batch.id));
    pipeline.mget(awaited.map(({ batch }) => replyKey(prefix, batch.id)));
    const results = ((await pipeline.exec()) ?? []).map(([error, value]) => {
      if (error) throw error;
      return value;
    });
    return {
      isKnown: results.slice(0, -1).map((count) => count === 1),
      replies: results.at(-1) as readonly (string | null)[],
    };
  }

  /** Whether a job is there, yet in no list from which a worker would take it: Redis evicted the list, or the job failed and its reply is gone. */
  async #isOrphan(entry: Awaited): Promise<boolean> {
    if (Date.now() < entry.suspectAt) return false;
    entry.suspectAt = Date.now() + this.#options.suspectAfterMs;
    const queue = this.#queue(entry.lane);
    const state = await queue.getJobState(entry.batch.id);
    if (state === 'waiting' || state === 'active' || state === 'delayed') return false;
    await queue.remove(entry.batch.id);
    return true;
  }

  /** Gives up a connection without an answer, for what is written to a Redis that hangs would pile up in memory. */
  #failed(error: unknown): string {
    if (!(error instanceof ReplyError)) this.#connection.close();
    return reasonOf(error);
  }

  #settle(entry: Awaited, reply: Reply): void {
    this.#awaited.delete(entry);
    entry.resolve(reply);
  }

  #giveUp(reason: string): void {
    for (const entry of this.#awaited) this.#settle(entry, { networkError: reason });
  }
}
