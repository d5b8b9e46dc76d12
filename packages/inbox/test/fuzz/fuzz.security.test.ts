import { describe, expect, it } from 'vitest';
import { writeSample } from '../samples/sample.ts';
import { fuzz, SAMPLES } from './fuzz-run.ts';
import { readAll, startFuzzedInbox } from './fuzzed-inbox.ts';

/** The long run, `npm run test:soak`, goes through many seeds. */
const SEED = Number(process.env['FUZZ_SEED'] ?? 1);
const BODIES = Number(process.env['FUZZ_BODIES'] ?? 1000);

it('the reads that follow each body are answered with what is there', async () => {
  const inbox = await startFuzzedInbox('/');
  for (const sample of SAMPLES) await inbox.send(writeSample(sample));
  const statuses = new Map<string, number>();
  const read = async (address: string) => {
    const answer = await inbox.read(address);
    statuses.set(address, answer.status);
    return answer;
  };
  expect(await readAll(inbox.routes, read)).toBeGreaterThan(25);
  expect([...statuses].filter(([, status]) => status !== 200)).toEqual([]);
  await inbox.close();
});

describe('odd bodies over both protocols', () => {
  it(`are never answered with 5xx, and what is kept of them can be read (seed ${SEED}, ${BODIES} bodies)`, async () => {
    const { failure, bodies, reads, statuses } = await fuzz(SEED, BODIES);
    console.info(`seed ${SEED}: ${bodies} bodies, ${reads} reads, answers ${JSON.stringify(statuses)}`);
    expect(failure).toBeUndefined();
    expect(bodies).toBeGreaterThanOrEqual(BODIES);
  }, 600_000);
});
