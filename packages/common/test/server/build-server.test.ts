import { afterEach, expect, it } from 'vitest';
import { AppError, buildServer, type Server } from '../../src/index.ts';
import { setEnv } from '../start-observed.ts';

setEnv({ NODE_ENV: 'test' });

let app: Server | undefined;
afterEach(() => app?.close());

it('is alive and ready, with the state of both halves', async () => {
  app = buildServer();
  expect((await app.inject('/health')).json()).toEqual({ status: 'ok' });
  expect((await app.inject('/health/live')).statusCode).toBe(200);
  expect((await app.inject('/health/ready')).json()).toMatchObject({
    status: 'ok',
    checks: {},
    observability: { analytics: 'off', errors: 'off' },
  });
});

it('is unready while a check fails or throws, and says which', async () => {
  app = buildServer({
    readyChecks: {
      database: async () => false,
      cache: async () => {
        throw new Error('away');
      },
      disk: async () => true,
    },
  });
  const response = await app.inject('/health/ready');
  expect(response.statusCode).toBe(503);
  expect(response.json()).toMatchObject({ status: 'unready', checks: { database: false, cache: false, disk: true } });
});

it('shows its statistics to whoever has the service token', async () => {
  const token = 't'.repeat(32);
  const restore = setEnv({ SERVICE_TOKEN: token });
  app = buildServer();
  restore();
  const ask = async (authorization: string) => app?.inject({ url: '/internal/stats', headers: { authorization } });
  expect((await ask(`Bearer ${token}`))?.json()).toMatchObject({ analytics: 'off', lanes: {} });
  for (const wrong of ['', 'Bearer x', `Bearer ${'u'.repeat(32)}`]) expect((await ask(wrong))?.statusCode).toBe(401);
});

it('sends security headers', async () => {
  app = buildServer();
  const { headers } = await app.inject('/health');
  expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'x-frame-options': 'SAMEORIGIN' });
});

it('limits the rate also of routes that are declared before it is ready', async () => {
  app = buildServer({ rateLimit: { max: 2, windowMs: 60_000 } });
  app.get('/x', async () => 'ok');
  const statuses: number[] = [];
  for (let times = 0; times < 3; times++) statuses.push((await app.inject('/x')).statusCode);
  expect(statuses).toEqual([200, 200, 429]);
});

it('answers errors in one shape, with the field of an AppError', async () => {
  app = buildServer();
  app.get('/taken', async () => {
    throw new AppError({ statusCode: 409, code: 'email_taken', message: 'This address is taken.', field: 'email' });
  });
  const taken = await app.inject('/taken');
  expect([taken.statusCode, taken.json()]).toEqual([
    409,
    { error: 'Conflict', message: 'This address is taken.', field: 'email' },
  ]);
  const missing = await app.inject('/nowhere');
  expect([missing.statusCode, missing.json().error]).toEqual([404, 'Not Found']);
});

it('lets an error handler of the application replace ours', async () => {
  app = buildServer();
  app.setErrorHandler((_error, _request, reply) => {
    void reply.code(418).send({ own: true });
  });
  app.get('/fail', async () => {
    throw new Error('x');
  });
  expect((await app.inject('/fail')).json()).toEqual({ own: true });
});

it('documents the routes of its plugins, and fails on purpose when asked to', async () => {
  app = buildServer({ debugRoutes: true });
  void app.register(async (routes) => {
    routes.get('/things', async () => []);
  });
  expect((await app.inject('/documentation/json')).json().paths).toHaveProperty('/things');
  expect((await app.inject('/debug/error')).statusCode).toBe(500);
});

it('has neither documentation nor debug routes in production', async () => {
  const restore = setEnv({ NODE_ENV: 'production', PII_HASH_KEY: 'k'.repeat(32) });
  app = buildServer({ debugRoutes: true, logger: false });
  restore();
  expect((await app.inject('/documentation')).statusCode).toBe(404);
  expect((await app.inject('/debug/error')).statusCode).toBe(404);
});
