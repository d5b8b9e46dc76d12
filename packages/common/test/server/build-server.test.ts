import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { AppError, buildServer, type Server, statusOfError } from '../../src/server.ts';
import { setEnv } from '../start-observed.ts';

setEnv({ NODE_ENV: 'test' });

const GENERIC = 'Something went wrong on our side.';

let app: Server | undefined;
afterEach(() => app?.close());

it('is alive and ready', async () => {
  app = buildServer();
  expect((await app.inject('/health')).json()).toEqual({ status: 'ok' });
  expect((await app.inject('/health/live')).statusCode).toBe(200);
  expect((await app.inject('/health/ready')).json()).toEqual({ status: 'ok', checks: {} });
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

it('never counts a health check against the rate', async () => {
  app = buildServer({ rateLimit: { max: 1, windowMs: 60_000 } });
  for (const path of ['/health', '/health/live', '/health/ready', '/health?again']) {
    expect((await app.inject(path)).statusCode).toBe(200);
  }
});

it.each([
  [{}, undefined, '127.0.0.1'],
  [{}, '1', '203.0.113.9'],
  [{}, 'true', '198.51.100.1'],
  [{}, '10.0.0.0/8', '127.0.0.1'],
  [{}, 'loopback', '203.0.113.9'],
  [{ trustProxy: true }, undefined, '198.51.100.1'],
])('believes X-Forwarded-For only as told: %j, TRUST_PROXY=%s', async (options, variable, address) => {
  const restore = setEnv({ TRUST_PROXY: variable });
  app = buildServer(options);
  restore();
  app.get('/address', async ({ ip }) => ip);
  const headers = { 'x-forwarded-for': '198.51.100.1, 203.0.113.9' };
  expect((await app.inject({ url: '/address', headers })).body).toBe(address);
});

it('refuses a body over the limit', async () => {
  app = buildServer({ bodyLimitBytes: 10 });
  app.post('/x', async () => 'ok');
  const response = await app.inject({ method: 'POST', url: '/x', payload: { long: 'enough' } });
  expect([response.statusCode, response.json().error]).toEqual([413, 'Payload Too Large']);
});

it('hangs up on a client that does not send its request in time', async () => {
  app = buildServer({ requestTimeoutMs: 100, handleSignals: false });
  app.post('/x', async () => 'ok');
  const socket = connect(Number(new URL(await app.listen({ port: 0 })).port), '127.0.0.1');
  socket.write('POST /x HTTP/1.1\r\nhost: x\r\ncontent-type: text/plain\r\ncontent-length: 100\r\n\r\nhalf');
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(String(answer)).toMatch(/^HTTP\/1.1 408 /);
  await once(socket, 'close');
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

it.each<[string, () => unknown, number, string]>([
  ['an error that says it is for the client', () => httpError(404, true), 404, 'there is nothing'],
  ['an error that hides its message', () => httpError(404, false), 404, 'Not Found'],
  ['what an HTTP client throws', () => Object.assign(new Error('there is nothing'), { status: 404 }), 500, GENERIC],
  ['a client error of undici', () => Object.assign(new Error('there is nothing'), { statusCode: 401 }), 500, GENERIC],
  ['a status that is none', () => Object.assign(new Error('x'), { statusCode: 200, expose: true }), 500, GENERIC],
  ['an AppError with a status that is none', () => new AppError({ statusCode: 99, code: 'x', message: 'y' }), 500, 'y'],
  ['nothing', () => undefined, 500, GENERIC],
])('answers %s alike in its error handler and for hooks', async (_, thrown, status, message) => {
  app = buildServer();
  const seen: number[] = [];
  app.addHook('onError', async (_request, reply, error) => void seen.push(statusOfError(error, reply)));
  app.get('/fail', async () => {
    throw thrown();
  });
  const response = await app.inject('/fail');
  expect([response.statusCode, seen]).toEqual([status, [status]]);
  expect(response.json().message).toContain(message);
  expect(response.body.includes('there is nothing')).toBe(message === 'there is nothing');
});

function httpError(statusCode: number, expose: boolean): Error {
  return Object.assign(new Error('there is nothing'), { statusCode, expose });
}

it('answers an error as one, whatever was said of the answer before it failed', async () => {
  app = buildServer();
  app.get('/picture', async (_request, reply) => {
    reply.type('image/svg+xml').header('content-length', 5).header('content-encoding', 'gzip');
    throw new AppError({ code: 'no_picture', message: 'There is no picture.' });
  });
  const response = await app.inject('/picture');
  expect(response.statusCode).toBe(400);
  expect(response.headers['content-type']).toBe('application/json; charset=utf-8');
  expect(response.headers['content-encoding']).toBeUndefined();
  expect(response.json()).toEqual({ error: 'Bad Request', message: 'There is no picture.' });
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

it('documents its routes, wherever they are declared, but for its own', async () => {
  app = buildServer();
  app.get(
    '/direct',
    { schema: { querystring: { type: 'object', properties: { page: { type: 'integer' } } } } },
    async () => [],
  );
  void app.register(async (routes) => {
    routes.get('/things', async () => []);
  });
  await app.register(async (routes) => routes.get('/more', async () => []), { prefix: '/later' });
  const { paths } = (await app.inject('/documentation/json')).json();
  expect(Object.keys(paths).sort()).toEqual(['/direct', '/later/more', '/things']);
  expect(paths['/direct'].get.parameters).toMatchObject([{ in: 'query', name: 'page' }]);
  expect((await app.inject('/documentation')).statusCode).toBe(200);
});

it('fails on purpose when asked to', async () => {
  app = buildServer({ debugRoutes: true });
  expect((await app.inject('/debug/error')).statusCode).toBe(500);
});

it('has neither documentation nor debug routes in production', async () => {
  const restore = setEnv({ NODE_ENV: 'production', PII_HASH_KEY: 'k'.repeat(32) });
  app = buildServer({ debugRoutes: true, logger: false });
  restore();
  expect((await app.inject('/documentation')).statusCode).toBe(404);
  expect((await app.inject('/debug/error')).statusCode).toBe(404);
});
