import { chaosRun } from './chaos-run.ts';
import { fewFaults } from './faults.ts';

// One seed from the command line, with its table: `tsx e2e/chaos/main.ts 1 [few]`.
const [seed = '1', which] = process.argv.slice(2);
const { rows, findings, ...sums } = await chaosRun({
  seed: Number(seed),
  ...(which === 'few' && { faults: fewFaults }),
  log: (line) => console.log(line),
});
console.table(rows);
console.log(sums);
for (const finding of findings) console.log(finding);
process.exit(findings.length === 0 ? 0 : 1);
