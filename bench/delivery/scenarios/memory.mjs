import { inTurn, quickVariants, runJob, variants } from '../sender.mjs';

/** How much the process grows over 200,000 events that nobody receives. */
export async function memory({ isQuick, rounds, log }) {
  const samples = [];
  const problems = [];
  const chosen = (isQuick ? quickVariants : variants).filter(({ sender, kind, isRecommended }) =>
    kind === 'floor' ? sender === 'floor-none' : !isRecommended,
  );
  const rivalRounds = isQuick ? 0 : 2;
  for (let round = 0; round < rounds; round++) {
    for (const variant of inTurn(chosen, round)) {
      if (variant.kind === 'rival' && round >= rivalRounds) continue;
      const options = {
        events: isQuick ? 50_000 : 200_000,
        warmup: 10_000,
        trackLimitMs: 12_000,
        recoverMs: variant.kind === 'ours' ? 60_000 : 1000,
      };
      const outcome = await runJob(variant, { job: 'memory', options });
      const { tracked, baselineMiB, peakMiB } = outcome.crashed ? { ...outcome.progress } : outcome;
      const growthMiB = peakMiB - baselineMiB;
      samples.push({ round, label: variant.label, ...outcome, tracked, growthMiB });
      if (outcome.tally.foreign > 0) problems.push(`${variant.label}: the receiver has events that nobody tracked.`);
      log(
        `memory, round ${round + 1}: ${variant.label} ${growthMiB.toFixed(0)} MiB at ${tracked} events${outcome.crashed ? `, then ${outcome.crashed}` : `, ${outcome.arrived} arrived`}`,
      );
    }
  }
  return { samples, problems };
}
