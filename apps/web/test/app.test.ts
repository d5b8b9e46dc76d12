import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildApp } from '../server/app.ts';
import { type FakeServices, startFakeServices } from './support/fake-services.ts';

let services: FakeServices;
const received = () => services.received;
beforeEach(() => services.received.splice(0));

let app: ReturnType<typeof buildApp>;
let folder: string;
let dsn: string;

beforeAll(async () => {
  services = await startFakeServices(({ url }) => ({
    headers: { 'set-cookie': 'session=new; HttpOnly' },
    body: { path: url },
  }));
  const { origin } = services;
  dsn = `${origin.replace('//', '//abcdef0123456789abcdef0123456789@')}/42`;
  folder = await mkdtemp(join(tmpdir(), 'web-client-'));
  await mkdir(join(folder, 'assets'));
  await writeFile(join(folder, 'index.html'), '<title>app</title>');
  await writeFile(join(folder, 'assets/index-abc123.js'), 'console.log(1)');
  await writeFile(join(folder, 'assets/index-abc123.js.map'), '{"sources":["secret"]}');
  app = buildApp({
    services: { auth: [origin], qr: [origin], microsite: [origin], routing: [origin], analytics: [origin] },
    client: { root: folder },
    tunnel: { sentry: { dsn }, mixpanel: { token: 'token1', apiHost: origin } },
    serviceToken: 'a-service-token-of-32-characters',
    server: { logger: false, handleSignals: false },
  });
  await app.ready();
});
afterAll(async () => {
  await app.close();
  await services.close();
  await rm(folder, { recursive: true, force: true });
});

const get = (url: string, headers: Record<string, string> = {}) => app.inject({ url, headers });
const asPage = { accept: 'text/html,application/xhtml+xml' };

describe('the client', () => {
  it.each(['/', '/login', '/qr/4711'])('is shown under %s, asked for anew each time', async (url) => {
    const response = await get(url, asPage);
    expect([response.statusCode, response.body]).toEqual([200, '<title>app</title>']);
    expect(response.headers['cache-control']).toBe('no-cache');
  });

  it('has hashed files that may be kept for ever', async () => {
    const response = await get('/assets/index-abc123.js');
    expect([response.statusCode, response.body]).toEqual([200, 'console.log(1)']);
    expect(response.headers['cache-control']).toBe('public, max-age=31536000, immutable');
  });

  it.each(['/', '/assets/index-abc123.js', '/login'])(
    'allows nothing inline and no foreign origin under %s',
    async (url) => {
      const policy = String((await get(url, asPage)).headers['content-security-policy']);
      expect(policy).toContain("connect-src 'self'");
      expect(policy).toContain("script-src 'self'");
      expect(policy).not.toMatch(/unsafe|https?:|\*/);
    },
  );

  it('tells no other site where a visitor comes from', async () => {
    expect((await get('/qr/4711', asPage)).headers['referrer-policy']).toBe('same-origin');
  });

  it.each([
    ['a source map', '/assets/index-abc123.js.map', asPage],
    ['a file that is not there', '/assets/old-def456.js', asPage],
    ['a path that is not asked for as a page', '/login', { accept: 'application/json' }],
    ['an unknown path of the API', '/api/unknown', asPage],
    ['a step out of the folder', '/assets/..%2f..%2fetc/passwd', asPage],
  ])('is not the answer to %s', async (_, url, headers) => {
    const response = await get(url, headers);
    expect(response.statusCode).toBeGreaterThanOrEqual(400);
    expect(response.body).not.toMatch(/<title>|secret|root:/);
  });
});

it('forgets a person for whoever shows the token of the services, and for nobody else', async () => {
  const forget = (token: string) =>
    app.inject({ method: 'DELETE', url: '/internal/users/u1', headers: { authorization: `Bearer ${token}` } });
  expect((await forget('a-service-token-of-32-characters')).statusCode).toBe(204);
  expect((await forget('another-token-of-32-characters..')).statusCode).toBe(401);
});

