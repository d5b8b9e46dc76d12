import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { chaosRun } from '../e2e/chaos/chaos-run.ts';
import { crashRun } from '../packages/common/test/crash/crash-run.ts';
import { crashLoopPlan, fullPlan } from '../packages/common/test/crash/kill-plan.ts';
import { compileTrackedProcess, discard } from '../packages/common/test/crash/library.ts';
import { measureOutage } from '../packages/common/test/faults/outage.ts';
import { fuzz } from '../packages/inbox/test/fuzz/fuzz-run.ts';
import { readOptions } from './cli/options.mjs';

/** A command stays below ten minutes; what is left is done by the next one. */
const BUDGET_MS = 7 * 60_000;
const CRASH_LOOP_KILLS = 60;
const CHAOS_SEEDS = 20;
const FUZZ_RUNS = 40;
const FUZZ_BODIES_PER_RUN = 2500;

const folder = join(import.meta.dirname, '../.data');
const stateFile = join(folder, 'soak.json');
const { values: seeds, isFresh, only } = readArguments();

/** @typedef {{ name: string, kills: number, lost: number, [figure: string]: string | number }} Row */
/** @type {Record<string, Row>} */
const done = isFresh ? {} : readState();
const started = Date.now();
/** The cluster runs what was built. */
let isBuilt = false;
// Otherwise the compiler declares this process to be in production.
process.env['NODE_ENV'] ??= 'test';
const program = await compileTrackedProcess();

/** @type {readonly { name: string, run: () => Promise<Row> }[]} */
const allRuns = [
  ...seeds.map((seed) => crash(`seed ${seed}`, seed, fullPlan(seed))),
  ...seeds.slice(0, 1).map((seed) => crash(`crash loop, seed ${seed}`, seed, crashLoopPlan(seed, CRASH_LOOP_KILLS))),
  { name: 'outage of 30 s', run: outage },
  demo('leak', ({ leaks, received, sent }) => leaks === 1 && isDeepStrictEqual(received, sent)),
  demo('drop', ({ leaks, received, sent }) => leaks === 0 && !isDeepStrictEqual(received, sent)),
  { name: 'deletion on PostgreSQL', run: deletionOnPostgres },
  ...Array.from({ length: CHAOS_SEEDS }, (_, index) => chaos(index + 1)),
  ...Array.from({ length: FUZZ_RUNS }, (_, index) => fuzzInbox((seeds[0] ?? 1) * 1000 + index)),
];
const runs = allRuns.filter(({ name }) => name.includes(only));

for (const { name, run } of runs) {
  if (done[name]) continue;
  if (Date.now() - started > BUDGET_MS) break;
  console.log(`${name} ...`);
  done[name] = await run();
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(stateFile, JSON.stringify(done, undefined, 2));
}
discard(program);

const rows = runs.flatMap(({ name }) => done[name] ?? []);
console.table(rows);
const missing = runs.length - rows.length;
const sum = (/** @type {string} */ figure) => rows.reduce((total, row) => total + Number(row[figure] ?? 0), 0);
console.log(
  `Seeds ${seeds.join(', ')}: ${sum('kills')} kills, ${sum('tracked')} events tracked, ${sum('lost')} lost, ${sum('lostYoung')} younger than 50 ms lost, ` +
    `${sum('lostInStalledTurn')} lost in turns of the loop that the machine held up for longer, ` +
    `${sum('resentBatches')} batches (${sum('resentRecords')} records) sent again, ${sum('bodies')} odd bodies and ${sum('reads')} reads, ` +
    `${sum('faults')} other findings.`,
);
if (missing > 0) console.log(`${missing} runs are left: call this again to go on, or with --fresh to start over.`);
process.exit(sum('lost') + sum('faults') > 0 ? 1 : 0);

/**
 * @param {string} name
 * @param {number} seed
 * @param {ReturnType<typeof fullPlan>} kills
 */
function crash(name, seed, kills) {
  return {
    name,
    run: async () => {
      const result = await crashRun({ program, seed, kills });
      const {
        tracked,
        received,
        lostInStalledTurn,
        longestStallMs,
        lostYoung,
        requests,
        resentBatches,
        resentRecords,
      } = result;
      const faults = {
        unequalCopies: result.unequalCopies.length,
        sharedIds: result.sharedIds,
        mixedRequests: result.mixedRequests,
        unreached: result.unreached.length,
        leftovers: result.leftovers.length,
        refused: result.refused,
        tooManyResent: Math.max(0, resentBatches - kills.length),
      };
      const count = Object.values(faults).reduce((total, each) => total + each, 0);
      if (count > 0) console.log(`Findings: ${JSON.stringify({ ...faults, unreached: result.unreached })}`);
      if (result.lost.length > 0) console.log(`Lost: ${result.lost.slice(0, 20).join(', ')}`);
      const figures = {
        tracked,
        received,
        lostInStalledTurn,
        longestStallMs,
        lostYoung,
        requests,
        resentBatches,
        resentRecords,
        faults: count,
      };
      return { name, kills: kills.length, lost: result.lost.length, ...figures };
    },
  };
}

