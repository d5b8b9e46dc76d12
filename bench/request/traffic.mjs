import { load } from './load.mjs';
import { startServer } from './server.mjs';
import { inTurn, variants } from './variants.mjs';

/** Below what the slowest variant can answer on half a core, so that every one keeps pace. */
const STEADY_RATE = 400;
const path = (number) => `/codes/${number % 1000}?utm_source=poster`;

/** CPU a request and latency of a trivial route, at full load and at a steady rate. */
export async function measureTraffic({ rounds, seconds, log }) {
  const samples = [];
  const problems = [];
  for (let round = 0; round < rounds; round++) {
    for (const variant of inTurn(variants, round)) {
      const server = await startServer(variant);
      await load({ port: server.port, path, seconds: seconds / 2 });
      const before = await server.read();
      const full = await load({ port: server.port, path, seconds });
      const after = await server.read();
      const steady = await load({ port: server.port, path, seconds: seconds / 2, ratePerSecond: STEADY_RATE });
      const counts = { ...server.ingest.counts };
      await server.stop();
      const cpuUs = (after.cpuUs - before.cpuUs) / full.answered;
      samples.push({ round, label: variant.label, cpuUs, full, steady, counts, rssBytes: after.rssBytes });
      problems.push(...problemsOf(variant, full, counts));
      log(`round ${round + 1}: ${variant.label}: ${cpuUs.toFixed(0)} us of CPU, p99 ${full.p99Ms.toFixed(1)} ms`);
    }
  }
  return { samples, problems };
}

function problemsOf({ label, rate = 0 }, { answered, statuses }, counts) {
  const problems = [];
  if (statuses['200'] !== answered) problems.push(`${label}: expected 200 for all, got ${JSON.stringify(statuses)}.`);
  const isTraced = (counts.span ?? 0) > 0;
  if (isTraced !== rate > 0.01)
    problems.push(`${label}: expected ${rate > 0.01 ? 'spans' : 'no spans'}, got ${JSON.stringify(counts)}.`);
  return problems;
}
