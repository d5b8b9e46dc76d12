import { AsyncLocalStorage } from 'node:async_hooks';
import { adoptDeadFolders } from './adoption.ts';
import { Backlog } from './backlog.ts';
import { forgetInBacklog, withoutMentions } from './forget.ts';
import { Forgotten, type IsForgotten, purgeDeadLetters } from './forgotten.ts';
import { createLaneParts, type LaneParts } from './lane-parts.ts';
import type { DropReason, LaneName } from './record.ts';
import { Spool } from './spool.ts';
import type { LaneStats } from './stats.ts';
import type { Transport } from './transport.ts';

/** How often the folders of dead processes are looked for. */
const ADOPTION_INTERVAL_MS = 30_000;

/** What {@link createPipeline} takes. */
export interface PipelineOptions {
  /** The lanes that this process has, and how their batches leave it. Lanes may share a transport. */
  readonly transports: Readonly<Partial<Record<LaneName, Transport>>>;
  /** Where records are kept until they are delivered; `undefined`: in memory only. */
  readonly spoolRoot?: string | undefined;
  /** What the spool may hold; beyond it the oldest batch goes. @default 256 MiB */
  readonly maxSpoolBytes?: number;
  /** How long a record waits for company before its batch is sealed. */
  readonly flushIntervalMs: number;
  readonly warn: (message: string) => void;
  /** Told of every loss. */
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
export interface Deletion {
  readonly lane: LaneName;
  readonly json: string;
}

/** Where encoded records go. `push` is synchronous and cheap; everything else happens later. */
export interface Pipeline {
  has(lane: LaneName): boolean;
  /** @param distinctId whose record it is. */
  push(lane: LaneName, json: string, distinctId: string): void;
  /** Counts a loss that happened before there was a record. */
  drop(lane: LaneName, reason: DropReason): void;
  /** Seals and sends what waits; resolves at the latest after `timeoutMs`. */
  flush(timeoutMs: number): Promise<FlushOutcome>;
  /** Removes what waits for one person, queues the records that ask for their deletion, and refuses all that comes later. */
  forget(distinctId: string, deletions: readonly Deletion[]): Promise<void>;
  stats(): Partial<Record<LaneName, LaneStats>>;
  close(timeoutMs: number): Promise<void>;
}

/** Puts journal, spool and senders together. */
export function createPipeline(options: PipelineOptions): Pipeline {
  const { transports, spoolRoot, maxSpoolBytes = 256 * 1024 * 1024, flushIntervalMs, warn } = options;
  const { now = Date.now, random = Math.random, onDrop } = options;
  const spool = new Spool({ root: spoolRoot, warn, now });
  const forgotten = new Forgotten(spoolRoot);
  const parts = new Map<LaneName, LaneParts>();
  const backlog = new Backlog({
    maxBytes: maxSpoolBytes,
    onDrop: (batch, reason) => {
      parts.get(batch.lane)?.counters.drop(reason, batch.records);
      warn(overflowText(reason));
      void batch.remove().catch(() => {});
    },
  });
  const surroundings = { spoolRoot, spool, backlog, forgotten, onDrop, warn, now, random };
  for (const [name, transport] of Object.entries(transports) as [LaneName, Transport][]) {
    parts.set(name, createLaneParts(name, transport, surroundings));
  }
  const all = [...parts.values()];

  // Timers and sockets started from inside a request would keep that request's context alive, and hang our own traffic on its trace.
  const runDetached = AsyncLocalStorage.snapshot();
  let isCommitScheduled = false;
  let flushTimer: NodeJS.Timeout | undefined;
  let isClosed = false;
  let forgetting = Promise.resolve();

  function push(name: LaneName, json: string, distinctId: string): void {
    const part = parts.get(name);
    if (!part) return;
    if (isClosed) return part.counters.drop('closed');
    if (!forgotten.isEmpty && forgotten.has(distinctId)) return part.counters.drop('forgotten');
    part.lane.push(json);
    if (!isCommitScheduled) scheduleCommit();
  }

  function scheduleCommit(): void {
    isCommitScheduled = true;
    // At the end of the loop turn: one write for all that a turn has tracked. As it does no more than that, it may stay in the caller's
    // context: leaving it costs as much as encoding an event.
    setImmediate(commitAll);
    if (flushTimer === undefined) runDetached(startFlushTimer);
  }

  function startFlushTimer(): void {
    flushTimer = setTimeout(sealAll, flushIntervalMs).unref();
  }

  function commitAll(): void {
    isCommitScheduled = false;
    for (const { lane } of all) lane.commit();
  }

  function sealAll(): void {
    clearTimeout(flushTimer);
    flushTimer = undefined;
    for (const { lane } of all) lane.seal();
  }

  async function adopt(): Promise<void> {
    const folder = spool.folder();
    if (!folder || spoolRoot === undefined || isClosed) return;
    // First, so that nothing of somebody whom another process has forgotten is adopted.
    const isNewForgotten = forgotten.reload();
    const { batches, torn, problems } = await adoptDeadFolders(spoolRoot, folder, now());
    // A lane that this process does not have is left to one that has: the files stay in our folder until then.
    for (const batch of batches) {
      if (!parts.has(batch.lane)) continue;
      const rest = forgotten.isEmpty ? batch : await withoutMentions(batch, forgotten.has);
      if (rest) backlog.add(rest);
    }
    for (const { lane, records } of torn) parts.get(lane)?.counters.drop('torn', records);
    for (const problem of problems) {
      warn(
        `Something that an ended process left could not be taken over and stays in ${folder.path}: ${String(problem)}`,
      );
    }
    for (const { sender } of all) sender.wake();
    if (isNewForgotten) forgetting = forgetting.then(() => removeFromBacklog(forgotten.has));
  }
  const adoptSafely = () => adopt().catch((error: unknown) => spool.refused(error));
  const adopting = adoptSafely();
  const adoptionTimer = setInterval(() => void adoptSafely(), ADOPTION_INTERVAL_MS).unref();

  const delivered = () => all.reduce((sum, { counters }) => sum + counters.delivered, 0);

  async function flush(timeoutMs: number): Promise<FlushOutcome> {
    const before = delivered();
    const work = runDetached(async () => {
      await adopting;
      await forgetting;
      // First, so that what fails meanwhile is not tried a second time.
      for (const { sender } of all) sender.hurry();
      sealAll();
      await Promise.all(all.map(({ lane }) => lane.sealed()));
      await Promise.all(all.map(({ sender }) => sender.settled()));
    });
    await within(work, timeoutMs);
    const waiting = [...parts].flatMap(([name, { sender }]) => [...backlog.waiting(name), ...sender.inFlight]);
    const countOf = (isOnDisk: boolean) =>
      waiting.filter(({ file }) => (file !== undefined) === isOnDisk).reduce((sum, { records }) => sum + records, 0);
    const queued = all.reduce((sum, { lane }) => sum + lane.queued, 0);
    return { delivered: delivered() - before, pending: countOf(false) + queued, spooled: countOf(true) };
  }

  async function removeFromBacklog(isForgotten: IsForgotten): Promise<void> {
    // Held first: a batch that is sealed now must not leave before it was looked at.
    const held = Promise.all(all.map(({ sender }) => sender.hold()));
    sealAll();
    await Promise.all(all.map(({ lane }) => lane.sealed()));
    await held;
    for (const [name, { counters }] of parts) {
      counters.drop('forgotten', await forgetInBacklog(backlog, name, isForgotten));
    }
    for (const { sender } of all) sender.release();
  }

  function statsOf(name: LaneName, { lane, sender, counters }: LaneParts): LaneStats {
    const waiting = [...backlog.waiting(name), ...sender.inFlight];
    const spooled = waiting.filter(({ file }) => file !== undefined);
    return {
      queued: lane.queued,
      pending: waiting.reduce((sum, { records }) => sum + records, 0),
      spooledFiles: spooled.length,
      spooledBytes: spooled.reduce((sum, { bytes }) => sum + bytes, 0),
      oldestAgeMs: waiting.reduce((oldest, { sealedAt }) => Math.max(oldest, now() - sealedAt), 0),
      ...counters.read(),
    };
  }

  return {
    has: (name) => parts.has(name),
    push,
    drop: (name, reason) => parts.get(name)?.counters.drop(reason),
    flush,
    forget(distinctId, deletions) {
      // From this moment on nothing more of them gets in; what is there already is looked for in turn.
      try {
        forgotten.add(distinctId);
        purgeDeadLetters(spoolRoot, distinctId);
      } catch (error) {
        spool.refused(error);
      }
      // On disk at once; what follows takes as long as the batches that are under way.
      for (const { lane, json } of deletions) parts.get(lane)?.lane.push(json);
      commitAll();
      scheduleCommit();
      forgetting = forgetting.then(() => removeFromBacklog((text) => text === distinctId));
      return forgetting;
    },
    stats: () => Object.fromEntries([...parts].map(([name, part]) => [name, statsOf(name, part)])),
    async close(timeoutMs) {
      if (isClosed) return;
      isClosed = true;
      clearInterval(adoptionTimer);
      await flush(timeoutMs);
      clearTimeout(flushTimer);
      for (const { lane, sender } of all) {
        sender.close();
        lane.close();
      }
      await spool.close();
      await Promise.all([...new Set(Object.values(transports))].map((transport) => transport.close()));
    },
  };
}

async function within(work: Promise<unknown>, timeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeoutMs);
  });
  await Promise.race([work, limit]);
  clearTimeout(timer);
}

function overflowText(reason: DropReason): string {
  return reason === 'spool_overflow'
    ? 'The spool is full: the oldest records are lost, and counted as spool_overflow. Find out why nothing is delivered, or raise OBSERVABILITY_SPOOL_MAX_BYTES.'
    : 'What waits in memory is full, as the disk cannot be used: the oldest records are lost, and counted as memory_overflow. Check OBSERVABILITY_SPOOL_DIR.';
}
