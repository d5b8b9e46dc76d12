import { startInbox } from '@qr/inbox';
import { expect, it, onTestFinished } from 'vitest';
import {
  closeObservability,
  flushObservability,
  initializeMixpanel,
  initializeSentry,
  trackEvent,
} from '../../src/index.ts';
import { buildServer } from '../../src/server.ts';
import { setEnv } from '../start-observed.ts';

it('stays ready while both vendors refuse, and tells the state of both halves', async () => {
  const gone = await startInbox();
  await gone.close();
  setEnv({ NODE_ENV: 'test', SENTRY_DSN: gone.dsn('1'), MIXPANEL_API_HOST: gone.url, MIXPANEL_TOKEN: 'test-token' });
  const token = 't'.repeat(32);
  setEnv({ SERVICE_TOKEN: token });
  initializeSentry('test-service');
  initializeMixpanel();
  const app = buildServer();
  onTestFinished(async () => {
    await app.close();
    await closeObservability(100);
  });
  app.get('/fail', async () => {
    trackEvent('logout', 'u1');
    throw new Error('broken');
  });
  expect((await app.inject('/fail')).statusCode).toBe(500);
  await flushObservability(500);
  const ready = await app.inject({ url: '/health/ready', headers: { authorization: `Bearer ${token}` } });
  expect([ready.statusCode, ready.json()]).toMatchObject([
    200,
    {
      status: 'ok',
      observability: {
        analytics: 'on',
        errors: 'on',
        lanes: { import: { pending: 1, delivered: 0 }, sentry: { pending: 1, delivered: 0 } },
      },
    },
  ]);
});
