import { isDeepStrictEqual } from 'node:util';
import { Queue } from 'bullmq';
import { ReplyError } from 'ioredis';
import { parseJson } from '../body.ts';
import { RECALLED, type Reply, reasonOf, type SealedBatch, type Transport } from '../lanes.ts';
import { decide } from '../retry-policy.ts';
import { isReplicaError, NoRoomError, ProducerConnection, Room } from './connection.ts';
import {
  type BatchJob,
  type BatchName,
  bodyKey,
  jobKey,
  makeJob,
  recallBatch,
  replyKey,
  storeBody,
} from './protocol.ts';
import type { RedisQueueOptions } from './queue.ts';

/** The slowest that answers are looked for, after a while without any. */
const MAX_POLL_INTERVAL_MS = 1000;
/** Batches to be taken back once Redis can be reached again; more are left to expire. */
const MAX_MISSED_RECALLS = 10_000;

/** With all defaults filled in. */
type QueueProducerOptions = Required<Omit<RedisQueueOptions, 'destination'>> & Pick<RedisQueueOptions, 'destination'>;

/** A batch that is in the queue, or on its way there. */
interface Awaited {
  readonly lane: string;
  readonly batch: SealedBatch;
  readonly resolve: (reply: Reply) => void;
  /** Resolves when the batch is queued, or has failed to be. */
  queued: Promise<void>;
  /** Whether Redis had it before: its answer may be of any age. */
  wasKnown: boolean;
  /** Whether its answer may be looked for: it is neither on its way into the queue nor out of it. */
  isQueued: boolean;
  /** When to look whether a worker can still find it. */
  suspectAt: number;
}

const CLOSED = { networkError: 'the transport is closed' } as const;

/** Puts batches into the queues, and waits until a shipper has left the receiver's answer. Trusts Redis with nothing: what it forgot is queued again. */
export class QueueProducer implements Transport {
  readonly #options: QueueProducerOptions;
  readonly #connection: ProducerConnection;
  readonly #room: Room;
  readonly #queues = new Map<string, Queue<BatchJob>>();
  readonly #awaited = new Set<Awaited>();
  readonly #missedRecalls = new Map<string, BatchName>();
  #pollTimer: NodeJS.Timeout | undefined;
  #pollIntervalMs: number;
  #isLooking = false;
  #isClosed = false;

  constructor(options: QueueProducerOptions) {
    this.#options = options;
    this.#pollIntervalMs = options.pollIntervalMs;
    this.#connection = new ProducerConnection(options.url, (reason) => this.#giveUp(reason));
    this.#room = new Room(this.#connection.redis);
  }

