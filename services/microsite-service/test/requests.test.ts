import { postgresAvailable } from '@qr/database/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { observe, type Reply, serviceToken, startApp } from './start-app.ts';

// Both kinds are tried in microsites.test.ts; on a server a database is there at once.
const kind = (await postgresAvailable()) ? 'postgres' : 'embedded';
const observed = await observe();
const { inbox, settle } = observed;
afterAll(() => observed.stop());
let running: Awaited<ReturnType<typeof startApp>>;
beforeAll(async () => {
  running = await startApp(kind);
});
afterAll(() => running.stop());

const link = { label: 'Menu', url: 'https://example.com/' };
const cafe = { title: 'Cafe', links: [link] };
const cursorOf = (text: string) => Buffer.from(text).toString('base64url');

/** Expects a 400 for one field, by whichever route it comes, and nothing changed or told. */
async function expectRefused(field: string, wrong: object): Promise<void> {
  const owner = await running.logIn();
  const { id } = (await owner.create(cafe)).json<Reply>();
  const before = (await owner.get('/microsites')).json();
  await settle();
  inbox.clear();
  for (const response of [
    await owner.create({ ...cafe, ...wrong }),
    await owner.ask('PATCH', `/microsites/${id}`, wrong),
  ]) {
    expect(response.statusCode).toBe(400);
    expect(response.json()).toMatchObject({ error: 'Bad Request', field, message: expect.any(String) });
  }
  expect((await owner.get('/microsites')).json()).toEqual(before);
  await settle();
  expect(inbox.events()).toEqual([]);
  expect(inbox.errors()).toEqual([]);
}

describe('the address of a link', () => {
  it.each([
    'javascript:alert(1)',
    'JavaScript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:msgbox(1)',
    'file:///etc/passwd',
    'mailto:ada@example.com',
    '//evil.example',
    '/relative',
    'example.com',
    'https:example.com',
    'https://',
    'https://user:password@example.com/',
    'https://user@example.com/',
    'https://example.com/\r\nSet-Cookie: a=b',
    'java\nscript:alert(1)',
    'https://exa\tmple.com/',
    ' https://example.com/',
    'https://example.com/a b',
    'https://example.com/\u0000',
    'https://[::1',
    'https://example.com:99999/',
    `https://example.com/${'a'.repeat(2048)}`,
    `https://example.com/${'ä'.repeat(1000)}`,
    '',
  ])('such as %j is refused by its place', async (url) => {
    await expectRefused('links.2.url', { links: [link, link, { label: 'Bad', url }] });
  });

  it.each([
    ['http://example.com', 'http://example.com/'],
    ['HTTPS://EXAMPLE.com/Path?q=1#part', 'https://example.com/Path?q=1#part'],
    ['https://münchen.example/straße', 'https://xn--mnchen-3ya.example/stra%C3%9Fe'],
    ['https://example.com\\@evil.example/', 'https://example.com/@evil.example/'],
    ['https://example.com/"><script>', 'https://example.com/%22%3E%3Cscript%3E'],
    ['https://example.com/\ud800', 'https://example.com/%EF%BF%BD'],
  ])('such as %j is kept in its normal form', async (url, expected) => {
    const response = await (await running.logIn()).create({ ...cafe, links: [{ ...link, url }] });
    expect(response.json()).toMatchObject({ links: [{ url: expected }] });
  });
});

