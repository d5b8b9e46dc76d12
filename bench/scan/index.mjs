import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { circumstances, saveResult } from '../result-file.mjs';
import { figuresOf, table } from './figures.mjs';
import { measureSignUp } from './sign-up.mjs';
import { measureTraffic } from './traffic.mjs';

const DIST = `${import.meta.dirname}/../../services/routing-service/dist/main.js`;
const parts = { traffic: measureTraffic, signUp: measureSignUp };

if (!existsSync(DIST)) throw new Error(`${DIST} is missing: build first, with "npm run build".`);
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '5' }, seconds: { type: 'string', default: '8' } },
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
const { throughputRatio, p99Ratio } = figures;
saveResult('scan', {
  throughputRatio,
  p99Ratio,
  figures,
  ...where,
  rounds: settings.rounds,
  seconds: settings.seconds,
  problems,
  ...measured,
});
console.log(table(measured, figures));
console.log(JSON.stringify(figures, null, 2));
for (const problem of problems) console.error(`Does not count: ${problem}`);
// A figure from a run in which a count is wrong says nothing.
process.exit(problems.length > 0 ? 1 : 0);
