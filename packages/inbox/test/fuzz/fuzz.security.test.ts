import { describe, expect, it } from 'vitest';
import { fuzz } from './fuzz-run.ts';

/** A new one each time unless `FUZZ_SEED` repeats one. */
const SEED = Number(process.env['FUZZ_SEED'] ?? Math.trunc(Math.random() * 2 ** 31));
const BODIES = Number(process.env['FUZZ_BODIES'] ?? 3000);

describe('odd bodies over both protocols', () => {
  it(`are never answered with 5xx, and what is kept of them can be read (seed ${SEED}, ${BODIES} bodies)`, async () => {
    const { failure, bodies, reads, statuses } = await fuzz(SEED, BODIES);
    console.info(`seed ${SEED}: ${bodies} bodies, ${reads} reads, answers ${JSON.stringify(statuses)}`);
    expect(failure).toBeUndefined();
    expect(bodies).toBeGreaterThanOrEqual(BODIES);
  }, 600_000);
});
