import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noise, picture } from './pictures.ts';
import { logIn, observe, scanBaseUrl, serviceToken, startApp } from './start-app.ts';

const observed = await observe();
const { inbox, settle } = observed;
afterAll(() => observed.stop());
let running: Awaited<ReturnType<typeof startApp>>;
beforeAll(async () => {
  running = await startApp('embedded');
});
afterAll(() => running.stop());

const good = { type: 'url', destinationUrl: 'https://example.com/' };
const dataUrl = (type: string, text: string) => `data:${type};base64,${Buffer.from(text).toString('base64')}`;
const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';

/** Expects a 400 for one field, and one event that says no more than that the request was invalid. */
async function expectRefused(field: string, body: object): Promise<void> {
  const owner = await logIn(running.app);
  await settle();
  inbox.clear();
  const response = await owner.generate(body);
  expect(response.statusCode).toBe(400);
  expect(response.json()).toMatchObject({ error: 'Bad Request', field });
  expect((await owner.get('/qr')).json()).toMatchObject({ items: [], total: 0 });
  await settle();
  expect(inbox.events()).toMatchObject([{ event: 'qr_creation_failed', distinctId: owner.userId }]);
  expect(inbox.events()[0]?.properties).toMatchObject({ reason: 'invalid' });
  expect(inbox.errors()).toEqual([]);
}

describe('a picture', () => {
  it.each([
    ['size', 'size=127'],
    ['size', 'size=2049'],
    ['size', 'size=200.5'],
    ['color', 'color=red'],
    ['color', 'color=%23000000'],
    ['color', 'color=00000'],
    ['color', 'color=ffff00'],
    ['color', 'color=777777'],
    ['level', 'level=X'],
  ])('is refused by the name of %s for ?%s', async (field, query) => {
    const owner = await logIn(running.app);
    const { id } = (await owner.generate(good)).json<{ id: string }>();
    for (const format of ['png', 'svg']) {
      const response = await owner.get(`/qr/${id}/image.${format}?${query}`);
      expect(response.statusCode).toBe(400);
      expect(response.json()).toMatchObject({ field });
    }
  });

  it.each(['color=767676', 'color=000', 'size=128&size=300', 'colour=000000'])(
    'is drawn or refused, and never fails, for ?%s',
    async (query) => {
      const owner = await logIn(running.app);
      const { id } = (await owner.generate(good)).json<{ id: string }>();
      const { statusCode } = await owner.get(`/qr/${id}/image.svg?${query}`);
      expect(statusCode).toBe(query === 'color=767676' ? 200 : 400);
    },
  );

  it('with a logo takes no level but H, which it has', async () => {
    const owner = await logIn(running.app);
    const { id } = (await owner.generate({ ...good, logo: await picture('png') })).json<{ id: string }>();
    const weak = await owner.get(`/qr/${id}/image.png?level=M`);
    expect(weak.statusCode).toBe(400);
    expect(weak.json()).toMatchObject({ field: 'level', message: expect.stringContaining('must be H') });
    expect((await owner.get(`/qr/${id}/image.png?level=H`)).statusCode).toBe(200);
  });
});

describe('a destination', () => {
  it.each([
    'javascript:alert(1)',
    'JavaScript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:msgbox(1)',
    'file:///etc/passwd',
    'ftp://example.com/',
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
    `${scanBaseUrl}/scan/AAAAAAAAAAAA`,
    '',
  ])('such as %j is refused', async (destinationUrl) => {
    await expectRefused('destinationUrl', { ...good, destinationUrl });
  });

  it.each([
    ['http://example.com', 'http://example.com/'],
    ['HTTPS://EXAMPLE.com/Path?q=1#part', 'https://example.com/Path?q=1#part'],
    ['https://münchen.example/straße', 'https://xn--mnchen-3ya.example/stra%C3%9Fe'],
    ['https://example.com\\@evil.example/', 'https://example.com/@evil.example/'],
    [`${scanBaseUrl}/pricing`, `${scanBaseUrl}/pricing`],
  ])('such as %j is kept in its normal form', async (destinationUrl, expected) => {
    const response = await (await logIn(running.app)).generate({ ...good, destinationUrl });
    expect(response.json()).toMatchObject({ destinationUrl: expected });
  });
});

