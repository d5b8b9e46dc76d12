import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { circumstances, saveResult } from '../result-file.mjs';
import { measureErrors } from './errors.mjs';
import { figuresOf } from './figures.mjs';
import { measureLatency, measureRate } from './rates.mjs';
import { measureShipping } from './shipping.mjs';
import { measureSizes } from './sizes.mjs';
import { measureStorage } from './storage.mjs';
import { tables } from './tables.mjs';

const DIST = `${import.meta.dirname}/../../services/analytics-service/dist/store.js`;
const parts = {
  rate: measureRate,
  latency: measureLatency,
  shipping: measureShipping,
  errors: measureErrors,
  sizes: measureSizes,
  storage: measureStorage,
};

if (!existsSync(DIST)) throw new Error(`${DIST} is missing: build first, with "npm run build".`);
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '3' }, seconds: { type: 'string', default: '20' } },
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
const { rounds, seconds } = settings;
saveResult('cluster', { figures, ...where, rounds, seconds, problems, ...measured });
console.log(tables(measured, figures));
for (const problem of problems) console.error(`Does not count: ${problem}`);
// A figure from a run in which a count is wrong says nothing.
process.exit(problems.length > 0 ? 1 : 0);
