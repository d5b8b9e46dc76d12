import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FaultEndpoint, type FaultRule, Faults, seededRandom } from '../../src/faults/faults.ts';

const status = (code: number): FaultRule['fault'] => ({ kind: 'status', status: code });

/** Which of so many requests are struck. */
function struck(rule: FaultRule, requests: number, endpoint: FaultEndpoint = 'track'): boolean[] {
  const faults = new Faults();
  faults.add(rule);
  return Array.from({ length: requests }, () => faults.strike(endpoint) !== null);
}

describe('a fault strikes', () => {
  it('the next requests only, when they are counted', () => {
    expect(struck({ requests: 2, fault: status(500) }, 4)).toEqual([true, true, false, false]);
  });

  it('every request, when they are not', () => {
    expect(struck({ fault: status(500) }, 50)).toEqual(Array(50).fill(true));
  });

  it('its own endpoint only', () => {
    const rule: FaultRule = { endpoint: 'import', requests: 1, fault: status(500) };
    expect(struck(rule, 2, 'track')).toEqual([false, false]);
    expect(struck(rule, 2, 'import')).toEqual([true, false]);
  });

  it('the same share of requests each time, and another with another seed', () => {
    const half = (seed?: number): boolean[] =>
      struck({ share: 0.5, fault: status(500), ...(seed === undefined ? {} : { seed }) }, 200);
    expect(half()).toEqual(half(1));
    expect(half(2)).toEqual(half(2));
    expect(half(2)).not.toEqual(half(3));
  });

  it('about the share that was asked for, whatever the seed', () => {
    fc.assert(
      fc.property(fc.integer(), fc.constantFrom(0.1, 0.5, 0.9), (seed, share) => {
        const hits = struck({ share, seed, fault: status(500) }, 2000).filter(Boolean).length;
        // Five standard deviations of the binomial distribution: hit by chance once in millions of runs.
        expect(Math.abs(hits - 2000 * share)).toBeLessThan(5 * Math.sqrt(2000 * share * (1 - share)));
      }),
      { numRuns: 50 },
    );
  });

  it('no more once it is removed', () => {
    const faults = new Faults();
    const { id } = faults.add({ fault: status(500) });
    expect(faults.remove(id)).toBe(true);
    expect(faults.remove(id)).toBe(false);
    expect(faults.strike('track')).toBeNull();
  });
});

describe('several faults', () => {
  it('take turns in the order in which they were added', () => {
    const faults = new Faults();
    faults.add({ requests: 1, fault: status(500) });
    faults.add({ requests: 1, fault: status(503) });
    const answers = [faults.strike('track'), faults.strike('track'), faults.strike('track')];
    expect(answers).toEqual([status(500), status(503), null]);
  });

  it('say what they have done', () => {
    const faults = new Faults();
    faults.add({ endpoint: 'track', requests: 2, fault: status(500) });
    faults.strike('track');
    faults.strike('import');
    expect(faults.list()).toEqual([
      { id: 1, endpoint: 'track', remaining: 1, share: 1, seed: 1, seen: 1, struck: 1, fault: status(500) },
    ]);
    faults.clear();
    expect(faults.list()).toEqual([]);
  });

  it('are listed to the last hundred', () => {
    const faults = new Faults();
    for (let count = 0; count < 150; count += 1) faults.add({ requests: 1, fault: status(500) });
    expect(faults.list().map(({ id }) => id)).toEqual(Array.from({ length: 100 }, (_, index) => index + 51));
  });
});

describe('what is no rule is refused with the field', () => {
  it.each<[unknown, RegExp]>([
    [null, /must be a JSON object/],
    [{}, /fault.kind must be one of status, delay, .* got nothing/],
    [{ fault: { kind: 'explode' } }, /fault.kind .* got "explode"/],
    [{ fault: { kind: '__proto__' } }, /fault.kind/],
    [{ fault: { kind: 'status' } }, /fault .*status/],
    [{ fault: { kind: 'status', status: 99 } }, /fault.status .*200/],
    [{ fault: { kind: 'delay', delayMs: -1 } }, /fault.delayMs/],
    [{ fault: { kind: 'reset', when: 'later' } }, /fault.when/],
    [{ fault: { kind: 'partial', failEvery: 0 } }, /fault.failEvery/],
    [{ fault: { kind: 'rate-limit', categories: ['error\r\nx'] } }, /fault.categories/],
    [{ fault: { kind: 'hang', forever: true } }, /forever/],
    [{ endpoint: 'nowhere', fault: status(500) }, /endpoint/],
    [{ requests: 0, fault: status(500) }, /requests/],
    [{ share: 0, fault: status(500) }, /share/],
    [{ share: 1.1, fault: status(500) }, /share/],
    [{ time: 3, fault: status(500) }, /time/],
  ])('%j', (rule, message) => {
    expect(() => new Faults().add(rule as FaultRule)).toThrow(message);
  });
});

it('numbers of a seed lie between 0 and 1 and do not repeat soon', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const random = seededRandom(seed);
      const numbers = Array.from({ length: 100 }, random);
      expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
      expect(new Set(numbers).size).toBe(100);
    }),
  );
});
