import { AsyncLocalStorage } from 'node:async_hooks';
import { isMainThread } from 'node:worker_threads';
import { Backlog } from './backlog.ts';
import { Erasure, type PersonIds } from './erasure.ts';
import { ErasureSweep } from './erasure-sweep.ts';
import { EnvelopeLane, Lane, type LaneContext } from './lane.ts';
import { checkLanes, type Lanes, type Transport } from './lanes.ts';
import { OrderGuard } from './order-guard.ts';
import { Rejections } from './rejections.ts';
import { ReceiverClock, Sender } from './sender.ts';
import { Adoption, CONFIRM_AFTER_MS } from './spool/adoption.ts';
import type { StoredBatch } from './spool/batch.ts';
import { Spool } from './spool/spool.ts';
import { BatchStore } from './spool/store.ts';
import { type DropReason, LaneCounters, type LaneStats } from './stats.ts';

/** How often the folders of ended processes are looked for. */
const ADOPTION_INTERVAL_MS = 30_000;
/** How often people whom other processes have erased are looked for; every batch is checked before it is sent, too. */
const ERASURE_INTERVAL_MS = 5000;
/** The longest that a timer can wait. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export interface PipelineOptions<Name extends string = string> {
  /** All lanes whose files may lie in the spool, with or without a transport in this process. */
  readonly lanes: Lanes<Name>;
  /** The lanes that this process has, and how their batches leave it. Lanes may share a transport. */
  readonly transports: Readonly<Partial<Record<Name, Transport>>>;
  /** Where records are kept until they are delivered; `undefined`: in memory only. */
  readonly spoolRoot?: string | undefined;
  /** What the spool may hold; beyond it the oldest batch goes. @default 256 MiB */
  readonly maxSpoolBytes?: number;
  /** How long a record waits for company before its batch is sealed. */
  readonly flushIntervalMs: number;
  /** Where records hold the ids of people. @default nowhere: envelopes alone are searched for erased people */
  readonly personIds?: PersonIds;
  readonly warn: (message: string) => void;
  /** Called once for every loss. */
  readonly onDrop?: (reason: DropReason, records: number) => void;
  /** @default Date.now */
  readonly now?: () => number;
  /** @default Math.random */
  readonly random?: () => number;
}

/** What a flush achieved, in records. */
export interface FlushOutcome {
  /** Acknowledged by the receiver meanwhile. */
  readonly delivered: number;
  /** In memory only. */
  readonly pending: number;
  /** On disk, to be sent later or by the next process. */
  readonly spooled: number;
}

/** A record that asks for a person's deletion. */
export interface Deletion<Name extends string = string> {
  readonly lane: Name;
  readonly json: string;
}

/** Where encoded records go. `push` is synchronous and cheap; everything else happens later. */
export interface Pipeline<Name extends string = string> {
  has(lane: Name): boolean;
  /** @returns why the record was refused, which is counted; `undefined` for one that was taken. */
  push(lane: Name, json: string): DropReason | undefined;
  /** Counts a loss that happened before there was a record. */
  drop(lane: Name, reason: DropReason, records?: number): void;
  /** Milliseconds since the epoch, by the receiver's clock where ours is wrong. For new records only: a record that was sent never changes. */
  now(): number;
  /** Seals and sends what waits; resolves at the latest after `timeoutMs`. Without a limit for `Infinity`. */
  flush(timeoutMs: number): Promise<FlushOutcome>;
  /**
   * Erases a person: queues the records that ask for their deletion, refuses all that comes later, and removes what waits. Never rejects; resolves
   * when what waits has been searched.
   */
  forget(distinctId: string, deletions: readonly Deletion<Name>[]): Promise<void>;
  stats(): Partial<Record<Name, LaneStats>>;
  /** Delivers what it can and keeps the rest on disk. Records are taken until the end, and counted as `closed` from then on. */
  close(timeoutMs: number): Promise<void>;
}