/** @returns {Promise<Row>} */
async function outage() {
  const { tracked, lost, repeated } = await measureOutage(30_000);
  return {
    name: 'outage of 30 s',
    kills: 0,
    lost,
    tracked,
    received: tracked - lost,
    resentRecords: repeated,
    faults: 0,
  };
}

/**
 * The whole demo with a fault in it, which it must tell of, and of nothing else.
 * @param {string} sabotage
 * @param {(result: { leaks: number, received: unknown, sent: unknown }) => boolean} isExpected
 */
function demo(sabotage, isExpected) {
  const name = `demo with a ${sabotage}`;
  return {
    name,
    /** @returns {Promise<Row>} */
    run: async () => {
      const script = join(import.meta.dirname, 'demo.mjs');
      const { status, stdout } = spawnSync(process.execPath, [script, '--json', '--sabotage', sabotage], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const result = JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}');
      const isNoticed = status === 1 && !result.ok && isExpected(result);
      if (!isNoticed) console.log(`Findings: the ${name} ended with ${status} and ${JSON.stringify(result)}`);
      return { name, kills: 0, lost: 0, faults: isNoticed ? 0 : 1 };
    },
  };
}

/** The deletion through the whole platform, on a real PostgreSQL. @returns {Promise<Row>} */
async function deletionOnPostgres() {
  const vitest = join(import.meta.dirname, '../node_modules/vitest/vitest.mjs');
  const { status } = spawnSync(process.execPath, [vitest, 'run', '--project', 'e2e', 'e2e/deletion.test.ts'], {
    cwd: join(import.meta.dirname, '..'),
    env: { ...process.env, CI: 'true', SOAK: '1' },
    stdio: 'inherit',
  });
  return { name: 'deletion on PostgreSQL', kills: 0, lost: 0, faults: status === 0 ? 0 : 1 };
}

/** Every fault of the cluster, in an order that the seed determines. @param {number} seed */
function chaos(seed) {
  const name = `chaos, seed ${seed}`;
  return {
    name,
    /** @returns {Promise<Row>} */
    run: async () => {
      buildOnce();
      const { rows, tracked, lost, lostYoung, duplicated, findings } = await chaosRun({ seed });
      console.table(rows);
      for (const finding of findings) console.log(`Findings: ${finding}`);
      const kills = rows.filter(({ fault }) => /kill/i.test(fault)).length;
      return {
        name,
        kills,
        lost,
        tracked,
        received: tracked - lost - lostYoung,
        lostYoung,
        duplicated,
        faults: findings.length,
      };
    },
  };
}

/** Odd bodies over both protocols of the inbox, each followed by every read. @param {number} seed */
function fuzzInbox(seed) {
  const name = `fuzz of the inbox, seed ${seed}`;
  return {
    name,
    /** @returns {Promise<Row>} */
    run: async () => {
      const startedAt = Date.now();
      const { bodies, reads, statuses, failure } = await fuzz(seed, FUZZ_BODIES_PER_RUN);
      if (failure !== undefined) console.log(`Findings: ${failure}`);
      const seconds = Math.round((Date.now() - startedAt) / 1000);
      return { name, kills: 0, lost: 0, bodies, reads, ...statuses, seconds, faults: failure === undefined ? 0 : 1 };
    },
  };
}

function buildOnce() {
  if (isBuilt) return;
  const { status } = spawnSync(process.execPath, [join(import.meta.dirname, 'build.mjs')], { stdio: 'inherit' });
  if (status !== 0) throw new Error('The build failed: the messages above say why.');
  isBuilt = true;
}

/** @returns {Record<string, Row>} */
function readState() {
  try {
    return JSON.parse(readFileSync(stateFile, 'utf8'));
  } catch {
    return {};
  }
}

/** `--fresh`, `--only` with a part of a name, and seeds as numbers. */
function readArguments() {
  const { has, value, words } = readOptions({
    name: 'npm run test:soak',
    about:
      'Kills, faults and deletions for longer than the tests. Each call takes less than ten minutes, and goes on where the last one ended.',
    options: {
      fresh: { about: 'start over' },
      only: { value: 'TEXT', about: 'only runs with this in their name: seed, outage, demo, deletion, chaos' },
    },
    words: { name: 'seed', pattern: /^\d+$/, about: 'whole numbers; default 1 2 3 4 5' },
    examples: ['npm run test:soak -- --only chaos'],
  });
  return {
    values: words.length > 0 ? words.map(Number) : [1, 2, 3, 4, 5],
    isFresh: has('fresh'),
    only: value('only') ?? '',
  };
}
