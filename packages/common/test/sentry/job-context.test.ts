import { startInbox } from '@qr/inbox';
import { afterAll, expect, it } from 'vitest';
import {
  captureException,
  closeObservability,
  flushObservability,
  initializeSentry,
  Sentry,
  setUserContext,
  withJobContext,
} from '../../src/index.ts';
import { setEnv } from '../start-observed.ts';

const inbox = await startInbox();
setEnv({ NODE_ENV: 'test', SENTRY_DSN: inbox.dsn('1') });
initializeSentry('worker');

afterAll(async () => {
  await closeObservability();
  await inbox.close();
});

it('each job is its own: its user, its trace, and nothing of the one before', async () => {
  await Promise.all(
    [1, 2, 3].map((n) =>
      withJobContext(
        { name: 'resize', trace: { 'sentry-trace': `${String(n).repeat(32)}-${'b'.repeat(16)}-1` } },
        async () => {
          if (n !== 3) setUserContext({ id: `u${n}` });
          await Promise.resolve();
          captureException(new Error(`job ${n}`));
        },
      ),
    ),
  );
  captureException(new Error('outside'));
  await flushObservability();
  const seen = inbox.errors().map((error) => [error.value, error.userId, error.traceId]);
  expect(seen).toEqual(
    expect.arrayContaining([
      ['job 1', 'u1', '1'.repeat(32)],
      ['job 2', 'u2', '2'.repeat(32)],
      ['job 3', null, '3'.repeat(32)],
      ['outside', null, expect.any(String)],
    ]),
  );
  expect(inbox.spans()).toHaveLength(3);
  expect(Sentry.getIsolationScope().getUser()?.id).toBeUndefined();
});