/** A lane, what sends its batches, and what counts them. */
interface LaneParts {
  readonly name: string;
  readonly lane: Lane | EnvelopeLane;
  readonly sender: Sender;
  readonly counters: LaneCounters;
  readonly guard: OrderGuard | undefined;
  readonly transport: Transport;
}

// Taken before a test replaces them: the limit of a flush holds in real time.
const { setTimeout: startTimer, clearTimeout: stopTimer } = globalThis;

/** Puts journal, spool and senders together. @throws TypeError that names the lane and the option, when the definition of a lane is malformed. */
export function createPipeline<Name extends string>(options: PipelineOptions<Name>): Pipeline<Name> {
  const {
    lanes,
    transports,
    spoolRoot,
    maxSpoolBytes = 256 * 1024 * 1024,
    flushIntervalMs,
    personIds = { fields: [] },
    warn,
  } = options;
  checkLanes(lanes);
  const { now = () => Date.now(), random = Math.random, onDrop } = options;
  const parts = new Map<string, LaneParts>();
  const countersOf = (lane: string) => parts.get(lane)?.counters;
  const clock = new ReceiverClock(warn);
  const backlog = new Backlog({
    lanes,
    maxBytes: maxSpoolBytes,
    onDrop: (batch, reason) => {
      countersOf(batch.lane)?.drop(reason, batch.records);
      warn(overflowText(reason));
      store.remove(batch);
    },
  });
  const spool = new Spool({
    root: spoolRoot,
    warn,
    now,
    onLost: (folder) => {
      warn(
        `This process was suspended for so long that another one has adopted its spool folder; it goes on in a new one.`,
      );
      for (const { lane } of parts.values()) lane.disown(folder);
      backlog.discard(({ file }) => file?.folder.path.startsWith(folder.path) ?? false);
    },
  });
  const erasure = new Erasure({ root: spoolRoot, personIds, warn });
  const store = new BatchStore({ spool, backlog, erasure, countersOf, warn });
  const adoption = new Adoption({
    lanes,
    spool,
    onBatches: (lane, batches) => {
      backlog.addAll(lane, batches);
      // A large folder takes seconds to read; only lanes that keep an order wait for its end.
      parts.get(lane)?.sender.wake();
    },
    onTorn: (lane, records) => countersOf(lane)?.drop('torn', records),
    warn,
  });
  for (const [name, transport] of Object.entries(transports) as [Name, Transport][]) {
    parts.set(name, createParts(name, transport));
  }
  const all = [...parts.values()];
  const sweep = new ErasureSweep({
    ...{ lanes, spool, store, backlog, erasure, warn },
    parts,
    countDeadLetters: (lane, letters) => countersOf(lane)?.drop('forgotten', letters),
  });

  function createParts(lane: Name, transport: Transport): LaneParts {
    const definition = lanes[lane];
    const { format, subjectOf } = definition;
    const counters = new LaneCounters(onDrop);
    const context: LaneContext = { lane, definition, spool, store, backlog, erasure, counters, warn, now };
    const guard = subjectOf && new OrderGuard({ ...context, lanes, subjectOf, adopt, adopted });
    const sender = new Sender({ ...context, transport, rejections: new Rejections(context), guard, clock, random });
    const laneOptions = { ...context, wake: () => sender.wake() };
    const queue = format === 'envelope' ? new EnvelopeLane(laneOptions) : new Lane(laneOptions);
    return { name: lane, lane: queue, sender, counters, guard, transport };
  }

  // Timers and sockets started from inside a request would keep that request's context alive, and hang our own traffic on its trace.
  const runDetached = AsyncLocalStorage.snapshot();
  // The main thread may end the process, and a worker with it, in the middle of the worker's turn.
  let commitsAtOnce = !isMainThread;
  let isCommitScheduled = false;
  let flushTimer: NodeJS.Timeout | undefined;
  let isClosed = false;
  let isEnded = false;

  function push(name: Name, json: string): DropReason | undefined {
    const part = parts.get(name);
    if (!part) return undefined;
    if (isEnded) return refuse(part, 'closed');
    if (!erasure.list.isEmpty && isRefused(name, json)) return refuse(part, 'forgotten');
    part.lane.push(json);
    if (commitsAtOnce) part.lane.commit();
    if (!isCommitScheduled) scheduleCommit();
    return undefined;
  }

  function refuse({ counters }: LaneParts, reason: DropReason): DropReason {
    counters.drop(reason);
    return reason;
  }

  function isRefused(name: Name, json: string): boolean {
    // An error is kept, without the person.
    return lanes[name].format !== 'envelope' && erasure.forbids(lanes[name], json);
  }

  function scheduleCommit(): void {
    isCommitScheduled = true;
    // At the end of the loop turn: one write for all that a turn has tracked. As it does no more than that, it may stay in the caller's
    // context: leaving it costs as much as encoding an event.
    setImmediate(commitAll);
  }

  function commitAll(): void {
    isCommitScheduled = false;
    let hasQueued = false;
    for (const { lane } of all) {
      lane.commit();
      hasQueued ||= lane.queued > 0;
    }
    // Here and not at the push: what was sealed since then has taken the timer with it.
    if (hasQueued && flushTimer === undefined && !isEnded) runDetached(startFlushTimer);
  }

  function startFlushTimer(): void {
    flushTimer = setTimeout(sealAll, flushIntervalMs).unref();
  }

  function sealAll(): void {
    clearTimeout(flushTimer);
    flushTimer = undefined;
    for (const { lane } of all) lane.seal();
  }

  async function adopt(): Promise<void> {
    if (isClosed) return;
    // First, so that nothing of a person whom another process has erased is kept.
    await erasure.list.refresh();
    await adoption.run();
    if (adoption.takeNews()) sweep.noteFiles();
    for (const { sender } of all) sender.wake();
  }

  function adopted(): Promise<void> {
    return adoption.isRunning ? adoption.run() : firstAdoption;
  }

  async function look(adopting = adopt()): Promise<void> {
    await adopting;
    if (sweep.isDue) await sweep.run();
    // What could not be read, or not be judged because the clock has jumped, is looked at again before the next interval.
    if (adoption.isUnfinished && !isClosed) confirmTimer = setTimeout(() => void adopt(), CONFIRM_AFTER_MS).unref();
  }

  async function followErasures(): Promise<void> {
    await erasure.list.refresh();
    if (sweep.isDue && !isClosed) await searchForErased();
  }

  async function searchForErased(): Promise<void> {
    sealAll();
    await Promise.all(all.map(({ lane }) => lane.sealed()));
    await sweep.run();
  }

  let confirmTimer: NodeJS.Timeout | undefined;
  const firstAdoption = adopt();
  void look(firstAdoption);
  const adoptionTimer = setInterval(() => void look(), ADOPTION_INTERVAL_MS).unref();
  const erasureTimer = setInterval(() => void followErasures(), ERASURE_INTERVAL_MS).unref();
  // The last moment at which a process that exits, by itself or after an uncaught error, can write what its last turn has tracked.
  const onExit = () => {
    for (const { lane } of all) lane.commit();
    // Listeners after this one may track, too: no turn of the loop follows.
    commitsAtOnce = true;
    spool.release();
  };
  process.on('exit', onExit);

  const delivered = () => all.reduce((sum, { counters }) => sum + counters.delivered, 0);

  async function flush(timeoutMs: number): Promise<FlushOutcome> {
    const before = delivered();
    const work = runDetached(async () => {
      await firstAdoption;
      // Retry pending batches before sealing new ones, so that one that fails during this flush is not sent twice.
      for (const { sender } of all) sender.hurry();
      sealAll();
      await Promise.all(all.map(({ lane }) => lane.sealed()));
      await Promise.all(all.map(({ sender }) => sender.settled()));
      await store.removed();
    });
    await within(work, timeoutMs);
    let pending = 0;
    let spooled = 0;
    for (const part of parts.values()) {
      const { records, fileRecords } = heldBy(part);
      pending += part.lane.queued + records - fileRecords;
      spooled += fileRecords;
    }
    return { delivered: delivered() - before, pending, spooled };
  }

  /** The batches of a lane that wait or are under way, in numbers. */
  function heldBy({ name, sender }: LaneParts) {
    const inFlight = [...sender.inFlight];
    const onDisk = inFlight.filter(({ file }) => file !== undefined);
    const waiting = backlog.waiting(name);
    return {
      records: waiting.records + recordsIn(inFlight),
      files: waiting.files + onDisk.length,
      fileRecords: waiting.fileRecords + recordsIn(onDisk),
      fileBytes: onDisk.reduce((total, { bytes }) => total + bytes, waiting.fileBytes),
      oldest: inFlight.reduce((earliest, { sealedAt }) => Math.min(earliest, sealedAt), waiting.oldest),
    };
  }

  function statsOf(part: LaneParts): LaneStats {
    const { lane, counters } = part;
    const { records, files, fileBytes, oldest } = heldBy(part);
    return {
      queued: lane.queued,
      pending: records,
      spooledFiles: files,
      spooledBytes: fileBytes,
      oldestAgeMs: Number.isFinite(oldest) ? Math.max(0, now() - oldest) : 0,
      ...counters.read(),
    };
  }

  async function close(timeoutMs: number): Promise<void> {
    isClosed = true;
    for (const timer of [adoptionTimer, erasureTimer, confirmTimer]) clearTimeout(timer);
    await flush(timeoutMs);
    // What came meanwhile is on disk before anything is taken away.
    for (const { lane } of all) lane.commit();
    isEnded = true;
    clearTimeout(flushTimer);
    sweep.close();
    for (const { lane, sender } of all) {
      sender.close();
      lane.close();
    }
    await store.close();
    for (const { name, lane, sender, counters } of all) {
      // Nobody else has what is in memory only.
      const unkept = [...backlog.batches(name), ...sender.inFlight].filter((batch) => !batch.isKept);
      counters.drop('closed', recordsIn(unkept) + (spool.folder() ? 0 : lane.queued));
    }
    erasure.list.close();
    process.off('exit', onExit);
    await spool.close();
    await Promise.all([...new Set(all.map(({ transport }) => transport))].map((transport) => transport.close()));
  }

  return {
    has: (name) => parts.has(name),
    push,
    drop: (name, reason, records = 1) => countersOf(name)?.drop(reason, records),
    now: () => now() + clock.offsetMs,
    flush,
    async forget(distinctId, deletions) {
      // From now on nothing more of them gets in, and nothing leaves.
      erasure.list.add(distinctId);
      for (const { lane, json } of deletions) push(lane, json);
      commitAll();
      await runDetached(async () => {
        // The batches of a folder that is being read become known only at its end.
        await adopted();
        await searchForErased();
      });
    },
    stats: () =>
      Object.fromEntries([...parts].map(([name, part]) => [name, statsOf(part)])) as Partial<Record<Name, LaneStats>>,
    async close(timeoutMs) {
      if (!isClosed) await close(timeoutMs);
    },
  };
}

async function within(work: Promise<unknown>, timeoutMs: number): Promise<void> {
  if (timeoutMs > MAX_TIMER_MS) {
    await work;
    return;
  }
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = startTimer(resolve, timeoutMs);
  });
  await Promise.race([work, limit]);
  stopTimer(timer);
}

function recordsIn(batches: readonly StoredBatch[]): number {
  return batches.reduce((total, { records }) => total + records, 0);
}

function overflowText(reason: DropReason): string {
  return reason === 'spool_overflow'
    ? 'The spool is full: the oldest records are lost, and counted as spool_overflow. Find out why nothing is delivered, or raise OBSERVABILITY_SPOOL_MAX_BYTES.'
    : 'What waits in memory is full, as the disk cannot be used: the oldest records are lost, and counted as memory_overflow. Check OBSERVABILITY_SPOOL_DIR.';
}
