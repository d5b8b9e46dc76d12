import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { closeObservability, flushObservability, initializeSentry } from '@qr/common';
import { type Inbox, startInbox } from '@qr/inbox';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildApp } from '../server/app.ts';
import { type FakeServices, startFakeServices } from './support/fake-services.ts';

const PATHS = ['/api/auth/me', '/api/qr/4711', '/api/microsites/4711', '/api/analytics/summary', '/scan/4711'];
/** As many as the proxy keeps connections to a service. */
const CONNECTIONS = 128;

let inbox: Inbox;
let services: FakeServices;
let app: ReturnType<typeof buildApp>;
let port: number;

beforeAll(async () => {
  inbox = await startInbox({ environment: 'test' });
  initializeSentry('web-server', inbox.dsn());
  services = await startFakeServices(({ url }) => ({ body: { path: url } }));
  const { origin } = services;
  app = buildApp({
    services: { auth: [origin], qr: [origin], microsite: [origin], routing: [origin], analytics: [origin] },
    client: { root: import.meta.dirname },
    tunnel: { sentry: undefined, mixpanel: undefined },
    server: { logger: false, handleSignals: false, rateLimit: false },
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  ({ port } = app.server.address() as AddressInfo);
});
afterAll(async () => {
  await app.close();
  await services.close();
  await closeObservability();
  await inbox.close();
});
beforeEach(() => services.received.splice(0));

/** Sends requests one after the other over connections of their own kind, and resolves with the status of each; 0 where there was none. */
async function sendAll(requests: readonly string[]): Promise<number[]> {
  const statuses: number[] = [];
  const waiting = [...requests];
  await Promise.all(
    Array.from({ length: 16 }, async () => {
      for (let request = waiting.pop(); request !== undefined; request = waiting.pop()) {
        statuses.push(await send(request));
      }
    }),
  );
  return statuses;
}

async function send(request: string, timeoutMs = 5000): Promise<number> {
  const socket = connect(port, '127.0.0.1');
  socket.setTimeout(timeoutMs, () => socket.destroy());
  try {
    // As latin1, so that every byte can be sent.
    socket.write(Buffer.from(request, 'latin1'));
    return statusOf(await answerOf(socket));
  } catch {
    return 0;
  } finally {
    socket.destroy();
  }
}

async function answerOf(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  // What is refused early is closed, what is answered is known by its head. 100 Continue is no answer yet.
  while (!/^HTTP\/1\.1 [2-5]\d\d .*\r\n\r\n/s.test(text.replace(/^HTTP\/1\.1 100 .*?\r\n\r\n/s, ''))) {
    await Promise.race([once(socket, 'data'), once(socket, 'close')]);
    if (socket.destroyed) break;
  }
  return text.replace(/^HTTP\/1\.1 100 .*?\r\n\r\n/s, '');
}

function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);
}

const get = (path: string, ...headers: string[]) =>
  `GET ${path} HTTP/1.1\r\nhost: x\r\n${headers.map((line) => `${line}\r\n`).join('')}\r\n`;
const post = (path: string, body: string, ...headers: string[]) =>
  `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n${headers
    .map((line) => `${line}\r\n`)
    .join('')}\r\n${body}`;

/** Sends ordinary requests to every prefix and expects an answer to each. */
async function expectService(count = 1000): Promise<void> {
  const statuses = await sendAll(Array.from({ length: count }, (_, index) => get(PATHS[index % PATHS.length] ?? '/')));
  expect(statuses).toHaveLength(count);
  expect(statuses.filter((status) => status !== 200)).toEqual([]);
}

/** Concern one connection only, RFC 9110, section 7.6.1, and what asks for an interim answer, section 10.1.1. */
const HOP_BY_HOP = [
  'Keep-Alive: 1',
  'Keep-Alive: timeout=5, max=100',
  'Expect: 100-continue',
  'TE: trailers',
  'TE: gzip',
  'Trailer: x-checksum',
  'Upgrade: h2c',
  'Upgrade: websocket',
  'Proxy-Connection: keep-alive',
  'Proxy-Authorization: Basic eDp5',
  'Proxy-Authenticate: Basic',
  'HTTP2-Settings: AAMAAABkAAQAAP__',
];

