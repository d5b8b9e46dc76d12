import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import { observabilityStats } from '../../src/index.ts';
import { type TunnelOptions, tunnelPlugin } from '../../src/server.ts';
import { setEnv } from '../start-observed.ts';

interface Received {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** A vendor that remembers what it was sent and answers as told. */
async function startVendor(answer: RequestListener = (_request, response) => response.end('{"status":1}')) {
  const received: Received[] = [];
  const server: Server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    received.push({ url: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString() });
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return { received, port: (server.address() as AddressInfo).port };
}

async function startTunnel(options: TunnelOptions): Promise<FastifyInstance> {
  const app = Fastify();
  await app.register(tunnelPlugin, options);
  app.post('/json', async (request) => request.body);
  closers.push(() => app.close());
  return app;
}

const KEY = 'abcdef0123456789abcdef0123456789';
const dsnTo = (port: number) => `http://${KEY}@127.0.0.1:${port}/42`;
const envelope = (dsn: string) => `${JSON.stringify({ dsn })}\n{"type":"event"}\n{"message":"hi"}\n`;
const form = (records: unknown) => `data=${encodeURIComponent(JSON.stringify(records))}`;
const event = (token = 'token1', properties: object = {}, name = 'page_viewed') => ({
  event: name,
  properties: { token, ...properties, page: '/' },
});
const OWN = { $device_id: 'device-1', $user_id: 'u1' };
const profile = (more: object = { $set: { plan: 'free' } }) => ({
  $token: 'token1',
  $distinct_id: 'u1',
  ...OWN,
  ...more,
});

const FROM_PAGE = { origin: 'http://localhost', host: 'localhost', 'content-type': 'text/plain;charset=UTF-8' };
const FORM = { ...FROM_PAGE, 'content-type': 'application/x-www-form-urlencoded' };

async function sentrySetup(answer?: RequestListener, options: TunnelOptions = {}) {
  const vendor = await startVendor(answer);
  const dsn = dsnTo(vendor.port);
  const app = await startTunnel({ sentry: { dsn }, ...options });
  const post = (payload: string | Buffer, headers: Record<string, string> = {}) =>
    app.inject({ method: 'POST', url: '/o/r', payload, headers: { ...FROM_PAGE, ...headers } });
  return { ...vendor, app, dsn, post };
}

async function mixpanelSetup(answer?: RequestListener, options: TunnelOptions = {}) {
  const vendor = await startVendor(answer);
  const apiHost = `http://127.0.0.1:${vendor.port}`;
  const app = await startTunnel({ mixpanel: { token: 'token1', apiHost }, timeoutMs: 300, ...options });
  const post = (payload: string | Buffer, url = '/o/t/?verbose=1&ip=1', headers: Record<string, string> = {}) =>
    app.inject({ method: 'POST', url, payload, headers: { ...FORM, ...headers } });
  return { ...vendor, app, post };
}

describe('Sentry envelopes', () => {
  it('with the DSN of the platform reach the project, byte by byte', async () => {
    const { post, dsn, received } = await sentrySetup((_request, response) => response.end('{"id":"1"}'));
    const response = await post(envelope(dsn));
    expect([response.statusCode, response.json()]).toEqual([200, { id: '1' }]);
    expect(received[0]?.url).toMatch(`/api/42/envelope/?sentry_version=7&sentry_key=${KEY}`);
    expect(received[0]?.body).toBe(envelope(dsn));
  });

  it.each([
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.6478.61 Safari/537.36',
      { browser: { name: 'Chrome', version: '126.0' }, os: { name: 'Windows' } },
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
      { browser: { name: 'Safari', version: '17.5' }, os: { name: 'iOS', version: '17.5' } },
    ],
    ['jane.doe@example.com/1.0 (x)', undefined],
  ])('with an error name its browser and system, of a closed list: %s', async (agent, contexts) => {
    const { post, dsn, received } = await sentrySetup((_request, response) => response.end('{}'));
    expect((await post(envelope(dsn), { 'user-agent': agent })).statusCode).toBe(200);
    const [, header = '', payload = ''] = (received[0]?.body ?? '').split('\n');
    expect(JSON.parse(payload)).toMatchObject({ message: 'hi', ...(contexts && { contexts }) });
    expect(JSON.parse(payload).contexts === undefined).toBe(contexts === undefined);
    if (contexts) expect(JSON.parse(header).length).toBe(Buffer.byteLength(payload));
  });

  it.each([
    ['another key', (dsn: string) => dsn.replace(KEY, 'f'.repeat(32))],
    ['another project', (dsn: string) => dsn.replace('/42', '/43')],
    ['another host', (dsn: string) => dsn.replace('127.0.0.1', 'evil.example')],
    ['the DSN as a prefix', (dsn: string) => `${dsn}0`],
  ])('with %s are refused and go nowhere', async (_, foreign) => {
    const { post, dsn, received } = await sentrySetup();
    expect((await post(envelope(foreign(dsn)))).statusCode).toBe(403);
    expect(received).toEqual([]);
  });

  it.each(['', 'no json\n{}', 'null\n{}', '{}\n{}'])('that are none (%j) are refused', async (payload) => {
    const { post, received } = await sentrySetup();
    expect((await post(payload)).statusCode).toBeGreaterThanOrEqual(400);
    expect(received).toEqual([]);
  });

  it('go out without cookies, authorization and the address of the client', async () => {
    const { post, dsn, received } = await sentrySetup();
    await post(envelope(dsn), {
      cookie: 'session=secret',
      authorization: 'Bearer secret',
      'x-forwarded-for': '203.0.113.7',
      'user-agent': 'Browser/1',
    });
    const { host, connection, ...headers } = received[0]?.headers ?? {};
    expect(headers).toEqual({
      'content-type': 'application/x-sentry-envelope',
      'content-length': String(envelope(dsn).length),
      'user-agent': 'Browser/1',
    });
  });

  it('bring back how long the SDK is to be silent', async () => {
    const { post, dsn } = await sentrySetup((_request, response) => {
      response.writeHead(429, { 'retry-after': '60', 'x-sentry-rate-limits': '60:error:key', 'set-cookie': 'a=b' });
      response.end();
    });
    const response = await post(envelope(dsn));
    expect(response.statusCode).toBe(429);
    expect(response.headers).toMatchObject({ 'retry-after': '60', 'x-sentry-rate-limits': '60:error:key' });
    expect(response.headers).not.toHaveProperty('set-cookie');
  });

  it('do not follow a redirect', async () => {
    const elsewhere = await startVendor();
    const { post, dsn } = await sentrySetup((_request, response) => {
      response.writeHead(307, { location: `http://127.0.0.1:${elsewhere.port}/` });
      response.end();
    });
    expect((await post(envelope(dsn))).statusCode).toBe(503);
    expect(elsewhere.received).toEqual([]);
  });

  it('may be compressed', async () => {
    const { post, dsn, received } = await sentrySetup();
    await post(gzipSync(envelope(dsn)), { 'content-encoding': 'gzip' });
    expect(received[0]?.body).toBe(envelope(dsn));
    expect(received[0]?.headers['content-encoding']).toBeUndefined();
  });

  it.each([
    ['as they come', (body: string) => [body, {}] as const],
    ['after they are inflated', (body: string) => [gzipSync(body), { 'content-encoding': 'gzip' }] as const],
  ])('are bounded %s', async (_, encode) => {
    const { post, dsn, received } = await sentrySetup(undefined, { maxBodyBytes: 1000 });
    const [payload, headers] = encode(envelope(dsn) + ' '.repeat(2000));
    expect((await post(payload, headers)).statusCode).toBe(413);
    expect(received).toEqual([]);
  });
});

