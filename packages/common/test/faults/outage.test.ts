import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it, onTestFinished } from 'vitest';
import { createPipeline } from '../../../delivery/src/pipeline.ts';
import { lanes } from '../../../telemetry/src/destinations/lanes.ts';
import { personIdsOf } from '../../../telemetry/src/destinations/person-ids.ts';
import { createMemoryTransport } from '../../../telemetry/src/testing.ts';
import { measureOutage } from './outage.ts';

it('an outage of five seconds costs no event and repeats none', { timeout: 30_000 }, async () => {
  expect(await measureOutage(5000)).toMatchObject({ lost: 0, repeated: 0, dropped: {} });
});

it('an outage fills the disk, not the memory: less than 32 MiB for 200,000 events', { timeout: 60_000 }, async () => {
  const spoolRoot = mkdtempSync(join(tmpdir(), 'outage-'));
  const transport = createMemoryTransport();
  transport.send = async () => ({ status: 503, headers: {}, body: '' });
  const pipeline = createPipeline({
    lanes,
    personIds: personIdsOf([]),
    transports: { import: transport },
    spoolRoot,
    flushIntervalMs: 1000,
    warn: () => {},
  });
  onTestFinished(async () => {
    await pipeline.close(0);
    rmSync(spoolRoot, { recursive: true, force: true });
  });
  const before = usedBytes();
  const filler = 'x'.repeat(200);
  for (let n = 0; n < 200_000; n++) {
    pipeline.push('import', JSON.stringify({ event: 'qr_scanned', properties: { n, filler } }));
    if (n % 100 === 99) await new Promise((resolve) => setImmediate(resolve));
  }
  expect(usedBytes() - before).toBeLessThan(32 * 1024 * 1024);
  expect(await pipeline.flush(30_000)).toEqual({ delivered: 0, pending: 0, spooled: 200_000 });
});

/** What is left after a collection: garbage is not growth. */
function usedBytes(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