  async send(lane: string, batch: SealedBatch): Promise<Reply> {
    if (this.#isClosed) return CLOSED;
    return new Promise((resolve) => {
      const suspectAt = Date.now() + this.#options.suspectAfterMs;
      const state = { queued: Promise.resolve(), wasKnown: false, isQueued: false, suspectAt };
      const entry: Awaited = { lane, batch, resolve, ...state };
      this.#awaited.add(entry);
      entry.queued = this.#queue(entry);
    });
  }

  /** Takes a batch out of the queue that no shipper is sending; one that cannot be asked for now is taken out when Redis can be reached again. */
  async recall(lane: string, batchId: string): Promise<void> {
    if (this.#isClosed) return;
    const name = this.#nameOf(lane, batchId);
    const entries = [...this.#awaited].filter((entry) => entry.lane === lane && entry.batch.id === batchId);
    try {
      await this.#connection.ready();
      await Promise.all(entries.map((entry) => entry.queued));
      // Looked for meanwhile, it would be missed, and queued again.
      for (const entry of entries) entry.isQueued = false;
      const isTaken = await recallBatch(this.#connection.redis, name);
      for (const entry of isTaken ? entries : []) this.#settle(entry, { networkError: RECALLED });
    } catch (error) {
      this.#failed(error);
      if (this.#missedRecalls.size < MAX_MISSED_RECALLS) this.#missedRecalls.set(jobKey(name), name);
    } finally {
      for (const entry of entries) entry.isQueued = true;
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#connection.close();
    this.#giveUp(CLOSED.networkError);
  }

  async #recallMissed(): Promise<void> {
    for (const [key, name] of this.#missedRecalls) {
      await recallBatch(this.#connection.redis, name);
      this.#missedRecalls.delete(key);
    }
  }

  #nameOf(lane: string, id: string): BatchName {
    return { prefix: this.#options.prefix, lane, id };
  }

  /** Never rejects. A Redis that answers concerns this batch only; one that does not, all. */
  async #queue(entry: Awaited): Promise<void> {
    try {
      await this.#connection.ready();
      await this.#recallMissed();
      // Answered meanwhile, with an error: what its sender thinks is not in Redis must not be put there.
      if (!this.#awaited.has(entry)) return;
      entry.wasKnown = await this.#enqueue(this.#nameOf(entry.lane, entry.batch.id), entry.batch);
      entry.isQueued = true;
      this.#poll(this.#options.pollIntervalMs);
    } catch (error) {
      this.#settle(entry, this.#isClosed ? CLOSED : { networkError: this.#failed(error) });
    }
  }

  /**
   * Does nothing to a batch that Redis still has, whatever its state. The body comes first, so that no shipper finds a job without it.
   *
   * @returns whether Redis still had it.
   * @throws when Redis has no room: the batch stays on disk.
   */
  async #enqueue(name: BatchName, { records, body }: SealedBatch): Promise<boolean> {
    const { redis } = this.#connection;
    const problem = await this.#room.problem(body.length);
    const stored = await storeBody(redis, name, problem === undefined ? body : undefined);
    if (stored === 'known') return true;
    if (stored === 'full') {
      this.#options.warn(
        'Redis is nearly full (maxmemory). Batches stay on disk until it has room: start shippers, or give Redis more memory.',
      );
      throw new NoRoomError(problem ?? 'Redis is full');
    }
    try {
      const job = makeJob(records, this.#options.destination);
      await this.#queueOf(name.lane).add('batch', job, { jobId: name.id, stackTraceLimit: 0 });
      return false;
    } catch (error) {
      // A body without a job would fill Redis with what no shipper can find.
      await redis.del(bodyKey(name)).catch(() => {});
      throw error;
    }
  }

  #queueOf(lane: string): Queue<BatchJob> {
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

  #poll(intervalMs = this.#pollIntervalMs): void {
    clearTimeout(this.#pollTimer);
    this.#pollIntervalMs = intervalMs;
    if (this.#awaited.size === 0 || this.#isLooking) return;
    this.#pollTimer = setTimeout(() => void this.#look(), intervalMs).unref();
    this.#pollIntervalMs = Math.min(MAX_POLL_INTERVAL_MS, intervalMs * 2);
  }

  async #look(): Promise<void> {
    this.#isLooking = true;
    let intervalMs: number | undefined;
    try {
      const awaited = [...this.#awaited].filter(({ isQueued }) => isQueued);
      if (awaited.length === 0) return;
      const { isKnown, replies } = await this.#read(awaited);
      for (const [index, entry] of awaited.entries()) {
        const reply = replies[index];
        if (reply) {
          intervalMs = this.#options.pollIntervalMs;
          await this.#take(entry, reply);
        } else if (!isKnown[index] || (await this.#isOrphan(entry))) {
          await this.#requeue(entry);
        }
      }
    } catch (error) {
      this.#giveUp(this.#failed(error));
    } finally {
      this.#isLooking = false;
      this.#poll(intervalMs);
    }
  }

  /** The jobs are read before the replies: a shipper leaves the reply before it removes the job, so neither means that Redis forgot. */
  async #read(awaited: readonly Awaited[]) {
    const names = awaited.map(({ lane, batch }) => this.#nameOf(lane, batch.id));
    const pipeline = this.#connection.redis.pipeline();
    for (const name of names) pipeline.exists(jobKey(name));
    // A server that became a replica answers questions, while the answers that we look for are left at another: it refuses this.
    pipeline.del(`${this.#options.prefix}:none`);
    pipeline.mget(names.map((name) => replyKey(name)));
    const results = ((await pipeline.exec()) ?? []).map(([error, value]) => {
      if (error) throw error;
      return value;
    });
    return {
      isKnown: results.slice(0, names.length).map((count) => count === 1),
      replies: results.at(-1) as readonly (string | null)[],
    };
  }

  /**
   * An acknowledgement stays as the mark of a batch that needs no more sending. Any other answer is for us to act on, once: it may name people, and
   * one that is no answer of the receiver's must not stand in for what the next attempt brings.
   */
  async #take(entry: Awaited, text: string): Promise<void> {
    const { lane, batch } = entry;
    const reply = parseReply(text);
    if (!this.#isDelivered(lane, batch.records, reply)) {
      await this.#connection.redis.del(replyKey(this.#nameOf(lane, batch.id)));
    }
    this.#settle(entry, entry.wasKnown ? withoutDate(reply) : reply);
  }

  #isDelivered(lane: string, records: number, reply: Reply): boolean {
    const { readReply } = this.#options.lanes[lane] ?? {};
    if (!readReply) return false;
    return decide({ readReply, records, reply, attempt: 0, now: Date.now(), random: 0 }).action === 'delivered';
  }

  async #requeue(entry: Awaited): Promise<void> {
    // Taken back while others were looked at.
    if (!this.#awaited.has(entry) || !entry.isQueued) return;
    entry.isQueued = false;
    entry.queued = this.#queue(entry);
    await entry.queued;
  }

  /**
   * Whether a job is there that no shipper will take: in no list, because Redis evicted the list; or made by a producer of another version, or for
   * another destination, before this one adopted its batch.
   */
  async #isOrphan(entry: Awaited): Promise<boolean> {
    if (Date.now() < entry.suspectAt) return false;
    entry.suspectAt = Date.now() + this.#options.suspectAfterMs;
    const { lane, batch } = entry;
    const queue = this.#queueOf(lane);
    const [job, state] = await Promise.all([queue.getJob(batch.id), queue.getJobState(batch.id)]);
    if (state === 'active') return false;
    const isOurs =
      job?.data.v === undefined || isDeepStrictEqual(job.data, makeJob(batch.records, this.#options.destination));
    if (isOurs && (state === 'waiting' || state === 'delayed')) return false;
    return recallBatch(this.#connection.redis, this.#nameOf(lane, batch.id));
  }

  /** Gives up a connection without an answer, for what is written to a Redis that hangs would pile up in memory; and one to a replica. */
  #failed(error: unknown): string {
    const isAnswer = error instanceof NoRoomError || (error instanceof ReplyError && !isReplicaError(error));
    if (!isAnswer) this.#connection.close();
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

function parseReply(text: string): Reply {
  return (parseJson(text) as Reply | undefined) ?? { networkError: 'an answer in Redis cannot be read' };
}

/** The clock is set by the date of a reply, which must be of now. */
function withoutDate(reply: Reply): Reply {
  if ('networkError' in reply) return reply;
  const { date: _, ...headers } = reply.headers;
  return { ...reply, headers };
}
