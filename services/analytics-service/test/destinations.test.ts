import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closeObservability, flushObservability, initializeMixpanel, observabilityStats, trackEvent } from '@qr/common';
import { startInbox } from '@qr/inbox';
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { logIn, type Running, START_TIMEOUT_MS, serviceToken, startApp } from './start-app.ts';

let running: Running;
let url: string;
beforeAll(async () => {
  running = await startApp('embedded');
  await running.app.listen({ port: 0, host: '127.0.0.1' });
  url = `http://127.0.0.1:${(running.app.server.address() as AddressInfo).port}`;
}, START_TIMEOUT_MS);
afterAll(() => running.stop());

/** The library as another service has it: where it sends is a matter of its environment alone. */
async function startSender({ mixpanel, analytics }: { readonly mixpanel: boolean; readonly analytics: boolean }) {
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  const inbox = await startInbox();
  const folder = mkdtempSync(join(tmpdir(), 'analytics-spool-'));
  vi.stubEnv('MIXPANEL_API_HOST', inbox.url);
  vi.stubEnv('MIXPANEL_TOKEN', mixpanel ? 'test-token' : undefined);
  vi.stubEnv('ANALYTICS_URL', analytics ? url : undefined);
  vi.stubEnv('SERVICE_TOKEN', serviceToken);
  vi.stubEnv('OBSERVABILITY_SPOOL_DIR', folder);
  initializeMixpanel();
  onTestFinished(async () => {
    await closeObservability();
    await inbox.close();
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true });
  });
  return { inbox, folder };
}

it.each([
  { mixpanel: true, analytics: true },
  { mixpanel: true, analytics: false },
  { mixpanel: false, analytics: true },
  { mixpanel: false, analytics: false },
])('a scan goes to each destination that is on: %j', async (destinations) => {
  const { inbox } = await startSender(destinations);
  const owner = await logIn(running.app);
  const scan = {
    qr_id: owner.qrId,
    qr_owner_id: owner.userId,
    device_type: 'mobile',
    browser: 'Safari',
    country: 'DE',
  } as const;
  for (const visitor of ['$device:v1', '$device:v1', '$device:v2'])
    trackEvent('qr_scanned', visitor, { ...scan, is_bot: false, scan_time: new Date().toISOString() });
  trackEvent('qr_scanned', '$device:v3', { ...scan, device_type: 'bot', is_bot: true });
  trackEvent('qr_created', owner.userId, { qr_id: owner.qrId });
  await flushObservability();

  expect(observabilityStats().analytics).toBe(destinations.mixpanel || destinations.analytics ? 'on' : 'off');
  expect(inbox.events()).toHaveLength(destinations.mixpanel ? 5 : 0);
  const statistics = (await owner.get(`/analytics/qrs/${owner.qrId}`)).json();
  expect(statistics).toMatchObject(
    destinations.analytics
      ? { scans: 3, uniqueVisitors: 2, botScans: 1, byCountry: [{ value: 'DE', scans: 3 }] }
      : { scans: 0, uniqueVisitors: 0, botScans: 0, byCountry: [] },
  );
  const lane = observabilityStats().lanes.analytics;
  expect(lane?.delivered).toBe(destinations.analytics ? 4 : undefined);
  expect(lane?.dropped ?? {}).toEqual({});
});

it('a scan that cannot be counted becomes a dead letter with the reason, and those beside it count', async () => {
  const { folder } = await startSender({ mixpanel: false, analytics: true });
  const owner = await logIn(running.app);
  trackEvent('qr_scanned', '$device:v1', { qr_id: owner.qrId, qr_owner_id: owner.userId });
  trackEvent('qr_scanned', '$device:v1', { qr_id: owner.qrId });
  const browser = 'a\u0000b' as 'other';
  trackEvent('qr_scanned', '$device:v1', { qr_id: owner.qrId, qr_owner_id: owner.userId, browser });
  trackEvent('qr_scanned', '$device:v2', { qr_id: owner.qrId, qr_owner_id: owner.userId });
  await flushObservability();

  expect(observabilityStats().lanes.analytics).toMatchObject({
    delivered: 2,
    dropped: { rejected: 2 },
    retried: 0,
    pending: 0,
  });
  const letters = readFileSync(join(folder, 'dead/analytics.ndjson'), 'utf8').trim().split('\n');
  expect(letters.map((line) => JSON.parse(line))).toMatchObject([
    { reason: 'properties.qr_owner_id must be the id of the account that owns it', field: 'properties.qr_owner_id' },
    { reason: 'properties.browser must be a name without control characters', field: 'properties.browser' },
  ]);
  expect((await owner.get(`/analytics/qrs/${owner.qrId}`)).json()).toMatchObject({ scans: 2, uniqueVisitors: 2 });
});

it('a scan waits at the sender while the database is away, and counts once it is back', async () => {
  await startSender({ mixpanel: false, analytics: true });
  const owner = await logIn(running.app);
  await running.database.pool.query('alter table analytics.dirty_days rename to elsewhere');
  trackEvent('qr_scanned', '$device:v1', { qr_id: owner.qrId, qr_owner_id: owner.userId });
  await flushObservability();
  await running.database.pool.query('alter table analytics.elsewhere rename to dirty_days');
  expect(observabilityStats().lanes.analytics).toMatchObject({ delivered: 0, retried: 1, pending: 1 });
  await expect.poll(() => observabilityStats().lanes.analytics?.delivered, { timeout: 15_000, interval: 100 }).toBe(1);
  expect((await owner.get(`/analytics/qrs/${owner.qrId}`)).json()).toMatchObject({ scans: 1 });
});
