import { load } from './load.mjs';
import { startServer } from './server.mjs';
import { inTurn, variants } from './variants.mjs';

/** Below what the slowest variant can answer on half a core, so that every one keeps pace. */
const STEADY_RATE = 1000;
/** So long what was made at full load takes to be sent at the latest. */
const REST_MS = 700;
const path = (number) => `/codes/${number % 1000}?utm_source=poster`;

/** CPU a request and latency of a trivial route, at full load and at a steady rate. */
export async function measureTraffic({ rounds, seconds, log }) {
  const samples = [];
  const problems = [];
  for (let round = 0; round < rounds; round++) {
    for (const variant of inTurn(variants, round)) {
      const server = await startServer(variant);
      // As long as what is measured: with half of it the SDK's code was still being compiled.
      const warm = await load({ port: server.port, path, seconds });
      const before = await server.read();
      const full = await load({ port: server.port, path, seconds });
      const after = await server.read();
      await new Promise((resolve) => setTimeout(resolve, REST_MS));
      const steady = await load({ port: server.port, path, seconds, ratePerSecond: STEADY_RATE });
      await server.stop();
      const cpuUs = (after.cpuUs - before.cpuUs) / full.answered;
      const sentShare = (server.ingest.counts.span ?? 0) / (warm.answered + full.answered + steady.answered);
      samples.push({ round, label: variant.label, cpuUs, full, steady, sentShare, rssBytes: after.rssBytes });
      problems.push(...problemsOf(variant, full, sentShare));
      log(`round ${round + 1}: ${variant.label}: ${cpuUs.toFixed(0)} us of CPU, p99 ${full.p99Ms.toFixed(1)} ms`);
    }
  }
  return { samples, problems };
}

/** A trace that is dropped costs less than one that is sent, so the figures count only when all were: of our requests each is one span. */
function problemsOf({ label, server, rate = 0 }, { answered, statuses }, sentShare) {
  const problems = [];
  if (statuses['200'] !== answered) problems.push(`${label}: expected 200 for all, got ${JSON.stringify(statuses)}.`);
  const least = rate > 0.01 ? rate * 0.95 : 0;
  const most = rate > 0.01 ? rate * (server === 'defaults' ? 10 : 1.05) : 0.001;
  if (sentShare < least || sentShare > most)
    problems.push(`${label}: expected ${least} to ${most} spans a request, got ${sentShare.toFixed(3)}.`);
  return problems;
}
