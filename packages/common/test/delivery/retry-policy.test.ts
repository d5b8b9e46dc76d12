import { describe, expect, it } from 'vitest';
import { decide } from '../../src/delivery/retry-policy.ts';

const at = { attempt: 0, now: Date.UTC(2026, 0, 1), random: 0.5 };

describe('decide', () => {
  it.each([
    [200, 'delivered'],
    [204, 'delivered'],
    [400, 'rejected'],
    [404, 'rejected'],
    [401, 'pause'],
    [403, 'pause'],
    [408, 'retry'],
    [413, 'split'],
    [429, 'retry'],
    [500, 'retry'],
    [502, 'retry'],
    [503, 'retry'],
    [undefined, 'retry'],
  ] as const)('answers status %s with %s', (status, action) => {
    expect(decide({ ...at, ...(status !== undefined && { status }) }).action).toBe(action);
  });

  it('doubles the wait from 2 s to 60 s and adds 1 to 5 s of jitter', () => {
    const waits = [0, 1, 2, 3, 4, 5, 20].map((attempt) => decide({ ...at, attempt, status: 503, random: 0 }));
    expect(waits.map((decision) => 'delayMs' in decision && decision.delayMs)).toEqual([
      3000, 5000, 9000, 17_000, 33_000, 61_000, 61_000,
    ]);
    expect(decide({ ...at, status: 503, random: 1 })).toEqual({ action: 'retry', delayMs: 7000 });
  });

  it.each([
    ['7', 7000],
    ['0.5', 500],
    ['Thu, 01 Jan 2026 00:00:30 GMT', 30_000],
    ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
  ])('obeys Retry-After %s', (retryAfter, delayMs) => {
    expect(decide({ ...at, status: 429, retryAfter })).toEqual({ action: 'retry', delayMs });
  });

  it.each(['soon', '', ' '])('backs off by itself when Retry-After is %j', (retryAfter) => {
    expect(decide({ ...at, status: 429, retryAfter })).toEqual({ action: 'retry', delayMs: 5000 });
  });

  it.each(['9999999999', 'Thu, 01 Jan 2099 00:00:00 GMT'])('waits ten minutes at most, also for %s', (retryAfter) => {
    expect(decide({ ...at, status: 429, retryAfter })).toEqual({ action: 'retry', delayMs: 600_000 });
  });

  it.each(['0', '-5', 'Wed, 31 Dec 2025 00:00:00 GMT'])('comes back at once for %s once only', (retryAfter) => {
    expect(decide({ ...at, status: 503, retryAfter })).toEqual({ action: 'retry', delayMs: 0 });
    expect(decide({ ...at, status: 503, retryAfter, attempt: 1 })).toEqual({ action: 'retry', delayMs: 1000 });
  });

  it('takes a 2xx for a delivery only if a receiver of ours has said it', () => {
    expect(decide({ ...at, status: 200, acknowledgement: 'foreign' })).toEqual({ action: 'retry', delayMs: 5000 });
    expect(decide({ ...at, status: 200, acknowledgement: 'refused' })).toEqual({ action: 'rejected' });
  });
});
