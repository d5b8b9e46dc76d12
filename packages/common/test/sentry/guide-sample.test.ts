import { startInbox } from '@qr/inbox';
import { afterAll, beforeEach, expect, it } from 'vitest';
import {
  captureException,
  closeObservability,
  flushObservability,
  initializeMixpanel,
  initializeSentry,
  Sentry,
  trackEvent,
} from '../../src/index.ts';
import { buildServer } from '../../src/server.ts';
import { setEnv } from '../start-observed.ts';

const inbox = await startInbox({ keepRaw: true });
setEnv({ NODE_ENV: 'test', SENTRY_DSN: inbox.dsn('1'), MIXPANEL_API_HOST: inbox.url, MIXPANEL_TOKEN: 'test-token' });

/** The auth service as a newcomer writes it from the guide, reports in the handler and in an error handler of its own included. */
function buildAuthService(createUser: (email: string) => { id: string; email: string }) {
  initializeSentry('auth-service');
  initializeMixpanel();

  const app = buildServer();

  app.addHook('onRequest', async (request) => {
    Sentry.setContext('request', { url: request.url, method: request.method, headers: request.headers });
  });

  app.setErrorHandler((error, request, reply) => {
    captureException(error, {
      url: request.url,
      method: request.method,
      userId: (request as unknown as { userId?: string }).userId,
    });
    request.log.error(error);
    reply.status(500).send({
      error: 'Internal Server Error',
      message: process.env['NODE_ENV'] === 'production' ? 'An error occurred' : (error as Error).message,
    });
  });

  app.post('/auth/signup', async (request, reply) => {
    const { email } = request.body as { email: string; password: string };
    try {
      const user = createUser(email);
      trackEvent('signup_completed', user.id, { email: user.email, signup_method: 'email', plan: 'free' });
      return reply.send({ user: { id: user.id }, token: 'a-token' });
    } catch (error) {
      captureException(error, { endpoint: '/auth/signup', email });
      throw error;
    }
  });
  return app;
}

const payload = { email: 'joe@example.com', password: 'hunter2' };

beforeEach(() => inbox.clear());
afterAll(async () => {
  await closeObservability();
  await inbox.close();
});

it('a sign-up yields one event, with the address hashed', async () => {
  const app = buildAuthService((email) => ({ id: 'u1', email }));
  expect((await app.inject({ method: 'POST', url: '/auth/signup', payload })).statusCode).toBe(200);
  await flushObservability();
  expect(inbox.events()).toMatchObject([{ event: 'signup_completed', distinctId: 'u1' }]);
  expect(inbox.errors()).toEqual([]);
  await app.close();
});

it('a failing sign-up yields exactly one error, though the handler and the error handler both report it', async () => {
  const app = buildAuthService(() => {
    throw new Error('the database is away');
  });
  expect((await app.inject({ method: 'POST', url: '/auth/signup', payload })).statusCode).toBe(500);
  await flushObservability();
  expect(inbox.errors()).toHaveLength(1);
  await app.close();
});

it('neither the address, the password nor a header arrives, though the sample passes them all', async () => {
  const app = buildAuthService(() => {
    throw new Error('the database is away');
  });
  await app.inject({
    method: 'POST',
    url: '/auth/signup?from=secret-campaign',
    payload,
    headers: { cookie: 'sid=c00kie', 'x-custom': 'header-value' },
  });
  await flushObservability();
  const text = inbox
    .raw()
    .map(({ body }) => body.toString())
    .join('\n');
  expect(text).toContain('the database is away');
  for (const secret of ['joe@example.com', 'hunter2', 'c00kie', 'header-value', 'secret-campaign']) {
    expect(text).not.toContain(secret);
  }
  await app.close();
});
