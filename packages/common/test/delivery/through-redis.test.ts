import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startInbox } from '@qr/inbox';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  closeObservability,
  flushObservability,
  initializeMixpanel,
  observabilityStats,
  startShipper,
  trackEvent,
} from '../../src/index.ts';
import { redisAvailable, startOwnRedis } from '../real-redis.ts';
import { setEnv } from '../start-observed.ts';

describe.skipIf(!(await redisAvailable()))('with OBSERVABILITY_REDIS_URL', () => {
  it('events wait on disk until a shipper has delivered them', async () => {
    // Not the one that may be running here: a shipper of somebody else would take the batches.
    const redis = await startOwnRedis();
    const inbox = await startInbox();
    const folder = mkdtempSync(join(tmpdir(), 'through-redis-'));
    const restore = setEnv({
      MIXPANEL_TOKEN: 'test-token',
      MIXPANEL_API_HOST: inbox.url,
      OBSERVABILITY_REDIS_URL: redis.url,
      OBSERVABILITY_SPOOL_DIR: folder,
    });
    initializeMixpanel();
    onTestFinished(async () => {
      await closeObservability();
      await inbox.close();
      await redis.close();
      restore();
      rmSync(folder, { recursive: true, force: true });
    });
    for (let n = 0; n < 100; n++) trackEvent('qr_created', 'u1', { qr_id: `code-${n}` });
    expect(await flushObservability(500)).toMatchObject({ delivered: 0, spooled: 100 });
    expect(inbox.events()).toEqual([]);

    const shipper = await startShipper();
    onTestFinished(() => shipper.close(1000));
    await inbox.waitFor(() => inbox.events().length === 100, 10_000);
    await expect.poll(() => observabilityStats().lanes.import?.delivered, { timeout: 5000 }).toBe(100);
    const [own] = readdirSync(folder).filter((name) => name.includes('-'));
    const left = () => readdirSync(join(folder, own ?? '')).filter((name) => name !== 'heartbeat');
    await expect.poll(left).toEqual([]);
  });

  it('a shipper without its variables says which is missing', () => {
    onTestFinished(setEnv({ OBSERVABILITY_REDIS_URL: undefined, MIXPANEL_TOKEN: 'test-token' }));
    expect(() => startShipper()).toThrow('startShipper needs OBSERVABILITY_REDIS_URL');
  });
});