describe('the API', () => {
  it.each([
    ['/api/auth/me', '/auth/me'],
    ['/api/qr', '/qr'],
    ['/api/qr/4711/image.svg?size=2', '/qr/4711/image.svg?size=2'],
    ['/api/microsites/4711/publish', '/microsites/4711/publish'],
    ['/api/analytics/qrs/4711?interval=week', '/analytics/qrs/4711?interval=week'],
    ['/scan/4711', '/scan/4711'],
  ])('%s is %s of its service', async (url, path) => {
    expect((await get(url)).json()).toEqual({ path });
  });

  it('passes bodies, cookies and trace headers on, and cookies back', async () => {
    const headers = {
      cookie: 'session=old',
      'sentry-trace': `${'a'.repeat(32)}-${'b'.repeat(16)}-1`,
      baggage: 'sentry-x=1',
    };
    const response = await app.inject({ method: 'POST', url: '/api/auth/login', payload: { email: 'a' }, headers });
    expect(received()[0]).toMatchObject({ method: 'POST', body: '{"email":"a"}', headers });
    expect(response.headers['set-cookie']).toBe('session=new; HttpOnly');
  });

  it('tells the services who the client is by what it knows itself, not by what the client claims', async () => {
    await get('/scan/4711', { 'x-forwarded-for': '203.0.113.7', host: 'app.example' });
    expect(received()[0]?.headers).toMatchObject({
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-host': 'app.example',
      'x-forwarded-proto': 'http',
    });
  });

  it('says that a service cannot be reached, and keeps to itself where it is', async () => {
    const away = 'http://127.0.0.1:1';
    const alone = buildApp({
      services: { auth: [away], qr: [away], microsite: [away], routing: [away], analytics: [away] },
      client: { root: folder },
      tunnel: { sentry: undefined, mixpanel: undefined },
      server: { logger: false, handleSignals: false },
    });
    const response = await alone.inject('/api/qr');
    await alone.close();
    expect(response.statusCode).toBe(502);
    expect(response.body).not.toMatch(/127\.0\.0\.1|ECONN/);
  });

  it.each([
    '/internal/qrs/4711',
    '/api/internal/qrs/4711',
    '/api/qr/../internal/qrs/4711',
    '/api/qr/%2e%2e/internal/qrs/4711',
    '/api/qr/..%2finternal/qrs/4711',
    '/api/qr/..\\internal',
    '/scan/../debug/error',
    '/scan/..x',
    '/scan/x../y',
    '/debug/error',
    '/api/qrs',
    '/api/analytics/../import',
    '/m/cafe-nord',
    '/import',
  ])('has no way to %s', async (url) => {
    const { statusCode } = await get(url);
    expect(statusCode).toBeGreaterThanOrEqual(400);
    expect(statusCode).toBeLessThan(500);
    expect(received()).toEqual([]);
  });
});

describe('the tunnel', () => {
  const page = { host: 'app.example', origin: 'https://app.example', cookie: 'session=secret' };

  it('takes envelopes and events of this platform and passes no cookie on', async () => {
    const envelope = `${JSON.stringify({ dsn })}\n{"type":"event"}\n{}\n`;
    const headers = { ...page, 'content-type': 'text/plain' };
    const sent = await app.inject({ method: 'POST', url: '/o/r', payload: envelope, headers });
    const payload = `data=${encodeURIComponent('[{"event":"page_viewed","properties":{"token":"token1"}}]')}`;
    const form = { ...page, 'content-type': 'application/x-www-form-urlencoded' };
    const tracked = await app.inject({ method: 'POST', url: '/o/t/?verbose=1', payload, headers: form });
    expect([sent.statusCode, tracked.statusCode]).toEqual([200, 200]);
    expect(received().map(({ url }) => url.split('?')[0])).toEqual(['/api/42/envelope/', '/track/']);
    expect(received().map(({ headers: { cookie } }) => cookie)).toEqual([undefined, undefined]);
  });
});

it('is alive', async () => {
  expect((await get('/health/live')).statusCode).toBe(200);
});
