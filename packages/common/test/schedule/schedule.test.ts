import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type StopSchedule, startSchedule } from '../../src/server.ts';
import { redisAvailable, startOwnRedis } from '../real-redis.ts';
import { setEnv } from '../start-observed.ts';

describe('a schedule of one process', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    onTestFinished(setEnv({ OBSERVABILITY_REDIS_URL: undefined }));
  });
  afterEach(() => vi.useRealTimers());

  it('runs at once, then every so often, until it is stopped', async () => {
    let runs = 0;
    const stop = startSchedule({ name: 'test', everyMs: 1000, run: async () => void runs++ });
    expect(runs).toBe(1);
    await vi.advanceTimersByTimeAsync(3000);
    expect(runs).toBe(4);
    await stop();
    await vi.advanceTimersByTimeAsync(3000);
    expect(runs).toBe(4);
  });

  it.each([Number.POSITIVE_INFINITY, Number.NaN, 1e12])(
    'does not run again and again when its interval is %s',
    async (everyMs) => {
      let runs = 0;
      const stop = startSchedule({ name: 'test', everyMs, run: async () => void runs++ });
      await vi.advanceTimersByTimeAsync(30_000);
      expect(runs).toBe(1);
      await stop();
    },
  );

  it('has one run at a time, and goes on after one that fails', async () => {
    let under = 0;
    let most = 0;
    let runs = 0;
    const stop = startSchedule({
      name: 'test',
      everyMs: 1000,
      async run() {
        most = Math.max(most, ++under);
        runs++;
        await new Promise((resolve) => setTimeout(resolve, 2500));
        under--;
        throw new Error('failed');
      },
    });
    await vi.advanceTimersByTimeAsync(10_000);
    expect([most, runs]).toEqual([1, 4]);
    const stopped = stop();
    await vi.advanceTimersByTimeAsync(3000);
    await stopped;
    expect(under).toBe(0);
  });
});

describe.skipIf(!(await redisAvailable()))('a schedule that several processes share through Redis', () => {
  /** As many parts as processes would have; counts what each of them ran. */
  async function share(parts: number, everyMs: number) {
    const redis = await startOwnRedis();
    onTestFinished(setEnv({ OBSERVABILITY_REDIS_URL: redis.url }));
    const runs = Array.from({ length: parts }, () => 0);
    const stops: StopSchedule[] = runs.map((_, part) =>
      startSchedule({
        name: 'shared-test',
        everyMs,
        run: async () => {
          runs[part] = (runs[part] ?? 0) + 1;
        },
      }),
    );
    onTestFinished(async () => {
      await Promise.all(stops.map((stop) => stop()));
      await redis.close();
    });
    return { redis, runs, stops, total: () => runs.reduce((sum, count) => sum + count, 0) };
  }

  it('runs as often as with one', async () => {
    const { total } = await share(3, 200);
    await expect.poll(total, { timeout: 10_000 }).toBeGreaterThan(0);
    const before = total();
    await new Promise((resolve) => setTimeout(resolve, 2000));
    const after = total() - before;
    // Ten intervals; three processes with a timer each would have run thirty times.
    expect(after).toBeGreaterThanOrEqual(7);
    expect(after).toBeLessThanOrEqual(13);
  });

  it('is carried on by the others when one stops', async () => {
    const { runs, stops, total } = await share(2, 200);
    await expect.poll(total, { timeout: 10_000 }).toBeGreaterThan(1);
    await stops[0]?.();
    const [stopped] = runs;
    const before = total();
    await expect.poll(total, { timeout: 10_000 }).toBeGreaterThan(before + 3);
    expect(runs[0]).toBe(stopped);
  });

  it('stops in time while Redis is away', async () => {
    const { redis, stops, total } = await share(1, 200);
    await expect.poll(total, { timeout: 10_000 }).toBeGreaterThan(0);
    await redis.kill();
    const start = performance.now();
    await stops[0]?.();
    expect(performance.now() - start).toBeLessThan(4000);
  });

  it('is there again when Redis has lost everything', async () => {
    const { redis, total } = await share(2, 200);
    await expect.poll(total, { timeout: 10_000 }).toBeGreaterThan(1);
    await redis.restart();
    const before = total();
    await expect.poll(total, { timeout: 20_000 }).toBeGreaterThan(before + 3);
  });
});
