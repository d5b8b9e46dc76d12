import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { lunch, observe, startApp, startQrService } from './start-app.ts';

const observed = await observe();
const { inbox, settle } = observed;
afterAll(() => observed.stop());
beforeEach(async () => {
  await settle();
  inbox.clear();
});

const asPage = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };
const failures = async () => {
  await settle();
  return inbox.events().map(({ event, properties }) => [event, properties['reason'], properties['qr_id']]);
};

/** Expects the page, by its status, with headers that keep it out of caches and search engines. */
function expectPage(response: Awaited<ReturnType<ReturnType<typeof startApp>['app']['inject']>>, status: number): void {
  expect(response.statusCode).toBe(status);
  expect(response.headers['content-type']).toBe('text/html; charset=utf-8');
  expect(response.headers['cache-control']).toBe('no-store');
  expect(response.headers['x-robots-tag']).toBe('noindex');
  expect(response.headers['x-content-type-options']).toBe('nosniff');
  expect(response.body).toContain('<meta name="robots" content="noindex">');
  expect(response.body).toMatch(/<title>[^<]+<\/title>[\s\S]*<main>\s*<h1>[^<]+<\/h1>\s*<p>[^<]+<\/p>/);
  expect(response.body).not.toMatch(/<script|<img|<link|src=|@import|url\(/);
  const style = /<style>([\s\S]*)<\/style>/.exec(response.body)?.[1] ?? '';
  expect(style).toContain('prefers-color-scheme: dark');
  const hash = createHash('sha256').update(style).digest('base64');
  expect(response.headers['content-security-policy']).toContain(`style-src 'sha256-${hash}'`);
}

describe('a scan that leads nowhere', () => {
  it.each([
    ['/scan/nope', 404],
    ['/scan/AAAA%20AAAAAA', 404],
    ['/scan/..%2F..%2Fadmin', 404],
    ['/scan/%00%00%00%00%00%00%00%00', 404],
    ['/scan/AAAAAAAAAA%3Fx', 404],
    ['/scan/%E0%A4%A', 400],
    ['/scan/%', 400],
    [`/scan/${lunch.id}%ff`, 400],
    ['/scan', 404],
    ['/scan/', 404],
    [`/scan/${lunch.id}/more`, 404],
    [`/scan//${lunch.id}`, 404],
  ])('of the address %s is answered with the page, asks no other service and is counted', expectMalformed);

  it.each([65, 101, 8000])('of an id of %i characters is too', (length) =>
    expectMalformed(`/scan/${'x'.repeat(length)}`, 404),
  );

  async function expectMalformed(url: string, status: number): Promise<void> {
    const qrService = await startQrService();
    const { app } = startApp(qrService.url);
    for (const headers of [asPage, {}, { accept: '*/*' }]) expectPage(await app.inject({ url, headers }), status);
    expect(qrService.asked).toEqual([]);
    expect(await failures()).toEqual(Array(3).fill(['qr_scan_failed', 'malformed', undefined]));
    expect(inbox.errors()).toEqual([]);
  }

  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const)('by %s says which methods work', async (method) => {
    const { app } = startApp((await startQrService()).url);
    const headers = { ...asPage, 'content-type': 'application/json' };
    const response = await app.inject({ method, url: `/scan/${lunch.id}`, headers, payload: '{' });
    expectPage(response, 405);
    expect(response.headers.allow).toBe('GET, HEAD');
    expect(await failures()).toEqual([['qr_scan_failed', 'wrong_method', undefined]]);
  });

  it('over the rate limit is answered with the page, and counts once a minute for each visitor', async () => {
    const { app } = startApp((await startQrService()).url, { rateLimit: { max: 2, windowMs: 60_000 } });
    const scan = (visitor: number) =>
      app.inject({ url: `/scan/${lunch.id}`, headers: { ...asPage, 'x-forwarded-for': `203.0.113.${visitor}` } });
    for (const visitor of [1, 1, 2, 2]) expect((await scan(visitor)).statusCode).toBe(302);
    for (const visitor of [1, 1, 1, 2]) {
      const response = await scan(visitor);
      expectPage(response, 429);
      expect(Number(response.headers['retry-after'])).toBeGreaterThan(0);
      expect(response.body).toContain('Try again');
    }
    expect((await failures()).filter(([event]) => event === 'qr_scan_failed')).toEqual(
      Array(2).fill(['qr_scan_failed', 'rate_limited', undefined]),
    );
  });

  it('while the service is overloaded is answered with the page, and is counted', async () => {
    const { app } = startApp((await startQrService()).url, { maxEventLoopDelayMs: 1 });
    const scan = () => app.inject({ url: `/scan/${lunch.id}`, headers: asPage });
    async function blockAndScan(): Promise<number> {
      const end = performance.now() + 30;
      while (performance.now() < end);
      return (await scan()).statusCode;
    }
    // The delay is looked at once a second.
    await expect.poll(blockAndScan, { interval: 1, timeout: 20_000 }).toBe(503);
    const response = await scan();
    expectPage(response, 503);
    expect(response.headers['retry-after']).toBe('5');
    expect((await failures()).filter(([event]) => event === 'qr_scan_failed')).toEqual([
      ['qr_scan_failed', 'overloaded', undefined],
    ]);
  });

  it('because of an error of ours shows the id of the error, and no more of it', async () => {
    const { app } = startApp((await startQrService()).url);
    app.get('/scan/:qrId/fail', async () => {
      throw new Error('secret detail');
    });
    const response = await app.inject({ url: `/scan/${lunch.id}/fail`, headers: asPage });
    expectPage(response, 500);
    expect(response.body).not.toContain('secret detail');
    expect(await failures()).toEqual([['qr_scan_failed', 'server_error', undefined]]);
    expect(response.body).toContain(String(inbox.errors()[0]?.event['event_id']));
  });

  it('while qr-service is down shows the id of the error', async () => {
    const { app } = startApp('http://127.0.0.1:1');
    const response = await app.inject({ url: `/scan/${lunch.id}`, headers: asPage });
    expectPage(response, 503);
    expect(await failures()).toEqual([['qr_scan_failed', 'unavailable', lunch.id]]);
    expect(response.body).toContain(String(inbox.errors()[0]?.event['event_id']));
  });

  it.each([
    ['application/json', 'application/json; charset=utf-8'],
    ['application/json, text/plain, */*', 'application/json; charset=utf-8'],
    ['application/problem+json', 'application/json; charset=utf-8'],
    ['text/html;q=0.5, application/json', 'application/json; charset=utf-8'],
    ['application/json;q=0.5, text/html', 'text/html; charset=utf-8'],
    ['text/html, application/json', 'text/html; charset=utf-8'],
    ['application/json;q=0', 'text/html; charset=utf-8'],
    ['image/*', 'text/html; charset=utf-8'],
  ])('for a client that accepts "%s" is answered as %s, with the same status', async (accept, type) => {
    const disabled = await startQrService(async () => ({ ...lunch, status: 'disabled' }));
    const { app } = startApp(disabled.url);
    for (const [url, status] of [
      [`/scan/${lunch.id}`, 404],
      ['/scan/nope', 404],
      ['/scan/%E0%A4%A', 400],
    ] as const) {
      const response = await app.inject({ url, headers: { accept } });
      expect([response.statusCode, response.headers['content-type']]).toEqual([status, type]);
      if (type.startsWith('application/json')) {
        expect(response.json()).toEqual({ error: expect.any(String), message: expect.stringMatching(/^\S.*\.$/) });
      }
    }
  });

  it.each(['HEAD', 'prefetch'])('is not counted for %s', async (kind) => {
    const { app } = startApp((await startQrService()).url);
    const method = kind === 'HEAD' ? 'HEAD' : 'GET';
    const headers = kind === 'HEAD' ? asPage : { ...asPage, 'sec-purpose': 'prefetch' };
    for (const url of ['/scan/nope', '/scan/%E0%A4%A', '/scan/UNKNOWN-code', '/scan/a/b']) {
      const response = await app.inject({ method, url, headers });
      expect(response.statusCode).toBeGreaterThanOrEqual(400);
    }
    expect(await failures()).toEqual([]);
  });

  it.each(['jane.doe@example.com', 'jane_doe_1980-05-17', '4915112345678', 'x'.repeat(64)])(
    'of the address %s tells nothing of what a stranger wrote there',
    async (text) => {
      const { app } = startApp((await startQrService()).url);
      await app.inject({ url: `/scan/${encodeURIComponent(text)}`, headers: asPage });
      await settle();
      expect(inbox.events()).toHaveLength(1);
      expect(inbox.events()[0]?.properties).not.toHaveProperty('qr_id');
      expect(JSON.stringify(inbox.events())).not.toContain(text);
    },
  );
});

