import { load } from './load.mjs';
import { startServer } from './server.mjs';

const variant = { server: 'built', rate: 0.1, hasSentry: true };

/** Throughput of a route on which every request fails in the same way, over that of one on which none does; on one server. */
export async function measureStorm({ rounds, seconds, log }) {
  const samples = [];
  const problems = [];
  for (let round = 0; round < rounds; round++) {
    const server = await startServer(variant);
    const failing = (number) => `/failing/${number % 1000}`;
    const working = (number) => `/codes/${number % 1000}`;
    const warm = [await load({ port: server.port, path: failing, seconds: seconds / 2 })];
    warm.push(await load({ port: server.port, path: working, seconds: seconds / 2 }));
    const order = round % 2 === 0 ? [working, failing] : [failing, working];
    const results = [];
    for (const path of order) results.push(await load({ port: server.port, path, seconds }));
    const [well, storm] = round % 2 === 0 ? results : results.toReversed();
    const { stats } = await server.read();
    await server.stop();
    const throughput = storm.answered / storm.seconds / (well.answered / well.seconds);
    const failed = [...warm, well, storm].reduce((sum, { statuses }) => sum + (statuses['500'] ?? 0), 0);
    const { reported, suppressed } = stats.errorBudget;
    samples.push({ round, throughput, failed, reported, suppressed, well, storm });
    if (reported + suppressed !== failed)
      problems.push(`storm: ${failed} answers of 500, ${reported} reported + ${suppressed} suppressed.`);
    log(`storm, round ${round + 1}: ${(throughput * 100).toFixed(0)} %, ${reported} of ${failed} reported`);
  }
  return { samples, problems };
}
