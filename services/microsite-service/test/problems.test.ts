import { postgresAvailable } from '@qr/database/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { observe, startApp } from './start-app.ts';

const kind = (await postgresAvailable()) ? 'postgres' : 'embedded';
const observed = await observe();
const { inbox, settle } = observed;
afterAll(() => observed.stop());
let running: Awaited<ReturnType<typeof startApp>>;
beforeAll(async () => {
  running = await startApp(kind);
});
afterAll(() => running.stop());
beforeEach(async () => {
  await settle();
  inbox.clear();
});

const cafe = { title: 'Corner Cafe', links: [{ label: 'Menu', url: 'https://example.com/' }] };
const asPage = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
type Response = Awaited<ReturnType<(typeof running)['view']>>;

function expectPage(response: Response, status: number): void {
  expect([response.statusCode, response.headers['content-type']]).toEqual([status, 'text/html; charset=utf-8']);
  expect(response.headers['cache-control']).toBe('no-store');
  expect(response.headers['x-robots-tag']).toBe('noindex');
  expect(response.headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-/);
  expect(response.body).toMatch(
    /<meta name="robots" content="noindex">[\s\S]*<main>\s*<h1>[^<]+<\/h1>\s*<p>[^<]+<\/p>/,
  );
}

describe('an address without a microsite', () => {
  it.each([
    ['/m/nobody-has-this', 404],
    ['/m/UPPER', 404],
    [`/m/${'x'.repeat(101)}`, 404],
    [`/m/${'x'.repeat(8000)}`, 404],
    ['/m/%E0%A4%A', 400],
    ['/m', 404],
    ['/m/', 404],
    ['/m/cafe/more', 404],
  ])('is answered with the page and counted as no view: %s', async (url, status) => {
    for (const headers of [asPage, {}]) expectPage(await running.app.inject({ url, headers }), status);
    await settle();
    expect(inbox.events()).toEqual([]);
    expect(inbox.errors()).toEqual([]);
  });

  it.each(['/m/nobody-has-this', '/m/UPPER', '/m/%E0%A4%A', '/m/a/b'])(
    'is answered in JSON to a client that asks for JSON: %s',
    async (url) => {
      const response = await running.app.inject({ url, headers: { accept: 'application/json' } });
      expect(response.statusCode).toBe(url.includes('%') ? 400 : 404);
      expect(response.json()).toEqual({ error: expect.any(String), message: expect.stringMatching(/\.$/) });
    },
  );

  it('is answered with the page over the rate limit, with other methods, and while the database is down', async () => {
    const limited = await startApp(kind, { rateLimit: { max: 1, windowMs: 60_000 } });
    await limited.view('nobody-has-this');
    expectPage(await limited.view('nobody-has-this', asPage), 429);
    await limited.stop();
    for (const method of ['POST', 'PUT', 'DELETE'] as const) {
      const response = await running.app.inject({ method, url: '/m/cafe', headers: asPage });
      expectPage(response, 405);
      expect(response.headers.allow).toBe('GET, HEAD');
    }
    running.pageReads.beforeAnswer = async () => {
      throw new Error('connection refused');
    };
    const down = await running.view('never-asked-for', asPage);
    running.pageReads.beforeAnswer = async () => {};
    expectPage(down, 503);
    await settle();
    expect(down.body).toContain(String(inbox.errors()[0]?.event['event_id']));
  });
});

it('a slash at the end of the address of a microsite changes nothing', async () => {
  const { slug } = await (await running.logIn()).published(cafe);
  const response = await running.view(`${slug}/?utm_source=flyer`);
  expect(response.statusCode).toBe(200);
  expect(response.body).toContain('Corner Cafe');
  expect(response.headers['x-robots-tag']).toBeUndefined();
  await settle();
  expect(inbox.events().filter(({ event }) => event === 'microsite_viewed')).toHaveLength(1);
});

describe('a view', () => {
  const hostile = 'jane.doe@example.com/1.0 (+4915112345678)';

  it('tells nothing of what a stranger writes in its headers and parameters, nor of what the owner wrote', async () => {
    const labels = { label: 'Call jane.doe@example.com', url: 'https://example.com/jane.doe@example.com' };
    const { slug } = await (await running.logIn()).published({
      ...cafe,
      title: 'jane.doe@example.com',
      links: [labels],
    });
    await running.view(`${slug}?qr=jane_doe_1980&utm_source=jane.doe%40example.com`, {
      'user-agent': hostile,
      'cf-ipcountry': 'QQ',
      'accept-language': 'jane.doe@example.com',
      referer: 'https://example.com/jane.doe@example.com',
    });
    await settle();
    expect(inbox.events().filter(({ event }) => event === 'microsite_viewed')).toMatchObject([
      { properties: { browser: 'other', country: 'unknown' } },
    ]);
    expect(JSON.stringify(inbox.events())).not.toMatch(/jane|4915112345678|QQ/i);
  });
});