describe('a badly encoded address', () => {
  it('is limited like any other', async () => {
    const { app } = startApp((await startQrService()).url, { rateLimit: { max: 1, windowMs: 60_000 } });
    const statuses = [];
    for (let times = 0; times < 3; times++) statuses.push((await app.inject('/scan/%E0%A4%A')).statusCode);
    expect(statuses).toEqual([400, 429, 429]);
  });

  it('that no person opens is answered in JSON', async () => {
    const { app } = startApp((await startQrService()).url);
    const response = await app.inject({ url: '/elsewhere/%E0%A4%A', headers: asPage });
    expect(response.statusCode).toBe(400);
    expect(response.json()).toEqual({ error: 'Bad Request', message: expect.any(String) });
    expect(await failures()).toEqual([]);
  });

  it('is answered over a socket, and the connection serves the next request', async () => {
    const { app } = startApp((await startQrService()).url);
    await app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = app.server.address() as { port: number };
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.write('GET /scan/%E0%A4%A HTTP/1.1\r\nhost: x\r\n\r\n');
    socket.write(`GET /scan/${lunch.id} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
    await new Promise((resolve) => socket.once('close', resolve));
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 400', 'HTTP/1.1 302']);
  });
});

it('a slash at the end of a scan address changes nothing', async () => {
  const { app } = startApp((await startQrService()).url);
  for (const url of [`/scan/${lunch.id}/`, `/scan/${lunch.id}/?utm_source=flyer`]) {
    const response = await app.inject({ url, headers: asPage });
    expect(response.statusCode).toBe(302);
    expect(response.headers.location).toContain(lunch.destinationUrl);
  }
  expect(await failures()).toEqual(Array(2).fill(['qr_scanned', undefined, lunch.id]));
});

describe('a scan', () => {
  it.each([
    ['a user agent that is a text of its own', { 'user-agent': 'jane.doe@example.com/1.0 (x)' }, { browser: 'other' }],
    ['a user agent with an unknown family', { 'user-agent': 'Mozilla/5.0 JaneDoe/1.0' }, { browser: 'other' }],
    ['a country that does not exist', { 'cf-ipcountry': 'QQ' }, { country: 'unknown' }],
    ['a country that is a text', { 'cf-ipcountry': 'jane.doe@example.com' }, { country: 'unknown' }],
    ['a country in small letters', { 'cf-ipcountry': 'de' }, { country: 'unknown' }],
  ])('with %s tells a value of a closed list', async (_what, headers, expected) => {
    const { app } = startApp((await startQrService()).url);
    const url = `/scan/${lunch.id}?utm_source=jane.doe%40example.com&name=Jane`;
    await app.inject({ url, headers: { referer: 'https://x.example/jane.doe@example.com', ...headers } });
    await settle();
    expect(inbox.events()).toMatchObject([{ event: 'qr_scanned', properties: expected }]);
    expect(JSON.stringify(inbox.events())).not.toMatch(/jane|QQ/i);
  });

  it('of a code of a microsite passes campaign parameters on to the page, which keeps its own', async () => {
    const destinationUrl = `https://pages.example/m/cafe?qr=${lunch.id}`;
    const qrService = await startQrService(async () => ({ ...lunch, status: 'active', destinationUrl }));
    const { app } = startApp(qrService.url);
    const response = await app.inject(`/scan/${lunch.id}?utm_source=flyer&qr=BBBBBBBBBBBB`);
    expect(response.headers.location).toBe(`${destinationUrl}&utm_source=flyer`);
  });
});
