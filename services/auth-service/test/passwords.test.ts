import { describe, expect, it } from 'vitest';
import { hashPassword, matchesPassword } from '../src/passwords.ts';

describe('a password', () => {
  it('matches its own hash only', async () => {
    const hash = await hashPassword('correct horse battery');
    expect(await matchesPassword(hash, 'correct horse battery')).toBe(true);
    expect(await matchesPassword(hash, 'Correct horse battery')).toBe(false);
  });

  it('has another hash each time', async () => {
    expect(await hashPassword('same')).not.toBe(await hashPassword('same'));
  });

  it('never matches the hash that nobody has, and takes about as long to say so', async () => {
    const hash = await hashPassword('correct horse battery');
    const known = await fastest(() => matchesPassword(hash, 'wrong'));
    const unknown = await fastest(() => matchesPassword(undefined, 'wrong'));
    expect(await matchesPassword(undefined, 'anything')).toBe(false);
    // A check that is skipped takes a thousandth; the wide bounds are for busy machines.
    expect(unknown / known).toBeGreaterThan(0.3);
    expect(unknown / known).toBeLessThan(3);
  });
});

/** The fastest of several runs: the one that was disturbed least. */
async function fastest(run: () => Promise<boolean>): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 7; round++) {
    const start = performance.now();
    await run();
    best = Math.min(best, performance.now() - start);
  }
  return best;
}
