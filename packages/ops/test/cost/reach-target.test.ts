import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reachTarget, totalCost, type Volume } from '../../src/cost/estimate.ts';

const volumes: fc.Arbitrary<Volume> = fc.record({
  events: fc.nat(50_000_000),
  users: fc.nat(1_000_000),
  errors: fc.nat(30_000_000),
  spans: fc.nat(500_000_000),
  replays: fc.nat(1_000_000),
});
const targets = fc.nat(3000);
const RUNS = { numRuns: 30 };

describe('staying within a sum', () => {
  it('is reached for any volume and any sum', () => {
    fc.assert(
      fc.property(volumes, targets, (volume, target) => {
        expect(totalCost(reachTarget(volume, target).volume)).toBeLessThanOrEqual(target);
      }),
      RUNS,
    );
  });

  it('never sends more than before, and changes nothing that is cheap enough', () => {
    fc.assert(
      fc.property(volumes, targets, (volume, target) => {
        const { turns, volume: reduced } = reachTarget(volume, target);
        for (const name of ['events', 'errors', 'spans', 'replays'] as const)
          expect(reduced[name]).toBeLessThanOrEqual(volume[name]);
        if (totalCost(volume) <= target) expect(turns).toEqual([]);
      }),
      RUNS,
    );
  });

  it('gives up spans first, and no more of them than it must', () => {
    const volume: Volume = { events: 0, users: 0, errors: 10_000, spans: 30_000_000, replays: 0 };
    const { turns, volume: reduced } = reachTarget(volume, 40);
    expect(turns.map(({ knob }) => knob)).toEqual(['spans']);
    expect(reduced.spans).toBe(12_000_000);
  });

  it('leaves a knob alone that saves nothing', () => {
    const volume: Volume = { events: 0, users: 0, errors: 10_000, spans: 1_000_000, replays: 20 };
    const { turns, volume: reduced } = reachTarget(volume, 0);
    expect(turns.map(({ knob }) => knob)).toEqual(['errors']);
    expect(reduced.errors).toBe(5000);
  });
});
