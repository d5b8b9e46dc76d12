import { inTurn, quickVariants, runJob, variants } from '../sender.mjs';
import { miscounts } from './check.mjs';

/** CPU from the call to the acknowledgement; then the longest stall of the loop, at a steady rate. */
export async function throughput({ isQuick, rounds, log }) {
  const chosen = (isQuick ? quickVariants : variants).filter(({ sender }) => sender !== 'floor-stringify');
  const samples = [];
  const problems = [];
  for (let round = 0; round < rounds; round++) {
    for (const variant of inTurn(chosen, round)) {
      const result = await runJob(variant, {
        job: 'throughput',
        options: { events: isQuick ? 40_000 : 100_000 },
      });
      problems.push(...miscounts(variant.label, result));
      samples.push({ round, label: variant.label, ...result });
      log(`throughput, round ${round + 1}: ${variant.label} ${(result.cpuUs / result.events).toFixed(1)} us an event`);
    }
  }
  const stalls = [];
  const probed = variants.filter(({ kind, sender, isRecommended }) =>
    kind === 'floor' ? sender === 'floor-none' : !isRecommended,
  );
  for (let round = 0; round < rounds; round++) {
    const everyone = round === 0 && !isQuick;
    for (const variant of inTurn(everyone ? probed : probed.filter(({ kind }) => kind !== 'rival'), round)) {
      const options = { ratePerSecond: 4000, durationMs: isQuick ? 1500 : 4000, recoverMs: 20_000, isProbed: true };
      const result = await runJob(variant, { job: 'paced', options });
      problems.push(...miscounts(`${variant.label}, steady`, result));
      stalls.push({ round, label: variant.label, ...result });
      log(
        `stall, round ${round + 1}: ${variant.label} ${result.maxStallMs?.toFixed(1)} ms (by the clock ${result.maxDelayMs?.toFixed(1)})`,
      );
    }
  }
  return { samples, stalls, problems };
}
