import { PassThrough } from 'node:stream';
import { startInbox } from '@qr/inbox';
import { afterAll, afterEach, beforeEach, expect, it } from 'vitest';
import {
  closeObservability,
  flushObservability,
  initializeSentry,
  observabilityStats,
  setUserContext,
} from '../../src/index.ts';
import { buildServer, type Server } from '../../src/server.ts';
import { setEnv } from '../start-observed.ts';

const inbox = await startInbox({ keepRaw: true });
setEnv({ NODE_ENV: 'test', SENTRY_DSN: inbox.dsn('1'), SENTRY_RELEASE: 'r-1' });
initializeSentry('test-service');

let app: Server;
let output: PassThrough;
let written = '';
beforeEach(() => {
  inbox.clear();
  output = new PassThrough();
  written = '';
  output.on('data', (chunk) => {
    written += String(chunk);
  });
  app = buildServer({ logger: { level: 'trace', stream: output } });
});
afterEach(() => app.close());
afterAll(async () => {
  await closeObservability();
  await inbox.close();
});

async function request(url: string, options: object = {}) {
  const response = await app.inject({ method: 'POST', url, payload: {}, ...options });
  await flushObservability();
  return response;
}

it('lines of warn and above arrive in the trace of their request, with its route and its user', async () => {
  app.post('/codes/:id', async ({ log }) => {
    setUserContext({ id: 'u1' });
    for (const level of ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const) {
      log[level]({ qrId: 'q1', attempt: 2 }, `a line of ${level}`);
    }
    return 'ok';
  });
  const traceId = 'a'.repeat(32);
  await request('/codes/42', { headers: { 'sentry-trace': `${traceId}-${'b'.repeat(16)}-0` } });
  expect(inbox.logs()).toMatchObject(
    ['warn', 'error', 'fatal'].map((level) => ({
      level,
      body: `a line of ${level}`,
      traceId,
      userId: 'u1',
      attributes: { qr_id: 'q1', attempt: 2, route: 'POST /codes/:id', 'sentry.release': 'r-1' },
    })),
  );
  // All of it is still written where it always was.
  expect(written).toContain('a line of trace');
});

it('neither address, query, body nor unplanned keys go along, though the line holds them', async () => {
  const note = 'shapeless secret';
  app.post('/secrets', async (received) => {
    const { log, body } = received;
    log.warn({ req: received, res: 'x', note, body, ip: received.ip }, 'refused');
    log.warn('a line about %s and %s', note, 'joe@example.com');
    log.error(new Error('no answer from /codes?token=abc-in-the-query for joe@example.com'));
    log.error({ err: Object.assign(new Error('connection lost'), { code: 'ECONNRESET', note }) });
    return 'ok';
  });
  await request('/secrets?key=abc-in-the-query', { payload: { password: 'hunter2' }, remoteAddress: '203.0.113.9' });
  expect(inbox.logs().map(({ body }) => body)).toEqual([
    'refused',
    'a line about %s and %s',
    expect.stringMatching(/^no answer from \/codes for /),
    'connection lost',
  ]);
  expect(inbox.logs()[3]?.attributes).toMatchObject({ code: 'ECONNRESET' });
  const text = inbox
    .raw()
    .map(({ body }) => body.toString())
    .join('\n');
  for (const secret of [note, 'abc-in-the-query', 'hunter2', '203.0.113.9', 'joe@example.com']) {
    expect(text).not.toContain(secret);
  }
});

it.each([
  ['an error', {}, () => Promise.reject(new Error('broken'))],
  // Answered from a timer, outside of the request's own context.
  ['a handler that takes too long', { handlerTimeout: 20 }, () => new Promise(() => {})],
])('the line about a 5xx by %s is a log of its trace and no second error', async (_, options, handler) => {
  app.post('/fail', options, handler);
  const { errorId } = (await request('/fail')).json();
  expect(inbox.errors().map(({ eventId }) => eventId)).toEqual([errorId]);
  expect(inbox.logs()).toMatchObject([{ body: 'request failed', attributes: { error_id: errorId } }]);
  expect(inbox.logs()[0]?.traceId).toBe(inbox.errors()[0]?.traceId);
});

it('a line whose values refuse to be read is written, and harms nothing', async () => {
  app.post('/hostile', async ({ log }) => {
    const hostile = {
      get reason() {
        throw new Error('do not read me');
      },
    };
    log.warn({ toJSON: () => 'x', hostile }, 'before');
    log.warn('after');
    return 'ok';
  });
  expect((await request('/hostile')).statusCode).toBe(200);
  expect(inbox.logs().map(({ body }) => body)).toContain('after');
});

it('a hook of the application’s own writes the line, and Sentry gets it too', async () => {
  const lines: unknown[] = [];
  const own = buildServer({
    logger: { stream: output, hooks: { logMethod: (args) => void lines.push(args[0]) } },
  });
  own.log.warn('mine');
  await flushObservability(10_000);
  expect(lines).toEqual(['mine']);
  expect(inbox.logs()).toMatchObject([{ body: 'mine' }]);
  await own.close();
});

it('a storm of lines sends a hundred a second', async () => {
  const before = observabilityStats().logs;
  app.post('/storm', async ({ log }) => {
    for (let n = 0; n < 1000; n++) log.warn('again');
    return 'ok';
  });
  await request('/storm');
  // At most two seconds were touched.
  expect(inbox.logs().length).toBeGreaterThanOrEqual(50);
  expect(inbox.logs().length).toBeLessThanOrEqual(200);
  const { sent, dropped_rate } = observabilityStats().logs;
  expect([sent - before.sent, sent + dropped_rate - before.sent - before.dropped_rate]).toEqual([
    inbox.logs().length,
    1000,
  ]);
});