describe('Mixpanel requests', () => {
  it.each([
    ['/o/t/', '/track/', event()],
    ['/o/p/', '/engage/', profile()],
  ])('to %s reach %s, without the address of the visitor', async (from, to, record) => {
    const { post, received } = await mixpanelSetup();
    const response = await post(form([record]), `${from}?verbose=1&ip=1&_=1`);
    expect([response.statusCode, response.json()]).toEqual([200, { status: 1 }]);
    expect(received[0]).toMatchObject({ url: `${to}?verbose=1&ip=0`, body: form([record]) });
  });

  it('may come as a beacon and in base64', async () => {
    const { post, received } = await mixpanelSetup();
    const data = Buffer.from(JSON.stringify(event())).toString('base64');
    const response = await post(`data=${encodeURIComponent(data)}`, '/o/t/', FROM_PAGE);
    expect([response.statusCode, received.length]).toEqual([200, 1]);
  });

  it('in which one record carries another token are refused whole', async () => {
    const { post, received } = await mixpanelSetup();
    expect((await post(form([event(), event('token2')]))).statusCode).toBe(403);
    expect((await post(form([]))).statusCode).toBe(403);
    expect(received).toEqual([]);
  });

  it.each([400, 401, 403, 404, 413])(
    'that the vendor answers with %i are kept by the SDK: it hears 502',
    async (status) => {
      const { post } = await mixpanelSetup((_request, response) => response.writeHead(status).end('{}'));
      expect((await post(form([event()]))).statusCode).toBe(502);
    },
  );

  it.each([429, 500, 503])('that the vendor answers with %i hear just that', async (status) => {
    const { post } = await mixpanelSetup((_request, response) => response.writeHead(status).end('{}'));
    expect((await post(form([event()]))).statusCode).toBe(status);
  });

  it('keep the path of the address that is configured', async () => {
    const vendor = await startVendor();
    const apiHost = `http://127.0.0.1:${vendor.port}/behind/a/proxy`;
    const app = await startTunnel({ mixpanel: { token: 'token1', apiHost } });
    await app.inject({ method: 'POST', url: '/o/t/', payload: form([event()]), headers: FORM });
    expect(vendor.received.map(({ url }) => url)).toEqual(['/behind/a/proxy/track/?verbose=1&ip=0']);
  });

  it('go through the proxy that the environment names, and nowhere when it cannot be used', async () => {
    const proxy = await startVendor();
    const restore = setEnv({ http_proxy: `127.0.0.1:${proxy.port}`, no_proxy: undefined, NO_PROXY: undefined });
    closers.push(restore);
    const { post, received } = await mixpanelSetup();
    // The proxy here opens no way: what counts is that nothing goes past it.
    expect((await post(form([event()]))).statusCode).toBe(503);
    process.env['http_proxy'] = 'http://';
    const other = await mixpanelSetup();
    expect((await other.post(form([event()]))).statusCode).toBe(503);
    expect([...received, ...other.received]).toEqual([]);
  });

  it('carry the address of the visitor where that is configured', async () => {
    const { post, received } = await mixpanelSetup(undefined, { forwardClientAddress: true });
    await post(form([event()]));
    expect(received[0]).toMatchObject({ url: '/track/?verbose=1&ip=1', headers: { 'x-forwarded-for': '127.0.0.1' } });
  });

  it('that the vendor answers byte by byte do not hold the page', async () => {
    const { post } = await mixpanelSetup((_request, response) => {
      const timer = setInterval(() => response.write(' '), 50);
      response.on('close', () => clearInterval(timer));
    });
    const started = performance.now();
    expect((await post(form([event()]))).statusCode).toBe(503);
    expect(performance.now() - started).toBeLessThan(3000);
  });

  it('that the vendor never answers hear 503 after the time-out, so that no page waits', async () => {
    const { post } = await mixpanelSetup(() => undefined);
    expect((await post(form([event()]))).statusCode).toBe(503);
  });

  it('have no way to other endpoints of the vendor', async () => {
    const { post, received } = await mixpanelSetup();
    for (const url of ['/o/import/', '/o/flags/', '/o/t/../import', '/o/x/']) {
      expect((await post(form([event()]), url)).statusCode).toBe(404);
    }
    expect(received).toEqual([]);
  });
});

