import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createPipeline } from '../../../delivery/src/pipeline.ts';
import { lanes } from '../../../telemetry/src/destinations/lanes.ts';
import { personIdsOf } from '../../../telemetry/src/destinations/person-ids.ts';
import { createMemoryTransport } from '../../../telemetry/src/testing.ts';
import { closeObservability, flushObservability, initializeMixpanel, trackEvent } from '../../src/index.ts';
import { setEnv } from '../start-observed.ts';

const HOUR_MS = 3_600_000;

describe.each([
  ['back an hour', -HOUR_MS],
  ['forward a day', 24 * HOUR_MS],
])('a clock that jumps %s', (_, jumpMs) => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'clock-'));
    vi.useFakeTimers({ toFake: ['Date'] });
  });
  afterEach(() => {
    vi.useRealTimers();
    rmSync(folder, { recursive: true, force: true });
  });

  it('between the call and the delivery changes neither the event nor its time', async () => {
    const restore = setEnv({ MIXPANEL_TOKEN: 'test-token', OBSERVABILITY_SPOOL_DIR: folder });
    const transport = createMemoryTransport();
    initializeMixpanel(undefined, { transport });
    try {
      const before = Date.now();
      trackEvent('logout', 'u1');
      vi.setSystemTime(before + jumpMs);
      // By the receiver's clock it is time already.
      const date = new Date(before).toUTCString();
      transport.answerNext({ status: 429, headers: { date, 'retry-after': date }, body: '' });
      await flushObservability(2000);
      trackEvent('logout', 'u2');
      vi.setSystemTime(before);
      for (let attempt = 0; attempt < 3; attempt++) await flushObservability(2000);
      expect(transport.records('import')).toMatchObject([
        { properties: { distinct_id: 'u1', time: before } },
        { properties: { distinct_id: 'u2', time: before + jumpMs } },
      ]);
    } finally {
      await closeObservability();
      restore();
    }
  });

  it('between two processes changes the order of no profile', async () => {
    const transport = createMemoryTransport();
    const start = () =>
      createPipeline({
        lanes,
        personIds: personIdsOf([]),
        transports: { engage: transport },
        spoolRoot: folder,
        flushIntervalMs: 60_000,
        warn: () => {},
      });
    const away = { status: 503, headers: {}, body: '' };
    transport.answerNext(away);
    transport.answerNext(away);
    const first = start();
    first.push('engage', '{"n":1,"$distinct_id":"u1"}');
    await first.flush(1000);
    await first.close(100);
    expect(transport.records()).toEqual([]);
    vi.setSystemTime(Date.now() + jumpMs);
    transport.answerNext(away);
    const second = start();
    second.push('engage', '{"n":2,"$distinct_id":"u1"}');
    for (let attempt = 0; attempt < 5; attempt++) await second.flush(1000);
    await second.close(100);
    expect(transport.records()).toMatchObject([{ n: 1 }, { n: 2 }]);
  });

  it('does not keep the process from a disk that has come back', async () => {
    const spoolRoot = join(folder, 'spool');
    writeFileSync(spoolRoot, 'a file where a folder should be');
    const transport = createMemoryTransport();
    const pipeline = createPipeline({
      lanes,
      personIds: personIdsOf([]),
      transports: { import: transport },
      spoolRoot,
      flushIntervalMs: 60_000,
      warn: () => {},
    });
    try {
      pipeline.push('import', '{"n":1}');
      await pipeline.flush(1000);
      rmSync(spoolRoot);
      vi.setSystemTime(Date.now() + jumpMs);
      pipeline.push('import', '{"n":2}');
      await new Promise((resolve) => setImmediate(resolve));
      expect(readdirSync(spoolRoot, { recursive: true }).map(String)).toContainEqual(
        expect.stringContaining('.journal'),
      );
      await pipeline.flush(1000);
      expect(transport.records()).toEqual([{ n: 1 }, { n: 2 }]);
    } finally {
      await pipeline.close(1000);
    }
  });
});
