import { plan } from '@qr/events';
import { startInbox } from '@qr/inbox';
import { afterAll, expect, it, vi } from 'vitest';
import { createCore } from '../../../telemetry/src/core.ts';
import { createErrors } from '../../../telemetry/src/errors/errors.ts';
import {
  captureException,
  closeObservability,
  flushObservability,
  initializeSentry,
  Sentry,
  withJobContext,
} from '../../src/index.ts';
import { setEnv } from '../start-observed.ts';

const inbox = await startInbox();
afterAll(async () => {
  await closeObservability();
  await inbox.close();
});

it('reads its variables, and says once which of them is wrong', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  const listeners = process.listenerCount('uncaughtException');
  setEnv({
    NODE_ENV: 'test',
    SENTRY_DSN: inbox.dsn('1'),
    SENTRY_ENVIRONMENT: 'staging',
    SENTRY_RELEASE: 'r-1',
    SENTRY_TRACES_SAMPLE_RATE: '0',
    SENTRY_PROFILE_SESSION_SAMPLE_RATE: '2',
    SENTRY_SPOTLIGHT: undefined,
  });
  initializeSentry('my-service');
  initializeSentry('another-name');
  expect(process.listenerCount('uncaughtException')).toBe(listeners + 1);
  expect(warn.mock.calls.map(String)).toEqual([
    expect.stringContaining('SENTRY_PROFILE_SESSION_SAMPLE_RATE: expected a number from 0 to 1, got 2'),
    expect.stringContaining('called again with another name, which is ignored'),
  ]);
  captureException(new Error('broken'));
  await flushObservability();
  expect(inbox.errors()).toMatchObject([
    { service: 'my-service', event: { server_name: 'my-service', environment: 'staging', release: 'r-1' } },
  ]);
});

it('a rate of 0 turns tracing off instead of making spans that nobody samples', () => {
  const options = Sentry.getClient()?.getOptions();
  expect([options?.tracesSampleRate ?? undefined, options?.tracesSampler]).toEqual([undefined, undefined]);
});

it('an error that refuses to be read harms no one', () => {
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  const refuse = () => {
    throw new Error('do not read me');
  };
  const hostile = Object.defineProperties(new Error('x'), { message: { get: refuse }, cause: { get: refuse } });
  const proxy = new Proxy({}, { get: refuse, has: refuse, ownKeys: refuse, getPrototypeOf: refuse });
  for (const error of [hostile, proxy]) {
    expect(captureException(error)).toMatch(/^[0-9a-f]{32}$/);
    withJobContext({ name: 'job' }, () => expect(captureException(error)).toMatch(/^[0-9a-f]{32}$/));
  }
});

it('a second instance stays off with a warning, because the SDK is one for the process', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  const second = createErrors(createCore({ plan }), async () => {});
  second.start('second', inbox.dsn('1'));
  expect(second.isOn()).toBe(false);
  expect(warn).toHaveBeenCalledWith(expect.stringContaining('Another telemetry instance'));
  await flushObservability(10_000);
  inbox.clear();
  expect(second.captureException(new Error('of the second'))).toMatch(/^[0-9a-f]{32}$/);
  captureException(new Error('of the first'));
  await flushObservability(10_000);
  expect(inbox.errors()).toMatchObject([{ service: 'my-service', value: 'of the first' }]);
  await second.close(100);
});
