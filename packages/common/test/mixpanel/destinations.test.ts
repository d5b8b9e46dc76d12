import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { expect, it, onTestFinished, vi } from 'vitest';
import {
  closeObservability,
  flushObservability,
  initializeMixpanel,
  observabilityStats,
  trackEvent,
} from '../../src/index.ts';
import { setEnv } from '../start-observed.ts';

const serviceToken = 't'.repeat(32);

/** Stands for both receivers: Mixpanel and analytics-service take the same form under the same path. */
async function startReceiver() {
  const received: { authorization: string | undefined; event: string }[] = [];
  const server = createServer(async (request, response) => {
    const records = JSON.parse(gunzipSync(await bytesOf(request)).toString()) as { event: string }[];
    received.push(...records.map(({ event }) => ({ authorization: request.headers.authorization, event })));
    response.end(JSON.stringify({ code: 200, num_records_imported: records.length, status: 'OK' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { received, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

it.each([
  { mixpanel: true, analytics: true },
  { mixpanel: true, analytics: false },
  { mixpanel: false, analytics: true },
  { mixpanel: false, analytics: false },
])('each destination is on by its own variable: %j', async ({ mixpanel, analytics }) => {
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  const vendor = await startReceiver();
  const own = await startReceiver();
  const restore = setEnv({
    MIXPANEL_API_HOST: vendor.url,
    MIXPANEL_TOKEN: mixpanel ? 'test-token' : undefined,
    ANALYTICS_URL: analytics ? own.url : undefined,
    SERVICE_TOKEN: serviceToken,
  });
  onTestFinished(async () => {
    await closeObservability();
    restore();
  });
  const client = initializeMixpanel();
  trackEvent('qr_scanned', '$device:d1', { qr_id: 'q1' });
  trackEvent('logout', 'u1');
  await flushObservability();

  expect(client === null).toBe(!mixpanel);
  expect(observabilityStats().analytics).toBe(mixpanel || analytics ? 'on' : 'off');
  expect(vendor.received.map(({ event }) => event)).toEqual(mixpanel ? ['qr_scanned', 'logout'] : []);
  // What the plan does not send there stays away.
  expect(own.received).toEqual(analytics ? [{ authorization: `Bearer ${serviceToken}`, event: 'qr_scanned' }] : []);
});
