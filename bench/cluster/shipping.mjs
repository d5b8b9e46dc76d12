import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRedisQueueTransport } from '../../packages/common/dist/delivery/transports/redis-queue.js';
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
/** Fewer at once than Redis takes in within the patience of a producer. */
const QUEUED_AT_ONCE = 50;

/** What it costs to deliver the same batches to the same receiver, by way of Redis and without. */
export async function measureShipping({ rounds, log, execArgv = [] }) {
  const samples = [];
  const problems = [];
  for (const recordsEach of BATCH_SIZES) {
    const sealed = mkdtempSync(join(tmpdir(), 'bench-cluster-sealed-'));
    const sealer = startChild('sealer');
    const { bytes } = await sealer.ask('seal', { folder: sealed, batches: DIFFERENT, recordsEach });
    await sealer.stop();
    const bytesEach = Math.round(bytes / DIFFERENT);
    for (let round = 0; round < rounds; round++) {
      // There and back by turns, so that what slows the machine down does not always meet the same ones.
      for (const { label, way } of round % 2 === 0 ? WAYS : WAYS.toReversed()) {
        const { problem, ...sample } = await deliver({ way, sealed, recordsEach, execArgv });
        samples.push({ round, label, recordsEach, bytesEach, loadAverage: loadavg()[0], ...sample });
        if (problem) problems.push(`${label}, ${recordsEach} a batch: ${problem}`);
        const perCpuSecond = sample.records / sample.cpuSeconds;
        log(
          `shipping, round ${round + 1}: ${label}: ${perCpuSecond.toFixed(0)} events a CPU second, ${recordsEach} a batch`,
        );
      }
    }
    rmSync(sealed, { recursive: true });
  }
  return { samples, problems };
}

async function deliver({ way, sealed, recordsEach, execArgv }) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-cluster-'));
  const redis = way === 'shipper' ? await startRedis() : undefined;
  const sink = startChild('sink');
  const child = startChild('deliverer', { execArgv });
  try {
    const apiHost = await sink.ask('listen');
    if (redis) await fillQueue(redis, sealed, recordsEach);
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

const bodyPath = (sealed, index) => join(sealed, `${index % DIFFERENT}.json.gz`);
const keyOf = (index) => String(index).padStart(8, '0');

function fillFolder(folder, sealed, recordsEach) {
  mkdirSync(folder, { recursive: true });
  for (let index = 0; index < BATCHES; index++)
    copyFileSync(bodyPath(sealed, index), join(folder, `import-${keyOf(index)}-${recordsEach}.json.gz`));
}

/** By the library's own producer, which leaves before the first batch is shipped. */
async function fillQueue(redis, sealed, recordsEach) {
  const transport = createRedisQueueTransport({ url: redis.url });
  for (let index = 0; index < BATCHES; index++) {
    const batch = {
      id: `bench-import-${keyOf(index)}`,
      records: recordsEach,
      body: readFileSync(bodyPath(sealed, index)),
    };
    void transport.send('import', batch);
    const queued = index + 1;
    if (queued % QUEUED_AT_ONCE === 0) while (redis.depth() < queued) await sleep(10);
  }
  await transport.close();
}
