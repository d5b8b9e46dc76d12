import { startInbox } from '@qr/inbox';
import { expect, it, vi } from 'vitest';
import {
  captureException,
  captureMessage,
  closeObservability,
  flushObservability,
  initializeSentry,
  observabilityStats,
} from '../../src/index.ts';
import { setEnv } from '../start-observed.ts';

it('errors before initializeSentry arrive under the ids that were returned; too many are counted and said once', async () => {
  const inbox = await startInbox();
  const restore = setEnv({ NODE_ENV: 'test', SENTRY_DSN: inbox.dsn('1'), SENTRY_ERROR_BUDGET_PER_MONTH: '0' });
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  const ids = [captureException(new Error('early'), { qr_id: 'q1' }), captureMessage('an early sentence')];
  for (let number = 0; number < 103; number++) captureException(new Error(`early ${number}`));
  expect(observabilityStats()).toMatchObject({ errors: 'off', early: { kept: 100, dropped: 5 } });
  expect(warn.mock.calls).toEqual([[expect.stringContaining('came before initializeSentry')]]);

  initializeSentry('test-service');
  await flushObservability();
  await inbox.waitFor(() => inbox.errors().length >= 100, 20_000);
  expect(inbox.errors()).toHaveLength(100);
  expect(inbox.errors().map(({ eventId }) => eventId)).toEqual(expect.arrayContaining(ids));
  expect(inbox.errors().find(({ eventId }) => eventId === ids[0])?.event).toMatchObject({ extra: { qr_id: 'q1' } });
  expect(observabilityStats()).toMatchObject({ early: { kept: 0, dropped: 0 } });
  expect(observabilityStats().lanes.sentry?.dropped).toEqual({ not_initialized: 5 });
  await closeObservability();
  await inbox.close();
  restore();
});
