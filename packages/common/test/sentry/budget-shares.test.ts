import { describe, expect, it, onTestFinished } from 'vitest';
import { joinBudget, type Sharers } from '../../../telemetry/src/errors/budget-shares.ts';
import { limitsFor } from '../../../telemetry/src/errors/rate-limit.ts';
import { redisAvailable, startOwnRedis } from '../real-redis.ts';

const MONTH_MS = 31 * 24 * 3_600_000;

describe('limits of a budget that is shared', () => {
  it.each([
    { all: 1, ofService: 1 },
    { all: 4, ofService: 2 },
    { all: 12, ofService: 3 },
  ])('add up to the budget: %j', (sharers) => {
    const { total } = limitsFor(6000, sharers);
    expect((total.capacity + MONTH_MS / total.msEach) * sharers.all).toBeCloseTo(6000, 0);
  });

  it('leave every process the first error of each fault', () => {
    const { each, total } = limitsFor(100, { all: 400, ofService: 100 });
    expect([each.capacity, total.capacity]).toEqual([1, 1]);
  });

  it('let a fault that comes up in every instance of a service send as much as in one', () => {
    const { each } = limitsFor(5000, { all: 10, ofService: 5 });
    expect([each.capacity * 5, each.msEach / 5]).toEqual([10, 3_600_000]);
  });
});

describe.skipIf(!(await redisAvailable()))('processes that share a budget', () => {
  async function join(...members: readonly (readonly [service: string, owner: string])[]) {
    const redis = await startOwnRedis();
    const known = new Map<string, Sharers>();
    const leave = new Map(
      members.map(([service, owner]) => [
        owner,
        joinBudget({
          ...{ redisUrl: redis.url, prefix: 'qr-test', service, owner, intervalMs: 50 },
          onChange: (sharers) => void known.set(owner, sharers),
          warn() {},
        }),
      ]),
    );
    onTestFinished(async () => {
      for (const end of leave.values()) end();
      await redis.close();
    });
    return { redis, known, leave };
  }

  it('know how many they are, and how many of their service', async () => {
    const { known, leave } = await join(['scans', 'a'], ['scans', 'b'], ['accounts', 'c']);
    const expected = { a: { all: 3, ofService: 2 }, b: { all: 3, ofService: 2 }, c: { all: 3, ofService: 1 } };
    await expect.poll(() => Object.fromEntries(known)).toEqual(expected);
    leave.get('b')?.();
    await expect.poll(() => known.get('a')).toEqual({ all: 2, ofService: 1 });
  });

  it('go by the last number while Redis is away, and count anew when it is back', async () => {
    const { redis, known, leave } = await join(['scans', 'a'], ['scans', 'b']);
    await expect.poll(() => known.get('a')).toEqual({ all: 2, ofService: 2 });
    await redis.kill();
    leave.get('b')?.();
    await redis.restart();
    await expect.poll(() => known.get('a'), { timeout: 10_000 }).toEqual({ all: 1, ofService: 1 });
  });
});
