// Compares two builds of the library: `node compare.mjs <index.js of another build> [--rounds 5] [--seconds 3]`. All run in turns, so that what slows the machine
// down meets all of them; the spread of the two identical ones says which differences mean something.

import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { libraryPath } from '../delivery/library-path.mjs';
import { median, medianRatio } from '../delivery/statistics.mjs';
import { load } from './load.mjs';
import { startServer } from './server.mjs';
import { inTurn, variants } from './variants.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '5' }, seconds: { type: 'string', default: '3' } },
});
const [other] = positionals;
if (other === undefined) {
  console.error(
    'Expected the index.js of another build, as in node bench/request/compare.mjs ../before/packages/common/dist/index.js',
  );
  process.exit(2);
}
const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)];
const [ours, again, theirs] = ['this build', 'this build again', 'the other build'];
const builds = [
  { label: ours, dist: libraryPath },
  { label: again, dist: libraryPath },
  { label: theirs, dist: resolve(other) },
];
const working = (number) => `/codes/${number % 1000}?utm_source=poster`;
const failing = (number) => `/failing/${number % 1000}`;
const STEADY_RATE = 1000;

const samples = [];
for (const variant of variants.filter(({ server }) => server === 'ours' || server === 'built')) {
  for (let round = 0; round < rounds; round++) {
    for (const build of inTurn(builds, round)) {
      samples.push({ variant: variant.label, label: build.label, round, ...(await measure(variant, build.dist)) });
      console.error(`${variant.label}, round ${round + 1}: ${build.label}`);
    }
  }
}
const figures = {
  'CPU a request, us': ({ cpuUs }) => cpuUs,
  'CPU a failing request, us': ({ failingCpuUs }) => failingCpuUs,
  'p99 at 1,000 a second, ms': ({ p99Ms }) => p99Ms,
  'RSS, MiB': ({ rssMiB }) => rssMiB,
};
console.table(
  [...new Set(samples.map(({ variant }) => variant))].flatMap((variant) => {
    const own = samples.filter((sample) => sample.variant === variant);
    return Object.entries(figures).map(([figure, read]) => row(`${variant}: ${figure}`, own, read));
  }),
);

async function measure(variant, dist) {
  const server = await startServer(variant, { QR_COMMON_DIST: dist, SENTRY_RELEASE: 'comparison' });
  const ask = (path, more) => load({ port: server.port, path, seconds, ...more });
  await ask(working);
  const idle = await server.read();
  const full = await ask(working);
  const busy = await server.read();
  const steady = await ask(working, { ratePerSecond: STEADY_RATE });
  await ask(failing, { seconds: seconds / 2 });
  const before = await server.read();
  const failed = await ask(failing);
  const after = await server.read();
  await server.stop();
  return {
    cpuUs: (busy.cpuUs - idle.cpuUs) / full.answered,
    failingCpuUs: (after.cpuUs - before.cpuUs) / failed.answered,
    p99Ms: steady.p99Ms,
    rssMiB: after.rssBytes / 2 ** 20,
  };
}

function row(figure, own, read) {
  const middle = (label) => round2(median(own.filter((sample) => sample.label === label).map(read)));
  return {
    figure,
    'this build': middle(ours),
    'the other build': middle(theirs),
    'this / other': round2(medianRatio(own, ours, theirs, (sample) => read(sample))),
    'this / itself': round2(medianRatio(own, ours, again, (sample) => read(sample))),
  };
}

function round2(value) {
  return Math.round(value * 100) / 100;
}