describe('what a page may say to Mixpanel', () => {
  const sentBy = (received: readonly Received[]) =>
    received.flatMap(({ body }) => JSON.parse(new URLSearchParams(body).get('data') ?? '[]'));
  const dropped = () => {
    const { import: events, engage } = observabilityStats().pages;
    return (events?.dropped.refused ?? 0) + (engage?.dropped.refused ?? 0);
  };

  it('is what its SDK says: planned properties, facts of the device, and ids of one visitor', async () => {
    const { post, received } = await mixpanelSetup();
    const time = Math.round(Date.now() / 1000) - 5;
    const own = { time, distinct_id: 'u1', ...OWN, $insert_id: 'abc123', trace_id: 'a'.repeat(32) };
    const facts = { mp_lib: 'web', $os: 'Linux', $browser: 'Chrome', $screen_height: 900 };
    const identify = {
      event: '$identify',
      properties: { token: 'token1', time, distinct_id: 'u1', ...OWN, $anon_distinct_id: '$device:device-1' },
    };
    const anonymous = event('token1', { distinct_id: '$device:device-1', $device_id: 'device-1' });
    const records = [event('token1', { ...own, ...facts }), identify, anonymous];
    expect((await post(form(records))).statusCode).toBe(200);
    expect(sentBy(received)).toEqual([
      { event: 'page_viewed', properties: { token: 'token1', ...own, ...facts, page: '/' } },
      { ...identify, properties: expect.objectContaining({ $anon_distinct_id: '$device:device-1' }) },
      anonymous,
    ]);
    expect(dropped()).toBe(0);
  });

  it('loses every property that is not planned, and secrets in the others', async () => {
    const { post, received } = await mixpanelSetup();
    const more = { $email: 'ada@private.example', $ignore: true, ip: '203.0.113.7', $current_url: 'https://x/?a=b' };
    const record = { ...event('token1', more), $token: 'token1', extra: 1 };
    record.properties.page = '/mail to ada@private.example';
    await post(form([{ ...record, properties: { ...record.properties, referrer: 'https://x.example/a?q=private' } }]));
    expect(sentBy(received)).toEqual([
      {
        event: 'page_viewed',
        properties: { token: 'token1', page: expect.stringContaining('/mail to'), referrer: 'https://x.example/a' },
      },
    ]);
    expect(received[0]?.body).not.toMatch(/private/);
  });

  it.each([
    ['an event of the services alone', '/o/t/', event('token1', OWN, 'user_signed_up')],
    ['an event that nobody has planned', '/o/t/', event('token1', OWN, 'button_clicked')],
    ['a merge', '/o/t/', { event: '$merge', properties: { token: 'token1', $distinct_ids: ['u1', 'u2'] } }],
    ['an alias', '/o/t/', { event: '$create_alias', properties: { token: 'token1', alias: 'u2', distinct_id: 'u1' } }],
    ['a user who is joined to another', '/o/t/', event('token1', { ...OWN, $anon_distinct_id: 'u2' }, '$identify')],
    [
      'another device that is joined',
      '/o/t/',
      event('token1', { ...OWN, $anon_distinct_id: '$device:other' }, '$identify'),
    ],
    ['an id that is not its own', '/o/t/', event('token1', { ...OWN, distinct_id: 'somebody-else' })],
    ['an id that many share', '/o/t/', event('token1', { $device_id: 'undefined' })],
    ['a device as the user', '/o/t/', event('token1', { $user_id: '$device:device-2' })],
    ['no properties', '/o/t/', { event: 'page_viewed', $token: 'token1' }],
    ['the deletion of a profile', '/o/p/', profile({ $delete: '' })],
    ['a deletion beside a planned value', '/o/p/', profile({ $set: { plan: 'free' }, $delete: '' })],
    ['an e-mail address', '/o/p/', profile({ $set: { $email: 'ada@private.example' } })],
    ['a value that is added', '/o/p/', profile({ $add: { total_qrs_created: 1000 } })],
    ['a value that is removed', '/o/p/', profile({ $unset: ['plan'] })],
    ['another profile', '/o/p/', profile({ $distinct_id: 'u2', $set: { plan: 'free' } })],
    ['a profile without a device', '/o/p/', { $token: 'token1', $distinct_id: 'u1', $set: { plan: 'free' } }],
  ])('refuses and counts %s', async (_, path, record) => {
    const { post, received } = await mixpanelSetup();
    const response = await post(form([record]), path);
    expect([response.statusCode, response.json().code]).toEqual([403, 'not_for_pages']);
    expect(received).toEqual([]);
    expect(dropped()).toBe(1);
  });

  it('does not lose what is planned to what is not', async () => {
    const { post, received } = await mixpanelSetup();
    await post(form([event('token1', OWN), event('token1', OWN, 'qr_scanned'), event('token1', OWN)]));
    expect(sentBy(received)).toHaveLength(2);
    expect(dropped()).toBe(1);
  });

  it.each([
    ['beside a foreign one', { ...event('token2'), $token: 'token1' }],
    ['among the properties of a profile', { ...profile(), properties: { token: 'token2' } }],
  ])('refuses our token %s', async (_, record) => {
    const { post, received } = await mixpanelSetup();
    expect((await post(form([record]), '$token' in record && '$set' in record ? '/o/p/' : '/o/t/')).statusCode).toBe(
      403,
    );
    expect(received).toEqual([]);
    expect(dropped()).toBe(1);
  });

  it('stands in one field: a form with a second one, or with fields of its own for the vendor, does not pass', async () => {
    const { post, received } = await mixpanelSetup();
    const foreign = form([event('token2')]);
    for (const body of [`${form([event()])}&${foreign}`, `${foreign}&${form([event()])}`, 'dat=1']) {
      expect((await post(body)).statusCode).toBe(400);
    }
    expect(received).toEqual([]);
    await post(`${form([event()])}&ip=1&api_key=foreign&redirect=https://evil.example`);
    expect(received.map(({ body }) => body)).toEqual([form([event()])]);
  });

  it('is no group, and not more than 256 KiB', async () => {
    const { post, received } = await mixpanelSetup();
    const group = { $token: 'token1', $group_key: 'company', $group_id: 'acme', $set: { plan: 'free' } };
    expect((await post(form([group]), '/o/g/')).statusCode).toBe(404);
    expect((await post(form(Array(3000).fill(event('token1', OWN))))).statusCode).toBe(413);
    expect(received).toEqual([]);
  });
});

