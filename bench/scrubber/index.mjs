// What each rule of the scrubber costs at worst: as many hostile characters as are searched of one text, at most 10 ms.

import { scrubText } from '../../packages/telemetry/dist/privacy/index.js';
import { createRules, ruleExamples } from '../../packages/telemetry/dist/privacy/rules.js';
import { createKeyRules } from '../../packages/telemetry/dist/privacy/sensitive-keys.js';
import { circumstances, saveResult } from '../result-file.mjs';

/** The length that is searched. */
const CHARACTERS = 16_384;
const MAX_MS = 10;
const ROUNDS = 7;

const where = circumstances();
const rules = createRules(createKeyRules(), [], false);
const measured = rules.map(({ name, hint, scrub }) => {
  const { hostile } = ruleExamples[name];
  const text = hostile.repeat(Math.ceil(CHARACTERS / hostile.length)).slice(0, CHARACTERS);
  const alone = fastest(() => hint.test(text) && scrub(text));
  return { name, aloneMs: alone, allRulesMs: fastest(() => scrubText(text)) };
});
const problems = measured
  .filter(({ aloneMs, allRulesMs }) => Math.max(aloneMs, allRulesMs) > MAX_MS)
  .map(({ name }) => `${name}: more than ${MAX_MS} ms`);
saveResult('scrubber', { ...where, characters: CHARACTERS, maxMs: MAX_MS, measured, problems });
console.log('| hostile to | the rule, ms | all rules, ms |\n| --- | --- | --- |');
for (const { name, aloneMs, allRulesMs } of measured) {
  console.log(`| ${name} | ${aloneMs.toFixed(2)} | ${allRulesMs.toFixed(2)} |`);
}
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;

function fastest(work) {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const from = performance.now();
    work();
    best = Math.min(best, performance.now() - from);
  }
  return best;
}
