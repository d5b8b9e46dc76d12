import { AsyncLocalStorage } from 'node:async_hooks';
import { BatchBuilder, MAX_RECORD_BYTES } from './batch.ts';
import { type EncodedRecord, type LaneName, laneNames } from './record.ts';
import { Sender } from './sender.ts';
import { LaneCounters, type LaneStats } from './stats.ts';
import type { Transport } from './transport.ts';

/** What {@link createPipeline} takes. */
export interface PipelineOptions {
  readonly transport: Transport;
  /** How long a record waits for company before its batch is sealed. */
  readonly flushIntervalMs: number;
  readonly warn: (message: string) => void;
  /** @default Date.now */
  readonly now?: () => number;
  /** @default Math.random */
  readonly random?: () => number;
}

/** Where encoded records go. `push` is synchronous and cheap; everything else happens later. */
export interface Pipeline {
  push(lane: LaneName, record: EncodedRecord): void;
  /** The counters of a lane, for losses that happen before a record exists. */
  counters(lane: LaneName): LaneCounters;
  /** Seals and sends what waits; resolves at the latest after `timeoutMs`. */
  flush(timeoutMs: number): Promise<{ delivered: number; pending: number }>;
  /** Removes what waits for one person, queues the record that asks for their deletion, and refuses all that comes later. */
  forget(distinctId: string, deletion: { readonly lane: LaneName; readonly record: EncodedRecord }): void;
  stats(): Record<LaneName, LaneStats>;
  close(timeoutMs: number): Promise<void>;
}

interface Lane {
  readonly builder: BatchBuilder;
  readonly sender: Sender;
  readonly counters: LaneCounters;
}

/** Batches records by lane and hands sealed batches to the lane's sender. */
export function createPipeline(options: PipelineOptions): Pipeline {
  const { transport, flushIntervalMs, warn, now = Date.now, random = Math.random } = options;
  const lanes = Object.fromEntries(
    laneNames.map((lane) => {
      const counters = new LaneCounters();
      return [
        lane,
        { counters, builder: new BatchBuilder(), sender: new Sender({ lane, transport, counters, warn, now, random }) },
      ];
    }),
  ) as Record<LaneName, Lane>;
  const forgotten = new Set<string>();
  // Timers and sockets started from inside a request would keep that request's context alive, and hang our own traffic on its trace.
  const runDetached = AsyncLocalStorage.snapshot();
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  function push(name: LaneName, record: EncodedRecord): void {
    const { builder, counters } = lanes[name];
    if (isClosed) return counters.drop('closed');
    if (forgotten.size > 0 && forgotten.has(record.distinctId)) return counters.drop('forgotten');
    const bytes = Buffer.byteLength(record.json) + 1;
    if (bytes > MAX_RECORD_BYTES) return counters.drop('too_large');
    if (!builder.fits(bytes)) runDetached(seal, name);
    builder.add(record, bytes);
    timer ??= runDetached(startTimer);
  }

  function startTimer(): NodeJS.Timeout {
    return setTimeout(sealAll, flushIntervalMs).unref();
  }

  function seal(name: LaneName): void {
    const { builder, sender } = lanes[name];
    if (builder.size > 0) sender.enqueue(builder.seal());
  }

  function sealAll(): void {
    clearTimeout(timer);
    timer = undefined;
    for (const name of laneNames) seal(name);
  }

  const pending = () => Object.values(lanes).reduce((sum, { builder, sender }) => sum + builder.size + sender.size, 0);
  const delivered = () => Object.values(lanes).reduce((sum, { counters }) => sum + counters.delivered, 0);

  async function flush(timeoutMs: number): Promise<{ delivered: number; pending: number }> {
    const before = delivered();
    runDetached(sealAll);
    let limit: NodeJS.Timeout | undefined;
    await Promise.race([
      Promise.all(Object.values(lanes).map(({ sender }) => runDetached(() => sender.settled()))),
      new Promise<void>((resolve) => {
        limit = setTimeout(resolve, timeoutMs);
      }),
    ]);
    clearTimeout(limit);
    return { delivered: delivered() - before, pending: pending() };
  }

  return {
    push,
    flush,
    counters: (name) => lanes[name].counters,
    forget(distinctId, { lane, record }) {
      forgotten.delete(distinctId);
      const isTheirs = (waiting: EncodedRecord) => waiting.distinctId === distinctId;
      for (const { builder, sender, counters } of Object.values(lanes)) {
        counters.drop('forgotten', builder.remove(isTheirs) + sender.remove(isTheirs));
      }
      push(lane, record);
      forgotten.add(distinctId);
    },
    stats: () =>
      Object.fromEntries(
        laneNames.map((name) => {
          const { builder, sender, counters } = lanes[name];
          return [name, counters.read(builder.size + sender.size)];
        }),
      ) as Record<LaneName, LaneStats>,
    async close(timeoutMs) {
      if (isClosed) return;
      isClosed = true;
      await flush(timeoutMs);
      clearTimeout(timer);
      for (const { sender } of Object.values(lanes)) sender.close();
      await transport.close();
    },
  };
}
