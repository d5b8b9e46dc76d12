import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startInbox } from '@qr/inbox';
import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readRecords } from '../../../delivery/src/body.ts';
import {
  closeObservability,
  flushObservability,
  initializeMixpanel,
  initializeSentry,
  observabilityStats,
  startShipper,
  trackEvent,
} from '../../src/index.ts';
import { buildServer, startSchedule } from '../../src/server.ts';
import { redisAvailable, startOwnRedis } from '../real-redis.ts';
import { setEnv } from '../start-observed.ts';

async function keysOf(url: string): Promise<string[]> {
  const redis = new Redis(url);
  return redis.keys('*').finally(() => redis.disconnect());
}

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

  it('a captive portal that answers the shipper for a while loses nothing', async () => {
    const redis = await startOwnRedis();
    const received = new Set<unknown>();
    let pages = 3;
    const server = createServer(async (request, response) => {
      const records = await readRecords(Buffer.concat(await request.toArray()));
      if (pages-- > 0) {
        response.setHeader('retry-after', '1').end('<html>Log in to the network</html>');
        return;
      }
      for (const { properties } of records as { properties: Record<string, unknown> }[])
        received.add(properties['qr_id']);
      response.end(JSON.stringify({ code: 200, num_records_imported: records.length, status: 'OK' }));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    onTestFinished(
      setEnv({
        MIXPANEL_TOKEN: 'test-token',
        MIXPANEL_API_HOST: `http://127.0.0.1:${port}`,
        OBSERVABILITY_REDIS_URL: redis.url,
      }),
    );
    initializeMixpanel();
    const shipper = await startShipper();
    onTestFinished(async () => {
      await closeObservability();
      await shipper.close(1000);
      server.close();
      await redis.close();
    });
    for (let n = 0; n < 173; n++) {
      trackEvent('qr_created', 'u1', { qr_id: `code-${n}` });
      if (n % 50 === 0) void flushObservability(0);
    }
    await expect.poll(() => received.size, { timeout: 15_000 }).toBe(173);
    await expect.poll(() => observabilityStats().lanes.import?.delivered, { timeout: 5000 }).toBe(173);
  }, 30_000);

  it('environments that share a Redis deliver only their own events', async () => {
    const redis = await startOwnRedis();
    const inbox = await startInbox();
    onTestFinished(async () => {
      await closeObservability();
      await inbox.close();
      await redis.close();
    });
    const shared = {
      MIXPANEL_TOKEN: 'test-token',
      MIXPANEL_API_HOST: inbox.url,
      OBSERVABILITY_REDIS_URL: redis.url,
      OBSERVABILITY_REDIS_PREFIX: undefined,
    };
    const restoreProduction = setEnv({ ...shared, SENTRY_ENVIRONMENT: 'production' });
    const production = await startShipper();
    restoreProduction();
    onTestFinished(() => production.close(1000));
    onTestFinished(setEnv({ ...shared, SENTRY_ENVIRONMENT: 'staging' }));
    initializeMixpanel();
    trackEvent('qr_created', 'u1', { qr_id: 'code-1' });
    expect(await flushObservability(500)).toMatchObject({ delivered: 0, pending: 1 });
    expect(production.stats().import?.delivered).toBe(0);

    const staging = await startShipper();
    onTestFinished(() => staging.close(1000));
    await inbox.waitFor(() => inbox.events().length === 1, 10_000);
    expect(await keysOf(redis.url)).toEqual(expect.arrayContaining([expect.stringMatching(/^qr-delivery-staging:/)]));
    expect(production.stats().import?.delivered).toBe(0);
  });

  it('every key is under the prefix of the environment', async () => {
    const redis = await startOwnRedis();
    const restore = setEnv({
      OBSERVABILITY_REDIS_URL: redis.url,
      OBSERVABILITY_REDIS_PREFIX: 'ours',
      SENTRY_DSN: 'http://key@127.0.0.1:1/2',
      MIXPANEL_TOKEN: 'test-token',
      MIXPANEL_API_HOST: 'http://127.0.0.1:1',
    });
    const app = buildServer({ serviceName: 'shared' });
    initializeSentry('shared');
    const stop = startSchedule({ name: 'tidy-up', everyMs: 100, run: async () => {} });
    const shipper = await startShipper();
    onTestFinished(async () => {
      await app.close();
      await stop();
      await shipper.close(100);
      await closeObservability();
      restore();
      await redis.close();
    });
    initializeMixpanel();
    trackEvent('qr_created', 'u1', { qr_id: 'code-1' });
    app.get('/x', async () => 'ok');
    const parts = ['limit', 'schedule', 'budget', 'import', 'v2'];
    const found = async () => {
      await app.inject('/x');
      const keys = await keysOf(redis.url);
      expect(keys.filter((key) => !key.startsWith('ours:'))).toEqual([]);
      return parts.filter((part) => keys.some((key) => key.startsWith(`ours:${part}:`)));
    };
    await expect.poll(found, { timeout: 10_000 }).toEqual(parts);
  });

  it('a shipper refuses to start under a malformed prefix', () => {
    onTestFinished(
      setEnv({
        OBSERVABILITY_REDIS_URL: 'redis://127.0.0.1:1',
        OBSERVABILITY_REDIS_PREFIX: 'two words',
        MIXPANEL_TOKEN: 'test-token',
      }),
    );
    expect(() => startShipper()).toThrow('OBSERVABILITY_REDIS_PREFIX: expected up to 64 letters');
  });

  it('a shipper without its variables says which is missing', () => {
    onTestFinished(setEnv({ OBSERVABILITY_REDIS_URL: undefined, MIXPANEL_TOKEN: 'test-token' }));
    expect(() => startShipper()).toThrow('startShipper needs OBSERVABILITY_REDIS_URL');
  });
});