describe('the tunnel', () => {
  it('takes so many requests of an address, and then says 429, which SDKs understand', async () => {
    const { post, received } = await mixpanelSetup(undefined, { maxRequestsPerMinute: 2 });
    const statuses = [];
    for (let number = 0; number < 3; number++) statuses.push((await post(form([event()]))).statusCode);
    expect([statuses, received.length]).toEqual([[200, 200, 429], 2]);
  });

  it.each(['GET', 'PUT', 'DELETE'] as const)('has no answer for %s', async (method) => {
    const { app } = await mixpanelSetup();
    expect((await app.inject({ method, url: '/o/t/', headers: FORM })).statusCode).toBe(404);
  });

  it('takes no request of which the length is told twice', async () => {
    const { app, dsn, received } = await sentrySetup();
    await app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = app.server.address() as AddressInfo;
    const body = envelope(dsn);
    const smuggled = `POST /o/r HTTP/1.1\r\nhost: localhost\r\norigin: http://localhost\r\ncontent-type: text/plain\r\n`;
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () =>
        socket.write(
          `${smuggled}content-length: ${body.length}\r\ntransfer-encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
        ),
      );
      let text = '';
      socket.setEncoding('utf8').on('data', (part) => {
        text += part;
      });
      socket.on('close', () => resolve(text));
      socket.on('error', reject);
      socket.setTimeout(3000, () => socket.destroy());
    });
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(received).toEqual([]);
  });

  it.each([
    ['x-forwarded-host', 'evil.example'],
    ['x-original-url', 'http://evil.example/'],
    ['forwarded', 'host=evil.example'],
    ['x-sentry-auth', 'Sentry sentry_key=foreign'],
  ])('is not told by the header %s where to go', async (name, value) => {
    const { post, dsn, received, port } = await sentrySetup();
    await post(envelope(dsn), { [name]: value });
    expect(received[0]?.headers).toMatchObject({ host: `127.0.0.1:${port}` });
    expect(received[0]?.headers).not.toHaveProperty(name);
  });

  it('inflates no bomb', async () => {
    const { post, received } = await sentrySetup();
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    expect((await post(bomb, { 'content-encoding': 'gzip' })).statusCode).toBe(413);
    expect(received).toEqual([]);
  });

  it.each([
    ['another origin', { origin: 'https://evil.example' }],
    ['an opaque origin', { origin: 'null' }],
    ['the right host as a prefix', { origin: 'http://localhost.evil.example' }],
  ])('refuses pages of %s', async (_, headers) => {
    const { post, dsn, received } = await sentrySetup();
    expect((await post(envelope(dsn), headers)).statusCode).toBe(403);
    expect(received).toEqual([]);
  });

  it('refuses requests without an origin: they come from no page', async () => {
    const { app, dsn } = await sentrySetup();
    const headers = { 'content-type': 'text/plain' };
    const response = await app.inject({ method: 'POST', url: '/o/r', payload: envelope(dsn), headers });
    expect(response.statusCode).toBe(403);
  });

  it('compares with the configured origin where there is one', async () => {
    const { post, dsn } = await sentrySetup(undefined, { allowedOrigin: 'https://app.example' });
    expect((await post(envelope(dsn), { origin: 'https://app.example' })).statusCode).toBe(200);
    expect((await post(envelope(dsn), { origin: 'http://localhost' })).statusCode).toBe(403);
  });

  it('takes POST only, and only the content types of the SDKs', async () => {
    const { app, post, dsn } = await sentrySetup();
    expect((await app.inject({ method: 'GET', url: '/o/r', headers: FROM_PAGE })).statusCode).toBe(404);
    expect((await post(envelope(dsn), { 'content-type': 'application/json' })).statusCode).toBe(415);
  });

  it('has no route for a half that is not configured', async () => {
    const { app } = await sentrySetup();
    const response = await app.inject({ method: 'POST', url: '/o/t/', payload: form([event()]), headers: FORM });
    expect(response.statusCode).toBe(404);
  });

  it('leaves the parsers of other routes alone', async () => {
    const { app } = await sentrySetup();
    const response = await app.inject({ method: 'POST', url: '/json', payload: { a: 1 } });
    expect(response.json()).toEqual({ a: 1 });
  });

  it('says at start which option is wrong', async () => {
    await expect(startTunnel({ sentry: { dsn: 'nonsense' } })).rejects.toThrow(
      'sentry.dsn of the tunnel expects a DSN',
    );
  });
});

describe('a request of a page that the browser draws in advance', () => {
  const [PRERENDER, PREFETCH] = ['prefetch;prerender', 'prefetch'].map((purpose) => ({ 'sec-purpose': purpose }));

  it('is put off, whatever it carries, and taken once the page is shown', async () => {
    const vendor = await startVendor();
    const dsn = dsnTo(vendor.port);
    const mixpanel = { token: 'token1', apiHost: `http://127.0.0.1:${vendor.port}` };
    const app = await startTunnel({ sentry: { dsn }, mixpanel });
    const left = JSON.stringify({
      token: 'token1',
      visitor: OWN,
      calls: [{ kind: 'event', name: 'page_viewed', properties: { page: '/' }, at: Date.now() }],
    });
    const requests = [
      { url: '/o/r', payload: envelope(dsn), headers: FROM_PAGE },
      { url: '/o/t/', payload: form([event()]), headers: FORM },
      { url: '/o/p/', payload: form([profile()]), headers: FORM },
      { url: '/o/q', payload: left, headers: FROM_PAGE },
    ];
    const statuses = (more: object = {}) =>
      Promise.all(
        requests.map(async ({ headers, ...request }) => {
          const answer = await app.inject({ method: 'POST', ...request, headers: { ...headers, ...more } });
          return answer.statusCode;
        }),
      );
    const before = JSON.stringify(observabilityStats());
    expect(await statuses(PRERENDER)).toEqual([503, 503, 503, 503]);
    expect(vendor.received).toEqual([]);
    expect(JSON.stringify(observabilityStats())).toBe(before);
    expect(await statuses()).toEqual([200, 200, 200, 202]);
    expect(vendor.received.length).toBeGreaterThanOrEqual(3);
  });

  it('does nothing as a prefetch of an address', async () => {
    const { app, received } = await sentrySetup();
    for (const url of ['/o/r', '/o/q', '/o/t/']) {
      const answer = await app.inject({ method: 'GET', url, headers: { ...FROM_PAGE, ...PREFETCH } });
      expect(answer.statusCode).toBe(404);
    }
    expect(received).toEqual([]);
  });
});
