import { parseArgs } from 'node:util';
import { circumstances, readScenarios, writeScenarios } from './results.mjs';
import { calls } from './scenarios/calls.mjs';
import { kill } from './scenarios/kill.mjs';
import { memory } from './scenarios/memory.mjs';
import { outage } from './scenarios/outage.mjs';
import { throughput } from './scenarios/throughput.mjs';
import { tables } from './table.mjs';

const scenarios = { calls, throughput, memory, outage, kill };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    kills: { type: 'string' },
  },
});
const unknown = positionals.filter((name) => !(name in scenarios));
if (unknown.length > 0) {
  console.error(`Expected scenarios among ${Object.keys(scenarios).join(', ')}; got ${unknown.join(', ')}.`);
  process.exit(2);
}

const isQuick = values.quick;
const settings = {
  isQuick,
  rounds: Number(values.rounds ?? (isQuick ? 1 : 5)),
  kills: Number(values.kills ?? (isQuick ? 2 : 20)),
  log: (line) => console.error(line),
};
const measured = readScenarios();
const problems = [];
for (const name of positionals.length > 0 ? positionals : unfinished()) {
  const started = performance.now();
  const where = circumstances();
  const { problems: found, ...result } = await scenarios[name](settings);
  if (circumstances().build !== where.build) found.push(`${name}: the library was built anew while it was measured.`);
  problems.push(...found);
  const { log, ...run } = settings;
  measured[name] = {
    ...where,
    ...run,
    seconds: Math.round((performance.now() - started) / 1000),
    problems: found,
    ...result,
  };
  log(`${name}: ${measured[name].seconds} s, written to ${writeScenarios(measured)}`);
}

console.log(tables(measured));
for (const problem of problems) console.error(`Does not count: ${problem}`);
// A figure from a run in which the receiver's count is wrong, or the code is not one code, says nothing.
process.exit(problems.length > 0 ? 1 : 0);

/** All scenarios; or, when a run of this very build was interrupted, those that it did not come to. */
function unfinished() {
  const { build } = circumstances();
  const all = Object.keys(scenarios);
  const missing = all.filter((name) => measured[name]?.build !== build || (measured[name].isQuick && !isQuick));
  if (missing.length === 0 || missing.length === all.length) return all;
  console.error(
    `Measured already with this build, name it to measure it again: ${all.filter((name) => !missing.includes(name)).join(', ')}.`,
  );
  return missing;
}
