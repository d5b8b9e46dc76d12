import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closeObservability, flushObservability, initializeMixpanel } from '@qr/common';
import { createDescribeVisitor, createFailedScans } from '@qr/common/visitor';
import { type Inbox, startInbox } from '@qr/inbox';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { buildApp } from '../server/app.ts';

let inbox: Inbox;
let folder: string;
const trackFailedScan = createFailedScans(createDescribeVisitor({ countryOf: () => 'unknown' }));

beforeAll(async () => {
  inbox = await startInbox();
  vi.stubEnv('MIXPANEL_API_HOST', inbox.url);
  initializeMixpanel('test-token');
  folder = await mkdtemp(join(tmpdir(), 'web-client-'));
  await writeFile(join(folder, 'index.html'), '<title>app</title>');
});
afterAll(async () => {
  await closeObservability();
  await inbox.close();
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  await flushObservability();
  inbox.clear();
});

const asPage = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };
const NOWHERE = 'http://127.0.0.1:1';

/** The public server before services at `origin`, for one test. */
function start(origin = NOWHERE, server: Parameters<typeof buildApp>[0]['server'] = {}) {
  const all = [origin];
  const app = buildApp({
    services: { auth: all, qr: all, microsite: all, routing: all, analytics: all },
    client: { root: folder },
    tunnel: { sentry: undefined, mixpanel: undefined },
    trackFailedScan,
    server: { logger: false, handleSignals: false, maxEventLoopDelayMs: 60_000, ...server },
  });
  onTestFinished(() => app.close());
  return app;
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const failures = async () => {
  await flushObservability();
  return inbox.events().map(({ event, properties }) => [event, properties['reason']]);
};

function expectPage(response: Awaited<ReturnType<ReturnType<typeof start>['inject']>>, status: number): void {
  expect([response.statusCode, response.headers['content-type']]).toEqual([status, 'text/html; charset=utf-8']);
  expect(response.headers['cache-control']).toBe('no-store');
  expect(response.headers['x-robots-tag']).toBe('noindex');
  expect(response.body).toMatch(
    /<meta name="robots" content="noindex">[\s\S]*<main>\s*<h1>[^<]+<\/h1>\s*<p>[^<]+<\/p>/,
  );
  const style = /<style>([\s\S]*)<\/style>/.exec(response.body)?.[1] ?? '';
  const hash = createHash('sha256').update(style).digest('base64');
  expect(response.headers['content-security-policy']).toContain(`style-src 'sha256-${hash}'`);
}

describe('an answer of the public server itself', () => {
  it.each([
    ['/scan/%E0%A4%A', 400, 'malformed'],
    ['/scan/..%2f..%2fadmin', 400, 'malformed'],
    ['/scan/..x', 400, 'malformed'],
    ['/scan/LUNCH-menu_1', 502, 'unavailable'],
  ])('to %s is the page with %i, counted as %s', async (url, status, reason) => {
    const app = start();
    expectPage(await app.inject({ url, headers: asPage }), status);
    const json = await app.inject({ url, headers: { accept: 'application/json' } });
    expect([json.statusCode, json.json()]).toMatchObject([status, { message: expect.any(String) }]);
    expect(json.body).not.toMatch(/127\.0\.0\.1|ECONN/);
    expect(await failures()).toEqual(Array(2).fill(['qr_scan_failed', reason]));
  });

  it('to a scan over the rate limit is the page, counted once a minute', async () => {
    const app = start(NOWHERE, { rateLimit: { max: 1, windowMs: 60_000 } });
    await app.inject({ url: '/', headers: asPage });
    for (const url of ['/scan/LUNCH-menu_1', '/scan/nope']) {
      const response = await app.inject({ url, headers: asPage });
      expectPage(response, 429);
      expect(Number(response.headers['retry-after'])).toBeGreaterThan(0);
    }
    expect(await failures()).toEqual([['qr_scan_failed', 'rate_limited']]);
  });

  it('to a scan whose service hangs up is the page', async () => {
    const origin = await listen(createServer((request) => request.socket.destroy()));
    expectPage(await start(origin).inject({ url: '/scan/LUNCH-menu_1', headers: asPage }), 502);
    expect(await failures()).toEqual([['qr_scan_failed', 'unavailable']]);
  });

  it.each(['/m/%E0%A4%A', '/pricing/%E0%A4%A'])('to people at %s is the page, which is no scan', async (url) => {
    expectPage(await start().inject({ url, headers: asPage }), 400);
    expect(await failures()).toEqual([]);
  });

  it('to a page of the app over the rate limit is the page', async () => {
    const app = start(NOWHERE, { rateLimit: { max: 1, windowMs: 60_000 } });
    await app.inject({ url: '/', headers: asPage });
    for (const url of ['/', '/login', '/m/cafe', '/qr/4711'])
      expectPage(await app.inject({ url, headers: asPage }), 429);
    expect(await failures()).toEqual([]);
  });

  it.each(['/api/qr', '/api/qr/%E0%A4%A', '/api/auth/me'])('to a program at %s is JSON', async (url) => {
    const response = await start().inject({ url, headers: asPage });
    expect(response.statusCode).toBeGreaterThanOrEqual(400);
    expect(response.json()).toMatchObject({ error: expect.any(String), message: expect.any(String) });
    expect(await failures()).toEqual([]);
  });

  it('to a scan that is asked for by HEAD or in advance is not counted', async () => {
    const app = start();
    expect((await app.inject({ method: 'HEAD', url: '/scan/LUNCH-menu_1', headers: asPage })).statusCode).toBe(502);
    const headers = { ...asPage, 'sec-purpose': 'prefetch' };
    expect((await app.inject({ url: '/scan/LUNCH-menu_1', headers })).statusCode).toBe(502);
    expect(await failures()).toEqual([]);
  });

  it('has security headers and leaves the connection open', async () => {
    const app = start();
    await app.listen({ port: 0, host: '127.0.0.1' });
    const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.write('GET /scan/%E0%A4%A HTTP/1.1\r\nhost: x\r\n\r\n');
    socket.write('GET /health/live HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
    await new Promise((resolve) => socket.once('close', resolve));
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 400', 'HTTP/1.1 200']);
    expect(text).toContain('x-content-type-options: nosniff');
  });
});

describe('an answer of a service', () => {
  it('to a scan is passed on as it is, page and headers, and is not counted again', async () => {
    const origin = await listen(
      createServer((_request, response) => {
        response.writeHead(404, { 'content-type': 'text/html; charset=utf-8', 'x-robots-tag': 'noindex' });
        response.end('<title>of the service</title>');
      }),
    );
    const response = await start(origin).inject({ url: '/scan/LUNCH-menu_1/', headers: asPage });
    expect([response.statusCode, response.body]).toEqual([404, '<title>of the service</title>']);
    expect(response.headers['x-robots-tag']).toBe('noindex');
    expect(await failures()).toEqual([]);
  });
});
