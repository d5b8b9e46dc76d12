// Compares two builds of the library: `node compare.mjs <index.js of another build> [--rounds 5] [--only calls,throughput,paced,memory]`. All run in turns, so that what
// slows the machine down meets all of them; the spread of the two identical ones says which differences mean something.

import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { libraryPath } from './library-path.mjs';
import { inTurn, runJob } from './sender.mjs';
import { median } from './statistics.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    events: { type: 'string', default: '100000' },
    only: { type: 'string' },
  },
});
const [other] = positionals;
if (other === undefined) {
  console.error(
    'Expected the index.js of another build, as in node bench/delivery/compare.mjs ../before/packages/common/dist/index.js',
  );
  process.exit(2);
}
const rounds = Number(values.rounds);
const events = Number(values.events);

const builds = [
  { label: 'this build', dist: libraryPath },
  { label: 'this build again', dist: libraryPath },
  { label: 'the other build', dist: resolve(other) },
];

/** Each figure, from the job that gives it. */
const figures = {
  'call, ticks of 20, ns': { job: 'calls', read: ({ ticksOf20Ns }) => ticksOf20Ns },
  'call, ticks of 1, ns': { job: 'calls', read: ({ ticksOf1Ns }) => ticksOf1Ns },
  'CPU an event, delivered, us': { job: 'throughput', read: ({ cpuUs, events: count }) => cpuUs / count },
  'longest stall at 4,000 a second, ms': { job: 'paced', read: ({ maxStallMs }) => maxStallMs },
  'memory growth, 200,000 undelivered, MiB': {
    job: 'memory',
    read: ({ peakMiB, baselineMiB }) => peakMiB - baselineMiB,
  },
};
const jobs = {
  calls: { isQuiet: true, options: { passes: 8, warmupPasses: 12 } },
  throughput: { options: { events } },
  paced: { options: { ratePerSecond: 4000, durationMs: 4000, recoverMs: 20_000, isProbed: true } },
  memory: { options: { events: 200_000, warmup: 10_000, trackLimitMs: 12_000, recoverMs: 60_000 } },
};

const chosen = values.only?.split(',') ?? Object.keys(jobs);
// One release for all: each build would send its own, of another length.
process.env.SENTRY_RELEASE = 'comparison';
const samples = [];
for (const [job, settings] of Object.entries(jobs).filter(([name]) => chosen.includes(name))) {
  for (let round = 0; round < rounds; round++) {
    for (const build of inTurn(builds, round)) {
      process.env.QR_COMMON_DIST = build.dist;
      const result = await runJob({ sender: 'qr' }, { job, ...settings });
      if (result.crashed) throw new Error(`${build.label}, ${job}: ${result.crashed}`);
      samples.push({ job, label: build.label, round, result });
      console.error(`${job}, round ${round + 1}: ${build.label}`);
    }
  }
}

/** Medians of a figure, and the median over rounds of its ratio to this build. */
function row(name, { job, read }) {
  const value = (label, round) =>
    read(samples.find((sample) => sample.job === job && sample.label === label && sample.round === round).result);
  const all = Array.from({ length: rounds }, (_, round) => round);
  const ratio = (above, below) => median(all.map((round) => value(above, round) / value(below, round)));
  const [ours, again, theirs] = builds.map(({ label }) => label);
  return {
    figure: name,
    'this build': round2(median(all.map((round) => value(ours, round)))),
    'the other build': round2(median(all.map((round) => value(theirs, round)))),
    'this / other': round2(ratio(ours, theirs)),
    'this / itself': round2(ratio(ours, again)),
  };
}

const measured = Object.entries(figures).filter(([, { job }]) => chosen.includes(job));
console.table(measured.map(([name, figure]) => row(name, figure)));

function round2(value) {
  return Math.round(value * 100) / 100;
}
