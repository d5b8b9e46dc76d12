import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { darkest, picture, scan } from './pictures.ts';
import { logIn, observe, scanBaseUrl, serviceToken, startApp } from './start-app.ts';

const observed = await observe();
const { inbox, settle } = observed;
let running: Awaited<ReturnType<typeof startApp>>;
let minute = 0;
beforeAll(async () => {
  running = await startApp('embedded', { now: () => Date.parse('2026-03-01T12:00:00Z') + minute * 60_000 });
});
afterAll(async () => {
  await running.stop();
  await observed.stop();
});

const lunch = { type: 'url', destinationUrl: 'https://example.com/lunch' };
const modules = (svg: string) => Number(/viewBox="0 0 (\d+)/.exec(svg)?.[1]);
const changed = () =>
  inbox
    .events()
    .filter(({ event }) => event === 'qr_updated')
    .map(({ properties }) => properties['changed']);

describe('the look of a code', () => {
  it('is black with medium correction until its owner chooses another, which every picture then has', async () => {
    const owner = await logIn(running.app);
    const { id, ...created } = (await owner.generate(lunch)).json();
    expect(created).toMatchObject({ color: '000000', level: 'M' });
    const plain = await owner.get(`/qr/${id}/image.svg`);

    const updated = await owner.patch(`/qr/${id}`, { color: '1D3B8B', level: 'H' });
    expect(updated.json()).toMatchObject({ color: '1d3b8b', level: 'H' });
    expect((await owner.get('/qr')).json().items).toMatchObject([{ color: '1d3b8b', level: 'H' }]);
    for (const format of ['png', 'svg']) {
      const image = await owner.get(`/qr/${id}/image.${format}`);
      expect(await darkest(image.rawPayload)).toEqual([0x1d, 0x3b, 0x8b]);
      expect((await scan(image.rawPayload)).text).toBe(`${scanBaseUrl}/scan/${id}`);
    }
    const strong = await owner.get(`/qr/${id}/image.svg`);
    expect(modules(strong.payload)).toBeGreaterThan(modules(plain.payload));
    await settle();
    expect(changed()).toEqual(['look']);
  });

  it('is overruled by what a request asks for, part by part', async () => {
    const owner = await logIn(running.app);
    const { id } = (await owner.generate({ ...lunch, color: '8b0000', level: 'H' })).json();
    const red = await owner.get(`/qr/${id}/image.svg?level=L`);
    expect(red.payload).toContain('#8b0000');
    const strong = await owner.get(`/qr/${id}/image.svg?color=000000`);
    expect(modules(strong.payload)).toBeGreaterThan(modules(red.payload));
  });

  it('is asked for again unless the address of the picture names it', async () => {
    const owner = await logIn(running.app);
    const { id } = (await owner.generate(lunch)).json();
    const caching = async (query: string) => (await owner.get(`/qr/${id}/image.svg${query}`)).headers['cache-control'];
    expect(await caching('')).toBe('private, no-cache');
    expect(await caching('?color=000000')).toBe('private, no-cache');
    expect(await caching('?color=000000&level=M')).toBe('private, max-age=3600');
  });

  it.each([
    ['color', { color: 'ffff00' }],
    ['color', { color: 'blue' }],
    ['level', { level: 'X' }],
  ])('that scanners cannot read is refused by the name of %s: %j', async (field, look) => {
    const owner = await logIn(running.app);
    const { id } = (await owner.generate(lunch)).json();
    for (const response of [
      await owner.patch(`/qr/${id}`, look),
      await owner.generate({ ...lunch, ...look }),
      await owner.preview({ ...lunch, ...look }),
    ]) {
      expect(response.statusCode).toBe(400);
      expect(response.json()).toMatchObject({ field });
    }
  });

  it('of a code with a logo keeps the strongest correction', async () => {
    const owner = await logIn(running.app);
    const { id, level } = (await owner.generate({ ...lunch, logo: await picture('png') })).json();
    expect(level).toBe('H');
    expect((await owner.patch(`/qr/${id}`, { level: 'M' })).json()).toMatchObject({ field: 'level' });
    expect((await owner.patch(`/qr/${id}`, { color: '14532d' })).json()).toMatchObject({ color: '14532d', level: 'H' });
    expect((await scan((await owner.get(`/qr/${id}/image.png`)).rawPayload)).text).toContain(id);
  });
});

describe('the parameters of scans', () => {
  it('are passed on only when the owner says so, which other services are told', async () => {
    const owner = await logIn(running.app);
    await settle();
    inbox.clear();
    const { id, forwardsQuery } = (await owner.generate(lunch)).json();
    expect(forwardsQuery).toBe(false);
    const told = async () => {
      const authorization = `Bearer ${serviceToken}`;
      return (await running.app.inject({ url: `/internal/qrs/${id}`, headers: { authorization } })).json();
    };
    expect(await told()).toMatchObject({ forwardsQuery: false });
    expect((await owner.patch(`/qr/${id}`, { forwardsQuery: true })).json()).toMatchObject({ forwardsQuery: true });
    expect(await told()).toMatchObject({ forwardsQuery: true });
    await settle();
    expect(changed()).toEqual(['parameters']);
  });

  it('cannot be passed on by a code that phones read by themselves', async () => {
    const owner = await logIn(running.app);
    const wifi = { type: 'wifi', wifi: { ssid: 'Guests', encryption: 'none' } };
    const { id } = (await owner.generate(wifi)).json();
    for (const response of [
      await owner.patch(`/qr/${id}`, { forwardsQuery: true }),
      await owner.generate({ ...wifi, forwardsQuery: true }),
    ])
      expect(response.json()).toMatchObject({ error: 'Bad Request', field: 'forwardsQuery' });
  });
});

describe('the list of codes', () => {
  const contents = [
    { ...lunch, title: 'Summer menu' },
    { ...lunch, title: 'árbol 100%', destinationUrl: 'https://tree.example/' },
    { type: 'wifi', wifi: { ssid: 'Guests_5', encryption: 'WPA', password: 'welcome-inside' } },
    { type: 'vcard', vcard: { firstName: 'Ada', lastName: 'Byron', organization: 'Engines' } },
    { ...lunch, destinationUrl: 'https://zoo.example/menu' },
  ];
  let owner: Awaited<ReturnType<typeof logIn>>;
  let ids: string[];
  beforeAll(async () => {
    owner = await logIn(running.app);
    ids = [];
    for (const content of contents) {
      minute += 24 * 60;
      ids.push((await owner.generate(content)).json().id);
    }
  });

  /** Indexes of the codes in the list, all pages of two. */
  async function listed(query: string): Promise<{ found: number[]; total: number }> {
    const found: number[] = [];
    let total = 0;
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page = await owner.get(`/qr?limit=2${query}${cursor && `&cursor=${cursor}`}`);
      expect(page.statusCode).toBe(200);
      const { items, nextCursor, total: all } = page.json();
      found.push(...items.map(({ id }: { id: string }) => ids.indexOf(id)));
      cursor = nextCursor;
      total = all;
    }
    return { found, total };
  }

  it.each([
    ['menu', [4, 0]],
    ['MENU summer', [0]],
    ['ada byron', [3]],
    ['engines', [3]],
    ['guests_5', [2]],
    ['guestsX5', []],
    ['100%', [1]],
    ['%', [1]],
    ['ÁRBOL', [1]],
    ['zoo.example', [4]],
    ['welcome-inside', []],
    ["' or 1=1 --", []],
    ['  ', [4, 3, 2, 1, 0]],
  ])('finds %j in titles, destinations, networks and cards, never in passwords', async (search, expected) => {
    const { found, total } = await listed(`&search=${encodeURIComponent(search)}`);
    expect(found).toEqual(expected);
    expect(total).toBe(expected.length);
  });

  it.each([
    ['newest', [4, 3, 2, 1, 0]],
    ['oldest', [0, 1, 2, 3, 4]],
  ])('comes in the order %s, page by page', async (sort, expected) => {
    expect(await listed(`&sort=${sort}`)).toEqual({ found: expected, total: 5 });
  });

  it('comes by title, and by what a code holds where it has none, page by page', async () => {
    const { found } = await listed('&sort=title');
    expect(found).toHaveLength(5);
    expect(found.filter((index) => index !== 1)).toEqual([3, 2, 0, 4]);
  });

  it.each([
    ['&from=2026-03-03&to=2026-03-04', [2, 1]],
    ['&from=2026-03-05', [4, 3]],
    ['&to=2026-03-02', [0]],
    ['&from=2026-03-05&search=menu', [4]],
  ])('is limited to the days %s, both included', async (query, expected) => {
    expect((await listed(query)).found).toEqual(expected);
  });

  it.each([
    ['from', 'from=2026-03-05&to=2026-03-04'],
    ['from', 'from=2026-02-30'],
    ['to', 'to=tomorrow'],
    ['sort', 'sort=scans'],
    ['search', 'search=%00'],
    ['search', `search=${'a'.repeat(101)}`],
    ['cursor', 'sort=title&cursor=AAAA'],
    ['cursor', `sort=title&cursor=${Buffer.from('a b\u0000').toString('base64url')}`],
  ])('refuses a wrong %s: %s', async (field, query) => {
    const response = await owner.get(`/qr?${query}`);
    expect(response.statusCode).toBe(400);
    expect(response.json()).toMatchObject({ field });
  });
});