describe('another field', () => {
  it.each([
    ['title', { title: '' }],
    ['title', { title: ' \u00a0 ' }],
    ['title', { title: 'x'.repeat(121) }],
    ['title', { title: 'Lunch\u0000' }],
    ['title', { title: 'Lunch\nDinner' }],
    ['title', { title: 'Half of \ud83d' }],
    ['title', { title: { text: 'Lunch' } }],
    ['description', { description: 'x'.repeat(301) }],
    ['description', { description: 'Line\r\nLine' }],
    ['links', { links: { 0: link } }],
    ['links.0', { links: ['https://example.com/'] }],
    ['links', { links: Array(51).fill(link) }],
    ['links.0.label', { links: [{ url: link.url }] }],
    ['links.0.url', { links: [{ label: 'Menu' }] }],
    ['links.1.label', { links: [link, { ...link, label: '' }] }],
    ['links.1.label', { links: [link, { ...link, label: '   ' }] }],
    ['links.1.label', { links: [link, { ...link, label: 'x'.repeat(81) }] }],
    ['links.1.label', { links: [link, { ...link, label: 'Tab\tulator' }] }],
    ['links.1.label', { links: [link, { ...link, label: 'Half of \udc00' }] }],
    ['links.1.icon', { links: [link, { ...link, icon: 'x' }] }],
    ['ownerId', { ownerId: 'somebody' }],
    ['status', { status: 'published' }],
  ])('is named when %s is wrong in %j', async (field, wrong) => {
    await expectRefused(field, wrong);
  });

  it.each(['ab', 'x'.repeat(51), 'Cafe', '-cafe', 'cafe-', 'ca fe', 'ca/fe', 'café', '../admin', 'cafe\n', '', null])(
    'is named when the slug is %j',
    async (slug) => {
      const response = await (await running.logIn()).create({ ...cafe, slug });
      expect([response.statusCode, response.json().field]).toEqual([400, 'slug']);
    },
  );

  it('is kept at its limit, in characters as people count them', async () => {
    const limits = {
      slug: `${'x-'.repeat(24)}xx`,
      title: '🍕'.repeat(120),
      description: 'ß'.repeat(300),
      links: Array(50).fill({ ...link, label: 'é'.repeat(80) }),
    };
    const response = await (await running.logIn()).create(limits);
    expect(response.statusCode).toBe(201);
    expect(response.json()).toMatchObject(limits);
  });

  it('is named when a change is of the slug, which is printed, and a change of nothing is refused', async () => {
    const owner = await running.logIn();
    const { id } = (await owner.create(cafe)).json<Reply>();
    const renamed = await owner.ask('PATCH', `/microsites/${id}`, { slug: 'another-one' });
    expect([renamed.statusCode, renamed.json().field]).toEqual([400, 'slug']);
    expect((await owner.ask('PATCH', `/microsites/${id}`, {})).statusCode).toBe(400);
  });

  it.each([
    ['cursor', 'cursor=garbled'],
    ['cursor', 'cursor='],
    ['cursor', `cursor=${'A'.repeat(101)}`],
    ['cursor', `cursor=${cursorOf('yesterday AAAAAAAAAAAA')}`],
    ['cursor', `cursor=${cursorOf(`${'9'.repeat(15)} AAAAAAAAAAAA`)}`],
    ['cursor', `cursor=${cursorOf('1767323045678 AAAAAAAAAAA\u0000')}`],
    ['cursor', 'cursor=a&cursor=b'],
    ['limit', 'limit=0'],
    ['limit', 'limit=101'],
    ['limit', 'limit=1.5'],
    ['limit', 'limit=all'],
  ])('is named when %s of the list is wrong in ?%s', async (field, query) => {
    const response = await (await running.logIn()).get(`/microsites?${query}`);
    expect([response.statusCode, response.json().field]).toEqual([400, field]);
  });

  it('of the list may be a cursor of the end of time, behind which everything stands', async () => {
    const owner = await running.logIn();
    await owner.create(cafe);
    const response = await owner.get(`/microsites?cursor=${cursorOf(`${'9'.repeat(14)} AAAAAAAAAAAA`)}`);
    expect(response.json()).toMatchObject({ items: [{ title: 'Cafe' }] });
  });
});

describe('a route of a person', () => {
  it.each([
    ['POST', '/microsites'],
    ['GET', '/microsites'],
    ['GET', '/microsites?limit=0'],
    ['GET', '/microsites/AAAAAAAAAAAA'],
    ['GET', '/microsites/malformed'],
    ['PATCH', '/microsites/AAAAAAAAAAAA'],
    ['POST', '/microsites/AAAAAAAAAAAA/publish'],
    ['POST', '/microsites/AAAAAAAAAAAA/unpublish'],
    ['DELETE', '/microsites/AAAAAAAAAAAA'],
  ] as const)('answers 401 without a session, before it looks at the request: %s %s', async (method, url) => {
    const response = await running.app.inject({ method, url, headers: { authorization: `Bearer ${serviceToken}` } });
    expect(response.statusCode).toBe(401);
  });

  it.each(['/microsites/%00', '/microsites/short', '/microsites/AAAAAAAAAAAAA'])(
    'refuses a malformed id and names it: %s',
    async (url) => {
      const response = await (await running.logIn()).get(url);
      expect([response.statusCode, response.json().field]).toEqual([400, 'id']);
    },
  );

  it('is not open to a page of another origin', async () => {
    const { cookies } = await running.app.inject({ method: 'POST', url: '/log-in/user-1' });
    const response = await running.app.inject({
      method: 'POST',
      url: '/microsites',
      headers: { origin: 'https://evil.example' },
      cookies: Object.fromEntries(cookies.map(({ name, value }) => [name, value])),
      payload: cafe,
    });
    expect(response.statusCode).toBe(403);
  });
});

describe('the route of services', () => {
  it.each([undefined, '', 'Bearer', `Bearer ${serviceToken}x`, `Basic ${serviceToken}`, serviceToken])(
    'answers 401 to the authorization "%s"',
    async (authorization) => {
      const headers = authorization === undefined ? {} : { authorization };
      const response = await running.app.inject({ url: '/internal/microsites/AAAAAAAAAAAA', headers });
      expect(response.statusCode).toBe(401);
    },
  );

  it('is not opened by a session', async () => {
    const response = await (await running.logIn()).get('/internal/microsites/AAAAAAAAAAAA');
    expect(response.statusCode).toBe(401);
  });
});
