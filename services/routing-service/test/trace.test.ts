import { expect, it, onTestFinished, vi } from 'vitest';
import { lunch, observe, startApp, startQrService } from './start-app.ts';

it('a scan is one trace with what qr-service does for it', async () => {
  let traceHeader: unknown;
  const qrService = await startQrService(async ({ headers }) => {
    traceHeader = headers['sentry-trace'];
    return { ...lunch, status: 'active' };
  });
  // Trace headers go to the services of the platform only, which the environment names.
  vi.stubEnv('QR_SERVICE_URL', qrService.url);
  const { inbox, settle, stop } = await observe();
  onTestFinished(stop);
  const { app } = startApp(qrService.url);
  await app.inject(`/scan/${lunch.id}`);
  await settle();
  const traceId = inbox.events()[0]?.properties['trace_id'];
  expect(traceId).toMatch(/^[0-9a-f]{32}$/);
  expect(traceHeader).toContain(traceId);
});
