import { startInbox } from '@qr/inbox';
import { afterAll, expect, it } from 'vitest';
import { closeObservability, flushObservability, initializeSentry, withMonitor } from '../../src/index.ts';
import { setEnv } from '../start-observed.ts';

const inbox = await startInbox();
afterAll(async () => {
  await closeObservability();
  await inbox.close();
});

it('without error tracking a monitored job just runs', () => {
  expect(withMonitor('nightly', () => 7)).toBe(7);
});

it('a monitored job checks in when it starts and when it ends, well or badly', async () => {
  setEnv({ NODE_ENV: 'test', SENTRY_DSN: inbox.dsn('1'), SENTRY_ENVIRONMENT: 'staging' });
  initializeSentry('worker');
  expect(await withMonitor('nightly', async () => 7, { schedule: { type: 'crontab', value: '0 3 * * *' } })).toBe(7);
  await expect(withMonitor('hourly', () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  await flushObservability();
  expect(inbox.items('check_in').map(({ payload }) => payload)).toMatchObject([
    { monitor_slug: 'nightly', status: 'in_progress', monitor_config: { schedule: { value: '0 3 * * *' } } },
    { monitor_slug: 'nightly', status: 'ok', environment: 'staging', duration: expect.any(Number) },
    { monitor_slug: 'hourly', status: 'in_progress' },
    { monitor_slug: 'hourly', status: 'error' },
  ]);
  const ids = inbox.items('check_in').map(({ payload }) => (payload as { check_in_id: string }).check_in_id);
  expect([ids[0], ids[2]]).toEqual([ids[1], ids[3]]);
});
