import { expect, it, vi } from 'vitest';
import {
  addBreadcrumb,
  captureException,
  captureMessage,
  closeObservability,
  initializeSentry,
  observabilityStats,
  setUserContext,
  withJobContext,
  withRequestContext,
} from '../../src/index.ts';
import { buildServer } from '../../src/server.ts';
import { setEnv } from '../start-observed.ts';

it('without SENTRY_DSN: one warning, everything else runs, and a 5xx still has an id to quote', async () => {
  const restore = setEnv({ SENTRY_DSN: undefined, NODE_ENV: 'test' });
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  initializeSentry('test-service');
  initializeSentry('test-service');
  expect(warn.mock.calls).toEqual([[expect.stringContaining('SENTRY_DSN is not set')]]);

  expect(captureException(new Error('x'))).toMatch(/^[0-9a-f]{32}$/);
  expect(captureMessage('x')).toMatch(/^[0-9a-f]{32}$/);
  setUserContext({ id: 'u1' });
  addBreadcrumb('x');
  expect(withJobContext({ name: 'job' }, () => 7)).toBe(7);
  expect(withRequestContext({ method: 'GET', url: '/x' }, ({ errorId }) => errorId())).toMatch(/^[0-9a-f]{32}$/);
  expect(observabilityStats().errors).toBe('off');

  const app = buildServer();
  app.get('/fail', async () => {
    throw new Error('broken');
  });
  const response = await app.inject('/fail');
  expect(response.statusCode).toBe(500);
  expect(response.json().errorId).toMatch(/^[0-9a-f]{32}$/);
  await app.close();
  await closeObservability();
  restore();
});

it('a malformed DSN as an argument is refused without its value, and turns nothing on', () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  for (const [dsn, wrong] of [
    ['my-secret-key', '13 characters that do not begin with http://'],
    ['http://my-secret-key', 'a URL without a public key before an @'],
    ['http://mysecretkey@host/project', 'a URL that does not end with the number of a project'],
    ['http://mysecretkey@host:99999/1', 'a URL whose host cannot be read'],
    ['http://my secret key@host/1', '27 characters, among them spaces'],
    [42, 'a value of the type number'],
  ] as const) {
    initializeSentry('test-service', dsn as string);
    expect(String(warn.mock.lastCall)).toContain(wrong);
  }
  expect(String(warn.mock.calls)).toContain('expected a DSN');
  expect(String(warn.mock.calls)).not.toMatch(/my.?secret.?key/);
  expect(observabilityStats().errors).toBe('off');
});

it('a malformed DSN is named, without its value, and turns nothing on', async () => {
  const restore = setEnv({ SENTRY_DSN: 'https://my-secret-key/oops', NODE_ENV: 'test' });
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  initializeSentry('test-service');
  expect(String(warn.mock.calls)).toContain('SENTRY_DSN: expected a DSN');
  expect(String(warn.mock.calls)).not.toContain('my-secret-key');
  expect(observabilityStats().errors).toBe('off');
  restore();
});
