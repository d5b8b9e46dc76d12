import { runTraffic } from './traffic.mjs';

const FULL_RATE = 20_000;
const HALF_RATE = FULL_RATE / 2;

/** Full rate through Redis: to the receiver each round, and once to the real inbox. */
export async function measureRate({ rounds, seconds, log }) {
  const runs = [...Array.from({ length: rounds }, () => 'receiver'), 'inbox'];
  return repeat(
    runs.map((into) => ({ eventsPerSecond: FULL_RATE, seconds, throughRedis: true, into })),
    log,
  );
}

/** Half the rate, through Redis and direct by turns. */
export async function measureLatency({ rounds, seconds, log }) {
  const runs = Array.from({ length: rounds }, (_, round) => (round % 2 === 0 ? [true, false] : [false, true])).flat();
  return repeat(
    runs.map((throughRedis) => ({ eventsPerSecond: HALF_RATE, seconds, throughRedis })),
    log,
  );
}

async function repeat(runs, log) {
  const samples = [];
  const problems = [];
  for (const run of runs) {
    const { problems: found, ...sample } = await runTraffic(run);
    samples.push(sample);
    problems.push(...found.map((problem) => `${labelOf(run)}: ${problem}`));
    const { distinct, tracked, latencyMs, loadAverage } = sample;
    const latency = latencyMs ? `, p95 ${latencyMs.p95} ms` : '';
    log(`${labelOf(run)}: ${distinct} of ${tracked} arrived${latency}, load ${loadAverage.toFixed(1)}`);
  }
  return { samples, problems };
}

/** What a run was, for people. */
export function labelOf({ eventsPerSecond, throughRedis, into = 'receiver' }) {
  return `${eventsPerSecond} a second, ${throughRedis ? 'through Redis' : 'direct'}${into === 'inbox' ? ', into the inbox' : ''}`;
}
