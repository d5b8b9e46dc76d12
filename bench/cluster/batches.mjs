import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRedisQueueTransport } from '../../packages/delivery/dist/index.js';
import { lanes } from '../../packages/telemetry/dist/destinations/lanes.js';
import { startChild } from './child.mjs';

/** Fewer at once than Redis takes in within the patience of a producer. */
const QUEUED_AT_ONCE = 50;

export const keyOf = (index) => String(index).padStart(8, '0');
export const batchIdOf = (index) => `bench-import-${keyOf(index)}`;

/** So many different batches as the library seals them; `path(index)` goes round through them. */
export async function sealBatches(count, recordsEach) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-cluster-sealed-'));
  const sealer = startChild('sealer');
  const { bytes, inflatedBytes } = await sealer.ask('seal', { folder, batches: count, recordsEach });
  await sealer.stop();
  return {
    recordsEach,
    bytesEach: Math.round(bytes / count),
    inflatedBytesEach: Math.round(inflatedBytes / count),
    path: (index) => join(folder, `${index % count}.json.gz`),
    remove: () => rmSync(folder, { recursive: true }),
  };
}

/** By the library's own producer, which leaves before the first batch is shipped. */
export async function fillQueue(redis, { sealed, batches }) {
  const transport = createRedisQueueTransport({ lanes, url: redis.url, warn: console.warn });
  for (let index = 0; index < batches; index++) {
    const body = readFileSync(sealed.path(index));
    void transport.send('import', { id: batchIdOf(index), records: sealed.recordsEach, body });
    const queued = index + 1;
    if (queued % QUEUED_AT_ONCE === 0) while (redis.depth() < queued) await sleep(10);
  }
  await transport.close();
}
