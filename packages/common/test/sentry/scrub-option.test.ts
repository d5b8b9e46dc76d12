import { startInbox } from '@qr/inbox';
import { afterAll, expect, it, vi } from 'vitest';
import { captureException, closeObservability, flushObservability, initializeSentry } from '../../src/index.ts';
import { setEnv } from '../start-observed.ts';

const inbox = await startInbox({ keepRaw: true });
afterAll(async () => {
  await closeObservability();
  await inbox.close();
});

it('initializeSentry takes what else is secret, warns of what it cannot use, and uses the rest', async () => {
  setEnv({ NODE_ENV: 'test', SENTRY_DSN: inbox.dsn('1'), SENTRY_ERROR_BUDGET_PER_MONTH: '0' });
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  const scrub = { keys: ['reason'], patterns: [/cust-\d+/g, 'cust', /inv-\d+/], allow: ['token_count'] };
  initializeSentry('test-service', undefined, { scrub: scrub as never });
  expect(warn.mock.calls.join('\n')).toContain('scrub.patterns[1]: expected a RegExp, got the text "cust"');
  expect(warn.mock.calls.join('\n')).toContain('scrub.patterns[2]: expected the flag g');

  const message = 'cust-17 has inv-4 and token_count=5, the reason: unpaid';
  captureException(new Error(message), { reason: 'a debt', step: 'of cust-18' });
  await flushObservability();
  expect(inbox.errors()).toMatchObject([
    {
      value: '[redacted] has [redacted] and token_count=5, the reason: [redacted]',
      event: { extra: { reason: '[redacted]', step: 'of [redacted]' } },
    },
  ]);
});