describe('the proxy', () => {
  it.each(HOP_BY_HOP)('answers a request with "%s", and keeps the header to itself', async (line) => {
    const name = line.split(':')[0]?.toLowerCase() ?? '';
    for (const path of PATHS) expect(await send(get(path, line))).toBe(200);
    expect(await send(post('/api/auth/login', '{}', line))).toBe(200);
    expect(services.received).toHaveLength(PATHS.length + 1);
    for (const { headers } of services.received) expect(headers).not.toHaveProperty(name);
  });

  it.each(HOP_BY_HOP)('reports no error of its own for "%s", whatever the method and the route', async (line) => {
    const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
    await sendAll(PATHS.flatMap((path) => methods.map((method) => get(path, line).replace('GET', method))));
    await flushObservability();
    expect(inbox.errors()).toEqual([]);
  });

  it('answers 400 to a request that cannot be passed on, reports nothing, and has its connection back', async () => {
    const own = await listen(services.origin, {}, (headers) => {
      if (headers['x-odd'] !== undefined) headers['x-odd'] = 'two\nlines';
    });
    const ask = async (headers: Record<string, string>) =>
      (await fetch(`${own.origin}/api/qr/4711`, { headers, signal: AbortSignal.timeout(5000) })).status;
    for (let count = 0; count < CONNECTIONS + 2; count++) expect(await ask({ 'x-odd': '1' })).toBe(400);
    expect(await ask({})).toBe(200);
    await own.close();
    await flushObservability();
    expect(inbox.errors()).toEqual([]);
  });

  it('removes the headers that Connection names, but none that the proxy sets', async () => {
    await send(get('/scan/4711', 'Connection: x-secret, x-forwarded-for, cookie', 'x-secret: 1', 'cookie: a=b'));
    const [{ headers } = { headers: {} }] = services.received;
    expect(headers).not.toHaveProperty('x-secret');
    expect(headers).not.toHaveProperty('cookie');
    expect(headers).toMatchObject({ 'x-forwarded-for': '127.0.0.1' });
  });

  it.each(['Keep-Alive: 1', 'Expect: 100-continue'])(
    'still answers after more requests with "%s" than it has connections',
    async (line) => {
      for (const path of PATHS) await sendAll(Array.from({ length: CONNECTIONS + 2 }, () => get(path, line)));
      await expectService(100);
    },
  );

  it('answers 1,000 ordinary requests after every header of the registry with odd values', async () => {
    const requests = PATHS.flatMap((path, place) =>
      HEADER_NAMES.flatMap((name, index) =>
        // With a body and without in turn.
        ODD_VALUES.map((value, turn) =>
          (place + index + turn) % 2 === 0 ? get(path, `${name}: ${value}`) : post(path, '{}', `${name}: ${value}`),
        ),
      ),
    );
    const statuses = await sendAll(requests);
    // Some are no HTTP and are refused; none may fail within the platform.
    expect(statuses.filter((status) => status === 0 || status >= 500)).toEqual([]);
    await expectService();
  }, 120_000);

  it('answers 1,000 ordinary requests after arbitrary headers, paths and methods', async () => {
    const name = fc.oneof(fc.constantFrom(...HEADER_NAMES), fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,20}$/));
    // Every byte but those that would end the line.
    const value = fc
      .array(fc.integer({ min: 0, max: 255 }).filter((byte) => byte !== 13 && byte !== 10))
      .map((bytes) => Buffer.from(bytes).toString('latin1'));
    const request = fc.record({
      method: fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND'),
      path: fc.constantFrom(...PATHS),
      suffix: fc.stringMatching(/^[!-~]{0,20}$/),
      headers: fc.array(fc.tuple(name, value), { maxLength: 6 }),
      // With its length, in chunks, or without either, so that it is no body.
      framing: fc.constantFrom('', '', 'content-length: 9', 'content-length: 5', 'transfer-encoding: chunked'),
    });
    const requests = fc.sample(request, { numRuns: 1500, seed: 20_261_129 });
    const statuses = await sendAll(
      requests.map(
        ({ method, path, suffix, headers, framing }) =>
          `${method} ${path}${suffix} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${headers
            .map((pair) => `${pair.join(': ')}\r\n`)
            .join('')}${framing === '' ? '\r\n' : `${framing}\r\n\r\n4\r\n{"a"\r\n0\r\n\r\n`}`,
      ),
    );
    expect(statuses.filter((status) => status >= 500)).toEqual([]);
    await expectService();
  }, 120_000);
});

describe('a service that does not answer', () => {
  it('makes the server unready while requests wait, and is asked again over new connections', async () => {
    let isHanging = true;
    const service = createServer((_request, response) => {
      if (!isHanging) response.end('{}');
    }).listen(0, '127.0.0.1');
    await once(service, 'listening');
    const own = await listen(`http://127.0.0.1:${(service.address() as AddressInfo).port}`);
    const ready = async () => (await fetch(`${own.origin}/health/ready`)).status;
    const ask = async () => (await fetch(`${own.origin}/api/qr/4711`)).status;

    expect(await ready()).toBe(200);
    const waiting = Array.from({ length: CONNECTIONS + 10 }, ask);
    await expect.poll(ready, { timeout: 10_000 }).toBe(503);
    isHanging = false;
    await expect.poll(ready, { timeout: 10_000 }).toBe(200);
    expect(await ask()).toBe(200);
    expect(new Set(await Promise.all(waiting))).toEqual(new Set([502]));
    await own.close();
    service.closeAllConnections();
    service.close();
  });
});

