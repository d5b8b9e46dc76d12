import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  addBreadcrumb,
  captureException,
  captureMessage,
  flushObservability,
  observabilityStats,
  setUserContext,
  trackEvent,
} from '../../src/index.ts';
import { buildServer, type Server } from '../../src/server.ts';
import { observeFile, setEnv } from '../start-observed.ts';

const inbox = await observeFile();

// Named far from where they are used: an error carries the source lines around each frame, literals included.
const email = 'joe@example.com';
const secrets = {
  email,
  username: 'Joe Smith',
  street: 'Elm Street 5',
  password: 'hunter2',
  cookie: 's3cr3t',
  bearer: 't0ps3cr3t',
  note: 'shapeless secret',
  card: '4111 1111 1111 1111',
  query: 'abc-in-the-query',
  globalUser: 'u-global',
};

let app: Server;
beforeEach(() => {
  inbox.clear();
  app = buildServer();
});
afterEach(() => app.close());

async function request(url: string, options: object = {}) {
  const response = await app.inject({ method: 'POST', url, ...options });
  await flushObservability();
  return response;
}

describe('a request that fails with 5xx', () => {
  it('says nothing internal in production', async () => {
    const restore = setEnv({ NODE_ENV: 'production', PII_HASH_KEY: 'k'.repeat(32) });
    const production = buildServer({ logger: false });
    restore();
    production.get('/fail', async () => {
      throw new Error('password of the database is hunter2');
    });
    const response = await production.inject('/fail');
    expect(response.json()).toEqual({
      error: 'Internal Server Error',
      message: expect.not.stringContaining('hunter2'),
      errorId: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    await production.close();
  });

  it('is named after its route pattern and carries the method, never the query', async () => {
    app.post('/codes/:id', async () => {
      throw new Error('broken');
    });
    await request(`/codes/42?x=${secrets.query}`);
    expect(rawText()).toContain('"transaction":"POST /codes/:id"');
    expect(rawText()).not.toContain(secrets.query);
  });
});

describe('a request that fails with 4xx', () => {
  it('names the field that is wrong', async () => {
    app.post(
      '/names',
      {
        schema: {
          body: { type: 'object', required: ['name'], properties: { name: { type: 'string', minLength: 2 } } },
        },
      },
      async () => 'ok',
    );
    expect((await request('/names', { payload: {} })).json()).toMatchObject({ error: 'Bad Request', field: 'name' });
    expect((await request('/names', { payload: { name: 'x' } })).json()).toMatchObject({ field: 'name' });
  });
});

describe('what an error carries', () => {
  it('is planned context only; everything else is dropped', async () => {
    const before = observabilityStats().properties.unplanned_context;
    app.post('/fail', async (received) => {
      setUserContext({ id: 'u1', email, username: secrets.username });
      addBreadcrumb('creating a code', { qrType: 'url', street: secrets.street });
      captureException(new Error(`card ${secrets.card} refused for ${email}`), {
        qrId: 'q1',
        formData: received.body,
        note: secrets.note,
      });
      return 'ok';
    });
    await request(`/fail?token=${secrets.query}`, {
      payload: { password: secrets.password },
      headers: { cookie: `session=${secrets.cookie}`, authorization: `Bearer ${secrets.bearer}` },
    });
    const text = rawText();
    expect(Object.values(secrets).filter((secret) => text.includes(secret))).toEqual([]);
    // formData, note and street
    expect(observabilityStats().properties.unplanned_context - before).toBe(3);
    for (const kept of ['creating a code', '"qr_type":"url"', '"qr_id":"q1"', '"id":"u1"'])
      expect(text).toContain(kept);
  });
});

describe('setUserContext', () => {
  it.each<[string, unknown, string | null]>([
    ['takes the user away with null', null, null],
    ['takes the user away with undefined', undefined, null],
    ['keeps the user before when it is given no id', {}, 'u1'],
    ['keeps the user before when it is given the text of no id', { id: 'undefined' }, 'u1'],
    ['keeps the user before when it is given an empty id', { id: '' }, 'u1'],
    ['takes numbers', { id: 42 }, '42'],
  ])('%s', async (_, user, userId) => {
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    app.post('/fail', async () => {
      setUserContext({ id: 'u1' });
      setUserContext(user as null);
      throw new Error('broken');
    });
    await request('/fail');
    expect(inbox.errors()).toMatchObject([{ userId }]);
  });

  it('outside a request warns and does nothing', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    setUserContext({ id: secrets.globalUser });
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('outside of a request'));
    captureMessage('hello');
    await flushObservability();
    expect(rawText()).toContain('hello');
    expect(rawText()).not.toContain(secrets.globalUser);
  });
});

describe('traces', () => {
  it('a request is one span with its route and status, and its events carry the trace', async () => {
    app.post('/codes/:id', async () => {
      trackEvent('logout', 'u1');
      return 'ok';
    });
    await request('/codes/42?x=1');
    const [span] = inbox.spans();
    expect(span).toMatchObject({
      name: 'POST /codes/:id',
      op: 'http.server',
      attributes: { 'http.response.status_code': 200, 'http.route': '/codes/:id', 'url.path': '/codes/42' },
    });
    expect(inbox.events()[0]?.properties['trace_id']).toBe(span?.traceId);
  });

  it('an incoming trace is continued, and its decision followed', async () => {
    app.post('/x', async () => 'ok');
    const traceId = 'a'.repeat(32);
    await request('/x', { headers: { 'sentry-trace': `${traceId}-${'b'.repeat(16)}-1` } });
    expect(inbox.spans()).toMatchObject([{ traceId, parentSpanId: 'b'.repeat(16) }]);
    inbox.clear();
    await request('/x', { headers: { 'sentry-trace': `${traceId}-${'b'.repeat(16)}-0` } });
    expect(inbox.spans()).toEqual([]);
  });

  it('a route that asks for it is neither traced nor reported', async () => {
    app.post('/quiet', { config: { observability: false } }, async () => {
      throw new Error('broken');
    });
    expect((await request('/quiet')).statusCode).toBe(500);
    expect([inbox.spans(), inbox.errors()]).toEqual([[], []]);
  });

  it('health routes are not traced', async () => {
    for (const path of ['/health', '/health/live', '/health/ready']) await app.inject(path);
    await flushObservability();
    expect(inbox.spans()).toEqual([]);
  });
});

/** Everything that the inbox received, as text. */
function rawText(): string {
  return inbox
    .raw()
    .map(({ body }) => body.toString())
    .join('\n');
}
