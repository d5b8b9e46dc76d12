import { inTurn, quickVariants, runJob, variants } from '../sender.mjs';
import { miscounts } from './check.mjs';

/** What one call costs the caller's thread. */
export async function calls({ isQuick, rounds, log }) {
  const chosen = (isQuick ? quickVariants : variants).filter(
    ({ sender }) => !['floor-live', 'floor-prebuilt'].includes(sender),
  );
  const samples = [];
  const problems = [];
  for (let round = 0; round < rounds; round++) {
    for (const variant of inTurn(chosen, round)) {
      const passes = isQuick ? 3 : 8;
      const options = { passes, warmupPasses: isQuick ? 4 : 12 };
      const result = await runJob(variant, { job: 'calls', isQuiet: true, options });
      problems.push(...miscounts(variant.label, result));
      samples.push({ round, label: variant.label, ...result });
      log(`calls, round ${round + 1}: ${variant.label} ${Math.round(result.ticksOf20Ns)} ns`);
    }
  }
  return { samples, problems };
}
