import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { createPipeline } from '../src/pipeline.ts';
import { createMemoryTransport, lanes, personIds } from './lanes.ts';

const INTERVAL_MS = 1000;
const realSetTimeout = globalThis.setTimeout;
const realSetImmediate = globalThis.setImmediate;

/** What can happen between two events. */
const step = fc.oneof(
  { weight: 6, arbitrary: fc.constant('push' as const) },
  { weight: 3, arbitrary: fc.constant('turn' as const) },
  { weight: 1, arbitrary: fc.constant('flush' as const) },
  { weight: 1, arbitrary: fc.constant('forget' as const) },
  { weight: 1, arbitrary: fc.constant('fill' as const) },
  { weight: 3, arbitrary: fc.integer({ min: 1, max: INTERVAL_MS }) },
);

describe('no event waits longer than the flush interval', () => {
  it('whatever pushes, turns, seals, flushes and erasures come in between', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
        vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] });
        const transport = createMemoryTransport();
        const pipeline = createPipeline({
          lanes,
          personIds,
          transports: { import: transport, engage: transport },
          flushIntervalMs: INTERVAL_MS,
          warn: () => {},
        });
        const due = new Map<number, number>();
        const deliveredAt = new Map<number, number>();
        const { send } = transport;
        transport.send = async (lane, batch) => {
          const before = transport.records('import').length;
          const reply = await send(lane, batch);
          for (const record of transport.records('import').slice(before))
            deliveredAt.set((record as { n: number }).n, Date.now());
          return reply;
        };
        let next = 0;
        /** Compression takes real time, in which the faked clock stands still: everything that is due arrives before it goes on. */
        const settle = async () => {
          const isDue = ([n, at]: [number, number]) => at <= Date.now() && !deliveredAt.has(n);
          for (let wait = 0; wait < 200 && [...due].some(isDue); wait++) {
            await new Promise((resolve) => realSetTimeout(resolve, 5));
          }
        };
        const push = (filling = '') => {
          due.set(next, Date.now() + INTERVAL_MS);
          pipeline.push('import', JSON.stringify({ n: next++, filling }));
        };
        try {
          for (const each of steps) {
            if (each === 'push') push();
            else if (each === 'turn') await turn();
            else if (each === 'flush') void pipeline.flush(100);
            else if (each === 'forget') void pipeline.forget(`u${next}`, []);
            // The third no longer fits: a seal in the middle of a turn.
            else if (each === 'fill') for (let n = 0; n < 3; n++) push('x'.repeat(900_000));
            else {
              // Timers only fire between turns.
              await turn();
              await vi.advanceTimersByTimeAsync(each);
              await settle();
            }
          }
          await turn();
          await vi.advanceTimersByTimeAsync(INTERVAL_MS);
          await settle();
          const late = [...due].filter(
            ([n, at]) => (deliveredAt.get(n) ?? Number.POSITIVE_INFINITY) > at + 2 * INTERVAL_MS,
          );
          expect(late).toEqual([]);
          expect(pipeline.stats().import).toMatchObject({ queued: 0, dropped: {} });
        } finally {
          vi.useRealTimers();
          await pipeline.close(0);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('after a flush, an erasure or a full batch in the turn of the call', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] });
    const transport = createMemoryTransport();
    const pipeline = createPipeline({
      lanes,
      personIds,
      transports: { import: transport },
      flushIntervalMs: INTERVAL_MS,
      warn: () => {},
    });
    const push = (n: number) => pipeline.push('import', JSON.stringify({ n }));
    // A timer of the caller's before the one of the pipeline, and one after it.
    setTimeout(push, INTERVAL_MS, 0);
    push(1);
    setTimeout(push, INTERVAL_MS, 2);
    await turn();
    await vi.advanceTimersByTimeAsync(INTERVAL_MS);
    push(3);
    void pipeline.flush(0);
    push(4);
    void pipeline.forget('somebody', []);
    push(5);
    await turn();
    await vi.advanceTimersByTimeAsync(INTERVAL_MS);
    vi.useRealTimers();
    const numbers = () => transport.records().map((record) => (record as { n: number }).n);
    await vi.waitFor(() => expect(numbers().sort()).toEqual([0, 1, 2, 3, 4, 5]));
    await pipeline.close(0);
  });
});

function turn(): Promise<void> {
  return new Promise((resolve) => realSetImmediate(resolve));
}
