import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fillQueue, keyOf, sealBatches } from './batches.mjs';
import { startChild } from './child.mjs';
import { startRedis } from './redis.mjs';

export const SHIPPER = 'shipper, from Redis';
export const SENDER = 'sender, from the spool';
export const TRANSPORT = 'HTTP transport alone';

const WAYS = [
  { label: SENDER, way: 'sender' },
  { label: SHIPPER, way: 'shipper' },
  { label: TRANSPORT, way: 'transport' },
];
/** Events a batch: what a busy process seals, and what one seals a second that has 200 events in it. */
export const BATCH_SIZES = [2000, 200];
const DIFFERENT = 50;
const TIMES_EACH = 20;
const BATCHES = DIFFERENT * TIMES_EACH;
const WARM_UP_BATCHES = 200;

/** What it costs to deliver the same batches to the same receiver, by way of Redis and without. */
export async function measureShipping({ rounds, log, execArgv = [] }) {
  const samples = [];
  const problems = [];
  for (const recordsEach of BATCH_SIZES) {
    const sealed = await sealBatches(DIFFERENT, recordsEach);
    for (let round = 0; round < rounds; round++) {
      // There and back by turns, so that what slows the machine down does not always meet the same ones.
      for (const { label, way } of round % 2 === 0 ? WAYS : WAYS.toReversed()) {
        const { problem, ...sample } = await deliver({ way, sealed, recordsEach, execArgv });
        samples.push({ round, label, recordsEach, bytesEach: sealed.bytesEach, loadAverage: loadavg()[0], ...sample });
        if (problem) problems.push(`${label}, ${recordsEach} a batch: ${problem}`);
        const perCpuSecond = sample.records / sample.cpuSeconds;
        log(
          `shipping, round ${round + 1}: ${label}: ${perCpuSecond.toFixed(0)} events a CPU second, ${recordsEach} a batch`,
        );
      }
    }
    sealed.remove();
  }
  return { samples, problems };
}

async function deliver({ way, sealed, recordsEach, execArgv }) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-cluster-'));
  const redis = way === 'shipper' ? await startRedis() : undefined;
  const sink = startChild('sink');
  const child = startChild('deliverer', { execArgv });
  try {
    const apiHost = await sink.ask('listen', { recordsEach });
    if (redis) await fillQueue(redis, { sealed, batches: BATCHES });
    else fillFolder(folder, sealed, recordsEach);
    const redisBefore = redis?.cpuSeconds();
    const settings = { way, apiHost, folder, redisUrl: redis?.url };
    const counts = { warmUp: WARM_UP_BATCHES * recordsEach, records: BATCHES * recordsEach };
    const result = await child.ask('deliver', { ...settings, ...counts });
    const copies = await sink.ask('read');
    const isWhole = copies.length === DIFFERENT && copies.every((count) => count === TIMES_EACH);
    return {
      ...result,
      // Of all batches, with the warm-up.
      ...(redis && { redisCpuUsABatch: ((redis.cpuSeconds() - redisBefore) / BATCHES) * 1e6 }),
      ...(!isWhole && { problem: `expected ${DIFFERENT} bodies ${TIMES_EACH} times each, got ${copies.join(' ')}.` }),
    };
  } finally {
    await child.stop();
    await sink.stop();
    await redis?.stop();
    rmSync(folder, { recursive: true });
  }
}

function fillFolder(folder, sealed, recordsEach) {
  for (let index = 0; index < BATCHES; index++)
    copyFileSync(sealed.path(index), join(folder, `import-${keyOf(index)}-${recordsEach}.json.gz`));
}
