import { batchIdOf, fillQueue, sealBatches } from './batches.mjs';
import { startChild } from './child.mjs';
import { PREFIX, startRedis } from './redis.mjs';

/** Full ones, and what is sealed each second at 300 and at 6 events a second. */
const SIZES = [2000, 300, 6];
const BATCHES = 100;

/** What a waiting batch takes in Redis, and what one that was delivered leaves there for an hour. */
export async function measureSizes({ log }) {
  const samples = [];
  for (const recordsEach of SIZES) {
    const sealed = await sealBatches(BATCHES, recordsEach);
    const redis = await startRedis();
    const sink = startChild('sink');
    const shipper = startChild('deliverer');
    try {
      // What Redis keeps of scripts and connections is not a batch's.
      await fillQueue(redis, { sealed, batches: BATCHES });
      redis.cli('FLUSHALL', 'SYNC');
      const emptyBytes = redis.memoryBytes();
      await fillQueue(redis, { sealed, batches: BATCHES });
      const memoryOf = (key) => Number(redis.cli('MEMORY', 'USAGE', `${PREFIX}:${key}`, 'SAMPLES', '0'));
      const id = batchIdOf(0);
      const waiting = { bodyKey: memoryOf(`v2:body:${id}`), job: memoryOf(`import:${id}`) };
      const waitingBytes = (redis.memoryBytes() - emptyBytes) / BATCHES;
      const settings = { way: 'shipper', apiHost: await sink.ask('listen', { recordsEach }), redisUrl: redis.url };
      await shipper.ask('deliver', { ...settings, warmUp: 0, records: BATCHES * recordsEach });
      const reply = memoryOf(`v2:reply:${id}`);
      const { bytesEach: requestBytes, inflatedBytesEach: inflatedBytes } = sealed;
      samples.push({ recordsEach, requestBytes, inflatedBytes, waiting, waitingBytes, reply });
      log(`sizes: a batch of ${recordsEach} takes ${waitingBytes.toFixed(0)} bytes of Redis, its answer ${reply}`);
    } finally {
      await shipper.stop();
      await sink.stop();
      await redis.stop();
      sealed.remove();
    }
  }
  return { samples };
}
