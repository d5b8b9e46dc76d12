import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { circumstances, saveResult } from '../result-file.mjs';
import { figuresOf, table } from './figures.mjs';
import { measureScrubber } from './scrub.mjs';
import { measureStorm } from './storm.mjs';
import { measureTraffic } from './traffic.mjs';

const DIST = `${import.meta.dirname}/../../packages/common/dist/index.js`;
const parts = { traffic: measureTraffic, storm: measureStorm, scrubber: measureScrubber };

if (!existsSync(DIST)) throw new Error(`${DIST} is missing: build the library first, with "npm run build".`);
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '5' }, seconds: { type: 'string', default: '4' } },
});
const unknown = positionals.filter((name) => !(name in parts));
if (unknown.length > 0) {
  console.error(`Expected parts among ${Object.keys(parts).join(', ')}; got ${unknown.join(', ')}.`);
  process.exit(2);
}

const settings = {
  rounds: Number(values.rounds),
  seconds: Number(values.seconds),
  log: (line) => console.error(`  ${line}`),
};
const where = circumstances();
const problems = [];
const measured = {};
for (const name of positionals.length > 0 ? positionals : Object.keys(parts)) {
  const { problems: found = [], ...result } = await parts[name](settings);
  problems.push(...found);
  measured[name] = result;
}
const figures = figuresOf(measured);
saveResult('request', { figures, ...where, rounds: settings.rounds, seconds: settings.seconds, problems, ...measured });
console.log(table(measured, figures));
for (const problem of problems) console.error(`Does not count: ${problem}`);
// A figure from a run in which a count is wrong says nothing.
process.exit(problems.length > 0 ? 1 : 0);
