import { startInbox } from '@qr/inbox';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  addBreadcrumb,
  buildServer,
  captureException,
  captureMessage,
  closeObservability,
  flushObservability,
  initializeMixpanel,
  initializeSentry,
  observabilityStats,
  type Server,
  setUserContext,
  trackEvent,
} from '../../src/index.ts';
import { setEnv } from '../start-observed.ts';

// The SDK can be initialised once a process, so the whole file shares one inbox.
const inbox = await startInbox({ keepRaw: true });
setEnv({ NODE_ENV: 'test', SENTRY_DSN: inbox.dsn('1'), MIXPANEL_API_HOST: inbox.url, MIXPANEL_TOKEN: 'test-token' });
initializeSentry('test-service');
initializeMixpanel();

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

afterAll(async () => {
  await closeObservability();
  await inbox.close();
});

async function request(url: string, options: object = {}) {
  const response = await app.inject({ method: 'POST', url, ...options });
  await flushObservability();
  return response;
}

describe('a request that fails with 5xx', () => {
  const ways: Record<string, () => unknown> = {
    'a thrown error': () => {
      throw new Error('broken');
    },
    'a rejected promise': () => Promise.reject(new Error('broken')),
    'a thrown string': () => {
      throw 'broken';
    },
    'a frozen error': () => {
      throw Object.freeze(new Error('broken'));
    },
    'an error with a status of 503': () => {
      throw Object.assign(new Error('broken'), { statusCode: 503 });
    },
    'an error that the handler has reported already': () => {
      const error = new Error('broken');
      captureException(error);
      throw error;
    },
    'an error that wraps a reported one': () => {
      const error = new Error('broken');
      captureException(error);
      throw new Error('broken outside', { cause: error });
    },
    'a string that the handler has reported already': () => {
      captureException('broken');
      throw 'broken';
    },
  };

  it.each(Object.entries(ways))('is reported exactly once: %s', async (_, fail) => {
    app.post('/fail', async () => fail());
    const response = await request('/fail');
    expect(response.statusCode).toBeGreaterThanOrEqual(500);
    expect(inbox.errors()).toHaveLength(1);
    expect(inbox.errors()[0]).toMatchObject({ eventId: response.json().errorId, service: 'test-service' });
  });

  it.each(['reply.send(error)', 'a status without an error', 'a serialization error', 'a nested error handler'])(
    'is reported exactly once: %s',
    async (way) => {
      app.post('/reply.send(error)', (_request, reply) => void reply.send(new Error('broken')));
      app.post('/a status without an error', (_request, reply) => void reply.code(500).send({ sorry: true }));
      app.post(
        '/a serialization error',
        {
          schema: { response: { 200: { type: 'object', required: ['id'], properties: { id: { type: 'integer' } } } } },
        },
        async () => ({}) as never,
      );
      void app.register(async (child) => {
        child.setErrorHandler((_error, _request, reply) => void reply.code(500).send({ nested: true }));
        child.post('/a nested error handler', async () => {
          throw new Error('broken');
        });
      });
      const response = await request(`/${encodeURIComponent(way)}`);
      expect(response.statusCode).toBe(500);
      expect(inbox.errors()).toHaveLength(1);
    },
  );

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
  it.each([
    ['a schema violation', { payload: {} }, 400],
    ['malformed JSON', { payload: '{', headers: { 'content-type': 'application/json' } }, 400],
    ['an unknown route', { url: '/nowhere' }, 404],
    ['a body over the limit', { payload: { name: 'x'.repeat(2_000_000) } }, 413],
    ['an error with a status', { payload: { name: 'taken' } }, 409],
  ])('is answered as it is and not reported: %s', async (_, options, status) => {
    app.post(
      '/names',
      { schema: { body: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } } } },
      async () => {
        throw Object.assign(new Error('This name is taken.'), { statusCode: 409 });
      },
    );
    const response = await request('/names', options);
    expect(response.statusCode).toBe(status);
    expect(response.json()).toMatchObject({ error: expect.any(String), message: expect.any(String) });
    expect(inbox.errors()).toEqual([]);
  });

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

  it('belongs to its own request, however many run at once', async () => {
    app.post('/fail/:user', async (received) => {
      const { user } = received.params as { user: string };
      setUserContext({ id: user });
      addBreadcrumb(`crumb of ${user}`);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
      throw new Error(`failed for ${user}`);
    });
    const users = Array.from({ length: 50 }, (_, n) => `user-${n}-end`);
    // With a body: Node emits its end outside of the request's own context.
    await Promise.all(users.map((user) => app.inject({ method: 'POST', url: `/fail/${user}`, payload: { x: 1 } })));
    await flushObservability();
    const errors = inbox.errors();
    expect(errors).toHaveLength(50);
    for (const error of errors) {
      const mentioned = new Set(JSON.stringify(error).match(/user-\d+-end/g));
      expect([...mentioned]).toHaveLength(1);
    }
  });
});

describe('setUserContext', () => {
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
