import { setTimeout as sleep } from 'node:timers/promises';
import { DelayedError, type Job, Queue, UnrecoverableError, WaitingError, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import type { LaneName } from '../../record.ts';
import { type Decision, decide, describeReply } from '../../retry-policy.ts';
import type { Reply, Transport } from '../../transport.ts';
import { claimBatch, settleBatch } from './batch-scripts.ts';
import { type BatchJob, failuresKey, reasonOf } from './names.ts';

/** An outage that nobody has tried to send into for so long is over. */
const FAILURES_TTL_S = 600;
/** Failures that come together, from all that was under way when the receiver went down, count as one. */
const BURST_MS = 500;
/** BullMQ holds a queue back only if it has a limit on jobs; ours is on records, so that this one is out of reach. */
const MAX_JOBS_PER_SECOND = 1_000_000_000;
/** A batch on which so many shippers have died is put aside; its producer queues it again. */
const MAX_STALLED_COUNT = 10;
const KEEP_FAILED = { count: 1000, age: 7 * 24 * 3600 };

/** What {@link LaneShipper} takes. */
interface LaneShipperOptions {
  readonly lane: LaneName;
  readonly redis: Redis;
  readonly prefix: string;
  readonly transport: Transport;
  readonly concurrency: number;
  readonly maxEventsPerSecond: number;
  readonly stalledAfterMs: number;
  readonly warn: (message: string) => void;
}

/** What a shipper has done on a lane, in records. */
export interface LaneShipperStats {
  readonly delivered: number;
  /** In batches that were answered with a refusal, for the producer to split or to put aside. */
  readonly refused: number;
  readonly retried: number;
  readonly lastError: string | undefined;
}

/** Takes the batches of one lane out of its queue and sends them. When the receiver fails, the lane is held back for all shippers. */
export class LaneShipper {
  readonly #options: LaneShipperOptions;
  readonly #queue: Queue<BatchJob>;
  readonly #worker: Worker<BatchJob, void>;
  readonly #closing = new AbortController();
  #stats: LaneShipperStats = { delivered: 0, refused: 0, retried: 0, lastError: undefined };
  #saidPaused = false;

  constructor(options: LaneShipperOptions) {
    this.#options = options;
    const { lane, redis: connection, prefix, concurrency, stalledAfterMs } = options;
    this.#queue = new Queue<BatchJob>(lane, { connection, prefix, skipMetasUpdate: true, skipVersionCheck: true });
    this.#worker = new Worker<BatchJob, void>(lane, (job, token) => this.#ship(job, token), {
      connection,
      prefix,
      concurrency,
      limiter: { max: MAX_JOBS_PER_SECOND, duration: 1000 },
      lockDuration: stalledAfterMs,
      stalledInterval: stalledAfterMs,
      maxStalledCount: MAX_STALLED_COUNT,
      removeOnComplete: { count: 0 },
      removeOnFail: KEEP_FAILED,
    });
    this.#queue.on('error', (error) => this.#note(error.message));
    this.#worker.on('error', (error) => this.#note(error.message));
  }

  get stats(): LaneShipperStats {
    return this.#stats;
  }

  /** Takes no more batches, gives back what waits for its turn, and resolves when what is being sent was answered. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#worker.close();
  }

  async #ship(job: Job<BatchJob, void>, token?: string): Promise<void> {
    const { redis, prefix, lane, transport, maxEventsPerSecond } = this.#options;
    const { id = '', data } = job;
    const { records } = data;
    const keys = { prefix, lane, id };
    const claim = await claimBatch(redis, keys, { records, recordsPerSecond: maxEventsPerSecond });
    // A shipper died between leaving the reply and removing the job, or the producer could not wait.
    if (claim === 'answered') return;
    if (claim === 'lost') throw new UnrecoverableError('Redis has lost the body of this batch.');
    const { waitMs, body } = claim;
    if (waitMs > 0) await sleep(waitMs, undefined, { signal: this.#closing.signal }).catch(() => {});
    if (this.#closing.signal.aborted) return this.#giveBack(job, token);
    const batch = { id, records, body };
    const answer = await transport.send(lane, batch).catch((error): Reply => ({ networkError: reasonOf(error) }));
    const decision = decideOn(answer, { lane, records }, job.attemptsStarted - 1);
    if (decision.action === 'retry') return this.#retry(job, token, decision, answer);
    await settleBatch(redis, keys, JSON.stringify(answer));
    this.#saidPaused = false;
    if (decision.action === 'delivered') return this.#count('delivered', records);
    this.#count('refused', records);
    this.#note(describeReply(answer));
    throw new UnrecoverableError(describeReply(answer));
  }

  async #retry(
    job: Job<BatchJob, void>,
    token: string | undefined,
    decision: Extract<Decision, { readonly delayMs: number }>,
    answer: Reply,
  ): Promise<never> {
    // We may have cut it off ourselves: that says nothing about the receiver.
    if (this.#closing.signal.aborted) return this.#giveBack(job, token);
    this.#count('retried', job.data.records);
    this.#note(describeReply(answer));
    if (decision.needsAttention) this.#sayPaused(answer);
    await this.#holdLane(answer, job.data.records);
    await job.moveToDelayed(Date.now() + decision.delayMs, token);
    throw new DelayedError();
  }

  /** Lets no shipper send on this lane for a while: otherwise each batch would find out by itself that the receiver is down. */
  async #holdLane(answer: Reply, records: number): Promise<void> {
    const { redis, prefix, lane } = this.#options;
    const key = failuresKey(prefix, lane);
    const isFirst = (await redis.set(`${key}:burst`, 1, 'PX', BURST_MS, 'NX')) !== null;
    if (!isFirst || (await this.#queue.getRateLimitTtl(MAX_JOBS_PER_SECOND)) > 0) return;
    const failures = await redis.incr(key);
    await redis.expire(key, FAILURES_TTL_S);
    const decision = decideOn(answer, { lane, records }, failures - 1);
    if ('delayMs' in decision) await this.#queue.rateLimit(Math.max(1, Math.ceil(decision.delayMs)));
  }

  async #giveBack(job: Job<BatchJob, void>, token: string | undefined): Promise<never> {
    await job.moveToWait(token);
    throw new WaitingError();
  }

  #sayPaused(answer: Reply): void {
    if (this.#saidPaused) return;
    this.#saidPaused = true;
    this.#options.warn(
      `The receiver of the ${this.#options.lane} lane refuses the shipper's credentials (${describeReply(answer)}): check the token and the host. Batches stay queued meanwhile.`,
    );
  }

  #count(what: 'delivered' | 'refused' | 'retried', records: number): void {
    this.#stats = { ...this.#stats, [what]: this.#stats[what] + records };
  }

  #note(lastError: string): void {
    this.#stats = { ...this.#stats, lastError };
  }
}

function decideOn(
  reply: Reply,
  batch: { readonly lane: LaneName; readonly records: number },
  attempt: number,
): Decision {
  return decide({ ...batch, reply, attempt, now: Date.now(), random: Math.random() });
}
