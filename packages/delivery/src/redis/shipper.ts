import { setTimeout as sleep } from 'node:timers/promises';
import { DelayedError, type Job, UnrecoverableError, WaitingError, Worker } from 'bullmq';
import { type LaneDefinition, type Reply, reasonOf } from '../lanes.ts';
import { type Decision, decide, describeReply } from '../retry-policy.ts';
import { QueueRedis, resendAfterFailover } from './connection.ts';
import { claimBatch, countFailure, holdLane, MAX_JOBS_PER_SECOND, readJob, settleBatch } from './protocol.ts';
import type { Shipper, ShipperOptions } from './queue.ts';

/** A batch on which so many shippers have died is taken out; its producer queues it again. */
const MAX_STALLED_COUNT = 10;
/**
 * After so many answers that keep a batch, while others are delivered, it goes back to its producer with the last one: only the producer can put it
 * behind the others. In an outage batches stay here, also those of producers that have gone.
 */
const MAX_ATTEMPTS = 5;
/** How long a batch of others is left alone at first, doubled each time: a shipper that can send it should find it soon, and nobody spins. */
const FIRST_LEAVE_MS = 1000;
const MAX_LEAVE_MS = 60_000;

/** How long a shipper that had to be cut off may take to give its batches back. */
const GIVE_BACK_MS = 1000;
const MAX_RECONNECT_DELAY_MS = 5000;

interface LaneShipperOptions extends Omit<Required<ShipperOptions>, 'redisUrl' | 'lanes'> {
  readonly lane: string;
  readonly definition: LaneDefinition;
  readonly redis: QueueRedis;
  /** When a batch of any lane was delivered last; shared by all lanes, by `performance.now()`. */
  readonly pulse: { deliveredAt: number };
  /** Says once, for all lanes, why batches are left to another shipper. */
  readonly warnOfLeft: (message: string) => void;
}

/** What a shipper has done on a lane, in records. */
export interface LaneShipperStats {
  readonly delivered: number;
  /** In batches that were answered with a refusal, for the producer to split or to put aside. */
  readonly refused: number;
  readonly retried: number;
  readonly lastError: string | undefined;
}

/** What becomes of a job: `token` proves to BullMQ that this shipper holds it. */
interface Held {
  readonly job: Job<unknown, void>;
  readonly token: string | undefined;
}

/** Delivers batches from Redis until it is closed. */
export function shipBatches(options: Required<ShipperOptions>): Shipper {
  const { redisUrl, lanes, ...settings } = options;
  const { transport, warn } = settings;
  let isClosed = false;
  const redis = new QueueRedis(redisUrl, {
    // A shipper has nothing else to do than to wait for Redis.
    maxRetriesPerRequest: null,
    reconnectOnError: resendAfterFailover,
    // Also for the connections that BullMQ derives from this one: without it they would try for ever, and keep the process alive.
    retryStrategy: (attempt) => (isClosed ? null : Math.min(MAX_RECONNECT_DELAY_MS, attempt * 250)),
  });
  redis.on('error', (error) => warn(`The shipper cannot reach Redis: ${error.message}. It keeps trying.`));
  const said = new Set<string>();
  const warnOfLeft = (message: string) => {
    if (!said.has(message)) warn(message);
    said.add(message);
  };
  const pulse = { deliveredAt: 0 };
  const shared = { ...settings, redis, pulse, warnOfLeft };
  const shippers = new Map(
    Object.entries(lanes).map(([lane, definition]) => [lane, new LaneShipper({ lane, definition, ...shared })]),
  );
  let closing: Promise<void> | undefined;

  async function close(timeoutMs: number): Promise<void> {
    const closed = Promise.all([...shippers.values()].map((shipper) => shipper.close()));
    const within = (ms: number) => Promise.race([closed, sleep(ms, undefined, { ref: false })]);
    await within(timeoutMs);
    await transport.close();
    await within(GIVE_BACK_MS);
    isClosed = true;
    redis.disconnect();
  }

  return {
    stats: () => Object.fromEntries([...shippers].map(([lane, shipper]) => [lane, shipper.stats])),
    close: (timeoutMs) => {
      closing ??= close(timeoutMs);
      return closing;
    },
  };
}

/** Takes the batches of one lane out of its queue and sends them. When the receiver fails, the lane is held back for all shippers. */
class LaneShipper {
  readonly #options: LaneShipperOptions;
  readonly #worker: Worker<unknown, void>;
  readonly #closing = new AbortController();
  #stats: LaneShipperStats = { delivered: 0, refused: 0, retried: 0, lastError: undefined };
  #saidPaused = false;
  #failedAt = 0;