describe('a logo', () => {
  it.each([
    ['an SVG', async () => dataUrl('image/svg+xml', svg)],
    ['an SVG that claims to be a PNG', async () => dataUrl('image/png', svg)],
    ['a GIF', () => picture('gif')],
    ['a WebP that claims to be a PNG', async () => (await picture('webp')).replace('image/webp', 'image/png')],
    ['a link', async () => 'https://example.com/logo.png'],
    ['no data', async () => 'data:image/png;base64,'],
    ['text', async () => dataUrl('image/png', 'hello')],
    ['the beginning of a PNG', async () => (await picture('png')).slice(0, 60)],
    ['a PNG of more than 200 kB', () => noise(260)],
    ['a PNG that is small in bytes and huge in pixels', () => picture('png', { side: 5000 })],
  ])('that is %s is refused', async (_what, make) => {
    await expectRefused('logo', { ...good, logo: await make() });
  });

  it('that is too large is refused with the limit in bytes', async () => {
    const response = await (await logIn(running.app)).generate({ ...good, logo: await noise(260) });
    expect(response.json()).toMatchObject({ message: 'logo must be at most 200 kB' });
  });

  it('of nearly 200 kB is accepted', async () => {
    const response = await (await logIn(running.app)).generate({ ...good, logo: await noise(257) });
    expect(response.statusCode).toBe(201);
  });

  it('is stored without the metadata of the file', async () => {
    const { default: sharp } = await import('sharp');
    const photo = sharp({ create: { width: 8, height: 8, channels: 3, background: '#fff' } });
    const bytes = await photo
      .withExif({ IFD0: { Copyright: 'Grace Hopper' } })
      .jpeg()
      .toBuffer();
    expect(bytes.includes('Grace Hopper')).toBe(true);
    const owner = await logIn(running.app);
    const logo = `data:image/jpeg;base64,${bytes.toString('base64')}`;
    const { id } = (await owner.generate({ ...good, logo })).json<{ id: string }>();
    const { rows } = await running.database.pool.query('select logo from qr.codes where id = $1', [id]);
    expect(rows[0].logo.includes('Grace Hopper')).toBe(false);
    expect(rows[0].logo.subarray(1, 4).toString()).toBe('PNG');
  });
});

describe('another field', () => {
  it.each([
    ['type', { destinationUrl: good.destinationUrl }],
    ['type', { ...good, type: 'sms' }],
    ['destinationUrl', { type: 'url' }],
    ['destinationUrl', { ...good, destinationUrl: { href: 'https://example.com' } }],
    ['title', { ...good, title: 'x'.repeat(121) }],
    ['title', { ...good, title: 'Lunch\u0000' }],
    ['logo', { ...good, logo: { bytes: 1 } }],
  ])('is named when %s is wrong in a body', async (field, body) => {
    await expectRefused(field, body);
  });
});

describe('a route of a person', () => {
  it.each([
    ['POST', '/qr/generate'],
    ['POST', '/qr/preview'],
    ['GET', '/qr'],
    ['GET', '/qr/AAAAAAAAAAAA'],
    ['GET', '/qr/AAAAAAAAAAAA/image.png'],
    ['GET', '/qr/AAAAAAAAAAAA/image.svg'],
    ['GET', '/qr/malformed'],
    ['PATCH', '/qr/AAAAAAAAAAAA'],
    ['DELETE', '/qr/AAAAAAAAAAAA'],
  ] as const)('answers 401 without a session, before it looks at the request: %s %s', async (method, url) => {
    const response = await running.app.inject({ method, url, headers: { authorization: `Bearer ${serviceToken}` } });
    expect(response.statusCode).toBe(401);
  });

  it.each(['x', 'AAAA', encodeURIComponent("1 ' or 1=1"), Buffer.from('1 a b').toString('base64url')])(
    'refuses the cursor %s and names it',
    async (cursor) => {
      const response = await (await logIn(running.app)).get(`/qr?cursor=${cursor}`);
      expect(response.statusCode).toBe(400);
      expect(response.json()).toMatchObject({ field: 'cursor' });
    },
  );

  it('refuses a malformed id and names it', async () => {
    const response = await (await logIn(running.app)).get('/qr/%00');
    expect(response.statusCode).toBe(400);
    expect(response.json()).toMatchObject({ field: 'id' });
  });

  it('refuses to make a code for a page of another origin, and counts no failure', async () => {
    await settle();
    inbox.clear();
    const { cookies } = await running.app.inject({ method: 'POST', url: '/log-in/user-1' });
    const response = await running.app.inject({
      method: 'POST',
      url: '/qr/generate',
      headers: { origin: 'https://evil.example' },
      cookies: Object.fromEntries(cookies.map(({ name, value }) => [name, value])),
      payload: good,
    });
    expect(response.statusCode).toBe(403);
    await settle();
    expect(inbox.events()).toEqual([]);
  });
});

describe('the route of services', () => {
  it.each([undefined, '', 'Bearer', `Bearer ${serviceToken}x`, `Basic ${serviceToken}`, serviceToken])(
    'answers 401 to the authorization "%s"',
    async (authorization) => {
      const headers = authorization === undefined ? {} : { authorization };
      const response = await running.app.inject({ url: '/internal/qrs/AAAAAAAAAAAA', headers });
      expect(response.statusCode).toBe(401);
    },
  );

  it('is not opened by a session', async () => {
    const response = await (await logIn(running.app)).get('/internal/qrs/AAAAAAAAAAAA');
    expect(response.statusCode).toBe(401);
  });
});