describe('slow clients', () => {
  it('hold no connection to a service while they send', async () => {
    const own = await listen(services.origin);
    const slow = Array.from({ length: CONNECTIONS + 10 }, () => {
      const socket = connect(own.port, '127.0.0.1');
      socket.on('error', () => {});
      socket.write(
        'POST /api/qr/preview HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{',
      );
      return socket;
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(services.received).toEqual([]);
    const response = await fetch(`${own.origin}/api/qr/4711`, { signal: AbortSignal.timeout(5000) });
    expect(response.status).toBe(200);
    for (const socket of slow) socket.destroy();
    await own.close();
  });

  it('are cut off when they do not read their answer in time', async () => {
    const service = createServer((_request, response) => response.end('x'.repeat(30_000_000))).listen(0, '127.0.0.1');
    await once(service, 'listening');
    const own = await listen(`http://127.0.0.1:${(service.address() as AddressInfo).port}`, { maxResponseMs: 500 });
    const socket = connect(own.port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write(get('/api/qr/4711'));
    await once(socket, 'data');
    socket.pause();
    await new Promise((resolve) => setTimeout(resolve, 1000));
    let read = 0;
    socket.on('data', (chunk: Buffer) => {
      read += chunk.length;
    });
    socket.resume();
    await once(socket, 'close');
    expect(read).toBeLessThan(30_000_000);
    await own.close();
    service.close();
  });
});

describe('a body', () => {
  it.each([
    ['application/json', '{"a": 1}'],
    ['application/json; charset=utf-8', '{"a": "\xe4"}'],
    ['multipart/form-data; boundary=x', '--x\r\n--x--'],
    ['text/plain', 'plain'],
  ])('of type %s arrives as it was sent', async (type, body) => {
    const response = await app.inject({ method: 'POST', url: '/api/qr', headers: { 'content-type': type }, body });
    expect(response.statusCode).toBe(200);
    expect(services.received).toMatchObject([{ body, headers: { 'content-type': type } }]);
  });

  it('that is empty arrives as none', async () => {
    for (const method of ['POST', 'DELETE'] as const) {
      const response = await app.inject({ method, url: '/api/qr/4711' });
      expect(response.statusCode).toBe(200);
    }
    expect(services.received).toMatchObject([{ body: '' }, { body: '' }]);
  });

  it('longer than a service takes is refused before it is asked', async () => {
    const body = 'x'.repeat(1024 * 1024 + 1);
    const response = await app.inject({
      method: 'POST',
      url: '/api/qr',
      headers: { 'content-type': 'text/plain' },
      body,
    });
    expect(response.statusCode).toBe(413);
    expect(services.received).toEqual([]);
  });
});

/** A server of its own before one service, on a port. */
async function listen(
  origin: string,
  options: { readonly maxResponseMs?: number } = {},
  change?: (headers: IncomingHttpHeaders) => void,
) {
  const own = buildApp({
    services: { auth: [origin], qr: [origin], microsite: [origin], routing: [origin], analytics: [origin] },
    client: { root: import.meta.dirname },
    tunnel: { sentry: undefined, mixpanel: undefined },
    server: { logger: false, handleSignals: false, rateLimit: false },
    ...options,
  });
  own.addHook('onRequest', async ({ raw }) => change?.(raw.headers));
  const address = await own.listen({ port: 0, host: '127.0.0.1' });
  return { origin: address, port: Number(new URL(address).port), close: () => own.close() };
}

const ODD_VALUES = ['1', '', 'trailers, a\xe9\xff', ',,;="'];

/** Names of the IANA registry and of common practice that a client, a proxy or a server may act on. */
const HEADER_NAMES = [
  ...['Accept', 'Accept-Charset', 'Accept-Encoding', 'Accept-Language', 'Accept-Ranges', 'Age', 'Allow', 'Alt-Svc'],
  ...['Alt-Used', 'Authorization', 'Cache-Control', 'Connection', 'Content-Disposition', 'Content-Encoding'],
  ...['Content-Language', 'Content-Length', 'Content-Location', 'Content-Range', 'Content-Type', 'Cookie', 'Date'],
  ...['Digest', 'Early-Data', 'ETag', 'Expect', 'Expires', 'Forwarded', 'From', 'Host', 'HTTP2-Settings', 'If-Match'],
  ...['If-Modified-Since', 'If-None-Match', 'If-Range', 'If-Unmodified-Since', 'Keep-Alive', 'Last-Modified', 'Link'],
  ...['Location', 'Max-Forwards', 'Origin', 'Pragma', 'Prefer', 'Priority', 'Proxy-Authenticate'],
  ...['Proxy-Authorization', 'Proxy-Connection', 'Range', 'Referer', 'Retry-After', 'Sec-WebSocket-Key', 'Server'],
  ...['Set-Cookie', 'TE', 'Trailer', 'Transfer-Encoding', 'Upgrade', 'Upgrade-Insecure-Requests', 'User-Agent', 'Vary'],
  ...['Via', 'WWW-Authenticate', 'X-Forwarded-For', 'X-Forwarded-Host', 'X-Forwarded-Proto', 'X-HTTP-Method-Override'],
  ...['__proto__', 'constructor', 'toString'],
];