  constructor(options: LaneShipperOptions) {
    this.#options = options;
    const { lane, redis: connection, prefix, concurrency, stalledAfterMs } = options;
    this.#worker = new Worker<unknown, void>(lane, (job, token) => this.#ship({ job, token }), {
      connection,
      prefix,
      concurrency,
      limiter: { max: MAX_JOBS_PER_SECOND, duration: 1000 },
      lockDuration: stalledAfterMs,
      stalledInterval: stalledAfterMs,
      maxStalledCount: MAX_STALLED_COUNT,
      // Nothing of a batch stays: its producer has the records, and the reason.
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 0 },
    });
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

  async #ship(held: Held): Promise<void> {
    const { definition, redis, prefix, lane, transport, maxEventsPerSecond } = this.#options;
    const { id = '', data } = held.job;
    const read = readJob(data, transport.destination);
    if (read.kind !== 'batch') return this.#leave(held, read.kind);
    const { format, records } = read;
    const name = { prefix, lane, id };
    const claim = await claimBatch(redis, name, format, { records, recordsPerSecond: maxEventsPerSecond });
    // A shipper died between leaving the reply and removing the job, or the producer could not wait.
    if (claim === 'answered') return;
    if (claim === 'lost') throw new UnrecoverableError('Redis has lost the body of this batch.');
    const { waitMs, body } = claim;
    if (waitMs > 0) await sleep(waitMs, undefined, { signal: this.#closing.signal }).catch(() => {});
    if (this.#closing.signal.aborted) return this.#giveBack(held);
    const batch = { id, records, body };
    const answer = await transport.send(lane, batch).catch((error): Reply => ({ networkError: reasonOf(error) }));
    const decision = decideOn(answer, definition, records, held.job.attemptsStarted - 1);
    // We may have cut it off ourselves: that says nothing about the receiver.
    if (decision.action === 'retry' && this.#closing.signal.aborted) return this.#giveBack(held);
    if (decision.action === 'retry') {
      const refusesOnlyThis = this.#refusesOnlyThis(held, answer);
      await this.#noteFailure(answer, records, decision);
      if (!refusesOnlyThis) return this.#delay(held, decision.delayMs);
      return settleBatch(redis, name, { format, answer: JSON.stringify(answer), isUp: false });
    }
    await settleBatch(redis, name, { format, answer: JSON.stringify(answer), isUp: true });
    this.#saidPaused = false;
    if (decision.action === 'delivered') {
      this.#options.pulse.deliveredAt = performance.now();
      return this.#count('delivered', records);
    }
    this.#count('refused', records);
    this.#note(describeReply(answer));
  }

  /** Whether the receiver keeps refusing this batch while it takes others. */
  #refusesOnlyThis({ job }: Held, answer: Reply): boolean {
    const takesOthers = this.#options.pulse.deliveredAt > this.#failedAt;
    this.#failedAt = performance.now();
    return 'status' in answer && job.attemptsStarted >= MAX_ATTEMPTS && takesOthers;
  }

  async #noteFailure(
    answer: Reply,
    records: number,
    { needsAttention }: { readonly needsAttention: boolean },
  ): Promise<void> {
    this.#count('retried', records);
    this.#note(describeReply(answer));
    if (needsAttention) this.#sayPaused(answer);
    await this.#holdLane(answer, records);
  }

  /** Lets no shipper send on this lane for a while: otherwise each batch would find out by itself that the receiver is down. */
  async #holdLane(answer: Reply, records: number): Promise<void> {
    const { redis, prefix, lane, definition } = this.#options;
    const failures = await countFailure(redis, prefix, lane);
    if (failures === 0) return;
    const decision = decideOn(answer, definition, records, failures - 1);
    if ('delayMs' in decision) await holdLane(redis, prefix, lane, decision.delayMs);
  }

  /** Leaves a batch for another shipper. It stays queued, and counts as no failure. */
  async #leave(held: Held, why: 'other_destination' | 'unknown_format'): Promise<never> {
    this.#options.warnOfLeft(
      why === 'other_destination'
        ? 'The queue in Redis holds batches for another host or project than this shipper delivers to. They stay queued for a shipper of theirs: give each environment an OBSERVABILITY_REDIS_PREFIX of its own, or correct MIXPANEL_TOKEN and MIXPANEL_API_HOST.'
        : 'The queue in Redis holds batches in a format that this shipper does not know. They stay queued: update the shippers to the version of the producers.',
    );
    const attempt = Math.min(10, Math.max(0, held.job.attemptsStarted - 1));
    return this.#delay(held, Math.min(MAX_LEAVE_MS, FIRST_LEAVE_MS * 2 ** attempt));
  }

  async #delay({ job, token }: Held, ms: number): Promise<never> {
    await job.moveToDelayed(Date.now() + ms, token);
    throw new DelayedError();
  }

  async #giveBack({ job, token }: Held): Promise<never> {
    await job.moveToWait(token);
    throw new WaitingError();
  }

  #sayPaused(answer: Reply): void {
    if (this.#saidPaused) return;
    this.#saidPaused = true;
    this.#options.warn(
      `The ${this.#options.lane} lane is paused: ${describeReply(answer)}. Check the token, the host and the network of the shipper. Batches stay queued meanwhile.`,
    );
  }

  #count(what: 'delivered' | 'refused' | 'retried', records: number): void {
    this.#stats = { ...this.#stats, [what]: this.#stats[what] + records };
  }

  #note(lastError: string): void {
    this.#stats = { ...this.#stats, lastError };
  }
}

function decideOn(reply: Reply, { readReply, retry }: LaneDefinition, records: number, attempt: number): Decision {
  return decide({ readReply, retry, records, reply, attempt, now: Date.now(), random: Math.random() });
}
