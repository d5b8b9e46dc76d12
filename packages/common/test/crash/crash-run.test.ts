import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CrashRunResult, crashRun } from './crash-run.ts';
import { mutantPlan, shortPlan } from './kill-plan.ts';
import { compileTrackedProcess, discard, type Mutation, mutate } from './library.ts';

/** Another one: `CRASH_SEED=7 vitest run --project common crash-run`. The soak run has many. */
const seed = Number(process.env['CRASH_SEED'] ?? 1);

let program: string;
beforeAll(async () => {
  program = await compileTrackedProcess();
});
afterAll(() => discard(program));

describe(`processes that are killed with SIGKILL, seed ${seed}`, () => {
  it('lose nothing that was tracked 50 ms before, and send nothing that differs', { timeout: 60_000 }, async () => {
    const kills = shortPlan(seed);
    const result = await crashRun({ program, seed, kills });
    console.info(`crash run, seed ${seed}: ${describeResult(result)}`);
    expect(result).toMatchObject({
      lost: [],
      unequalCopies: [],
      sharedIds: 0,
      mixedRequests: 0,
      unreached: [],
      leftovers: [],
      refused: 0,
      lastWords: { pending: 0, spooled: 0, dropped: {} },
    });
    expect(result.tracked).toBeGreaterThan(500);
    // One lane, and one batch of it under way at a time.
    expect(result.resentBatches).toBeLessThanOrEqual(kills.length);
    // The plan kills while a batch is at the receiver.
    expect(result.resentBatches).toBeGreaterThan(0);
  });
});

/** Without these the library would lose or repeat events; the crash run must see it. */
const mutants: readonly (readonly [string, Mutation, (result: CrashRunResult) => boolean])[] = [
  [
    'the journal is off',
    { from: 'const file = this.#options.nextFile();', to: 'const file = void 0;' },
    ({ lost }) => lost.length > 0,
  ],
  [
    'ids are made when a batch is sent',
    {
      from: 'client.post(importPath, headers, batch.body)',
      to: `import("node:zlib").then(({ gunzipSync, gzipSync }) => {
        const text = gunzipSync(batch.body).toString().replace(/"\\$insert_id":"[^"]+"/g, () => '"$insert_id":"' + randomBytes(8).toString("hex") + '"');
        return client.post(importPath, headers, gzipSync(text));
      })`,
    },
    ({ unequalCopies }) => unequalCopies.length > 0,
  ],
  [
    'nothing is adopted',
    // Bundling may have given the function another name.
    { from: /for \(const name of await readdir\$?\d*\(spool\.root\)\)/, to: 'for (const name of [])' },
    ({ lost, leftovers }) => lost.length > 0 && leftovers.length > 0,
  ],
];

describe('the crash run', () => {
  it('finds nothing wrong with the library in the lives that it gives the mutants', { timeout: 60_000 }, async () => {
    const result = await crashRun({ program, seed, kills: mutantPlan(), flushIntervalMs: 300 });
    expect(
      mutants.filter(([, , isNoticed]) => isNoticed(result)),
      describeResult(result),
    ).toEqual([]);
  });

  it.concurrent.each(mutants)('notices that %s', { timeout: 60_000 }, async (name, mutation, isNoticed) => {
    const mutant = mutate(program, name.replaceAll(' ', '-'), mutation);
    const result = await crashRun({ program: mutant, seed, kills: mutantPlan(), flushIntervalMs: 300 });
    expect(isNoticed(result), describeResult(result)).toBe(true);
  });
});

function describeResult({ lost, unequalCopies, ...rest }: CrashRunResult): string {
  return JSON.stringify({ lost: lost.length, unequalCopies: unequalCopies.length, ...rest });
}
