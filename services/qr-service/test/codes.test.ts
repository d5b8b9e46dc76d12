import { postgresAvailable } from '@qr/database/testing';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { darkest, picture, scan } from './pictures.ts';
import { logIn, observe, scanBaseUrl, serviceToken, startApp } from './start-app.ts';

const kinds = (await postgresAvailable()) ? (['embedded', 'postgres'] as const) : (['embedded'] as const);
const observed = await observe();
const { inbox, settle } = observed;
afterAll(() => observed.stop());

const lunch = { type: 'url', destinationUrl: 'https://example.com/lunch?table=7', title: ' Lunch menu ' };
interface Page {
  readonly items: readonly Created[];
  readonly total: number;
  readonly nextCursor: string | null;
}
interface Created {
  readonly id: string;
  readonly isFirst: boolean;
}

describe.each(kinds)('a code, on the %s database', (kind) => {
  let running: Awaited<ReturnType<typeof startApp>>;
  beforeAll(async () => {
    running = await startApp(kind);
  });
  afterAll(() => running.stop());
  beforeEach(async () => {
    await settle();
    inbox.clear();
  });

  it('is made, listed, shown and drawn for its owner', async () => {
    const owner = await logIn(running.app);
    const created = await owner.generate(lunch);
    expect(created.statusCode).toBe(201);
    const { isFirst, ...code } = created.json<Created>();
    expect(isFirst).toBe(true);
    expect(code).toEqual({
      id: expect.stringMatching(/^[\w-]{12}$/),
      type: 'url',
      title: 'Lunch menu',
      destinationUrl: 'https://example.com/lunch?table=7',
      scanUrl: `${scanBaseUrl}/scan/${code.id}`,
      pngUrl: `/qr/${code.id}/image.png`,
      svgUrl: `/qr/${code.id}/image.svg`,
      hasCustomLogo: false,
      color: '000000',
      level: 'M',
      forwardsQuery: false,
      status: 'active',
      createdAt: expect.any(String),
    });
    expect((await owner.get('/qr')).json()).toEqual({ items: [code], total: 1, nextCursor: null });
    expect((await owner.get(`/qr/${code.id}`)).json()).toEqual(code);
    for (const [format, type] of [
      ['png', 'image/png'],
      ['svg', 'image/svg+xml'],
    ]) {
      const image = await owner.get(`/qr/${code.id}/image.${format}`);
      expect(image.headers['content-type']).toContain(type);
      expect((await scan(image.rawPayload)).text).toBe(`${scanBaseUrl}/scan/${code.id}`);
    }
  });

  it.each(['png', 'jpeg'] as const)(
    'carries a %s logo in the middle of both pictures and stays readable',
    async (format) => {
      const owner = await logIn(running.app);
      const logo = await picture(format, { side: 300, color: '#0000e0' });
      const { id } = (await owner.generate({ ...lunch, logo })).json<Created>();
      expect((await owner.get(`/qr/${id}`)).json()).toMatchObject({ hasCustomLogo: true });
      for (const image of ['image.png', 'image.svg']) {
        const { text, middle } = await scan((await owner.get(`/qr/${id}/${image}`)).rawPayload);
        expect(text).toBe(`${scanBaseUrl}/scan/${id}`);
        const [red = 255, green = 255, blue = 0] = middle;
        expect(blue - Math.max(red, green)).toBeGreaterThan(150);
      }
    },
  );

  it('can be seen before it is made, as it will look, without being kept or counted', async () => {
    const owner = await logIn(running.app);
    await settle();
    inbox.clear();
    const wifi = { type: 'wifi', wifi: { ssid: 'Guests', encryption: 'WPA', password: 'welcome-inside' } };
    const preview = await owner.preview(wifi);
    expect(preview.statusCode).toBe(200);
    expect(preview.headers).toMatchObject({ 'content-type': 'image/svg+xml', 'cache-control': 'no-store' });
    const withLogo = await owner.preview({ ...lunch, logo: await picture('png', { color: '#0000e0' }) });
    expect((await scan(withLogo.rawPayload)).text).toMatch(`${scanBaseUrl}/scan/`);
    expect((await owner.preview({ type: 'url', destinationUrl: 'javascript:alert(1)' })).json()).toMatchObject({
      field: 'destinationUrl',
    });
    expect((await owner.get('/qr')).json()).toMatchObject({ items: [], total: 0 });
    await settle();
    expect(inbox.events()).toEqual([]);

    const { id } = (await owner.generate(wifi)).json<Created>();
    expect((await owner.get(`/qr/${id}/image.svg`)).payload).toBe(preview.payload);
  });

  it('is drawn in the size, colour and error correction that are asked for, and stays readable', async () => {
    const owner = await logIn(running.app);
    const { id } = (await owner.generate(lunch)).json<Created>();
    const plain = await owner.get(`/qr/${id}/image.svg`);
    for (const format of ['png', 'svg'])
      for (const [size, level] of [
        [128, 'H'],
        [333, 'L'],
        [2048, 'Q'],
      ] as const) {
        const image = await owner.get(`/qr/${id}/image.${format}?size=${size}&color=8B0000&level=${level}`);
        expect(image.statusCode).toBe(200);
        const { width, height } = await sharp(image.rawPayload).metadata();
        expect([width, height]).toEqual([size, size]);
        expect((await scan(image.rawPayload)).text).toBe(`${scanBaseUrl}/scan/${id}`);
        expect(await darkest(image.rawPayload)).toEqual([0x8b, 0, 0]);
      }
    const strong = await owner.get(`/qr/${id}/image.svg?level=H`);
    const modules = (svg: string) => Number(/viewBox="0 0 (\d+)/.exec(svg)?.[1]);
    expect(modules(strong.payload)).toBeGreaterThan(modules(plain.payload));
  });

  it('is told of once it is stored, with what the plan lists', async () => {
    const owner = await logIn(running.app);
    const first = (await owner.generate(lunch)).json<Created>();
    const second = (await owner.generate({ ...lunch, logo: await picture('png') })).json<Created>();
    expect([first.isFirst, second.isFirst]).toEqual([true, false]);
    await settle();
    expect(inbox.rejected()).toEqual([]);
    expect(
      inbox.events().map(({ event, distinctId, properties }) => ({ event, distinctId, properties })),
    ).toMatchObject([
      {
        event: 'qr_created',
        distinctId: owner.userId,
        properties: { qr_id: first.id, qr_type: 'url', has_custom_logo: false, is_first_qr: true },
      },
      {
        event: 'qr_created',
        distinctId: owner.userId,
        properties: { qr_id: second.id, qr_type: 'url', has_custom_logo: true, is_first_qr: false },
      },
    ]);
    expect(inbox.profiles().find(({ distinctId }) => distinctId === owner.userId)?.properties).toEqual({
      total_qrs_created: 2,
    });
    const bytes = inbox.raw().map(({ url, headers, body }) => `${url}\n${JSON.stringify(headers)}\n${body}`);
    for (const typed of ['example.com/lunch', 'table=7', 'Lunch menu']) expect(bytes.join('\n')).not.toContain(typed);
  });

  it('is the first for one of several that are made at once', async () => {
    const owner = await logIn(running.app);
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => owner.generate(lunch)));
    const created = answers.map((answer) => answer.json<Created>());
    expect(created.filter(({ isFirst }) => isFirst)).toHaveLength(1);
    expect(new Set(created.map(({ id }) => id)).size).toBe(5);
    expect((await owner.get('/qr')).json()).toMatchObject({ total: 5 });
  });

  it('stands before older ones in the list, which comes in pages', async () => {
    const owner = await logIn(running.app);
    const ids: string[] = [];
    for (let made = 0; made < 3; made++) ids.unshift((await owner.generate(lunch)).json<Created>().id);
    const page = async (query: string) => {
      const { items, total, nextCursor } = (await owner.get(`/qr?${query}`)).json<Page>();
      return { ids: items.map(({ id }) => id), total, nextCursor };
    };
    expect(await page('')).toEqual({ ids, total: 3, nextCursor: null });
    expect(await page('limit=3')).toEqual({ ids, total: 3, nextCursor: null });
    const first = await page('limit=2');
    expect(first).toEqual({ ids: ids.slice(0, 2), total: 3, nextCursor: expect.stringMatching(/^[\w-]+$/) });
    // What is made meanwhile does not move the next page.
    await owner.generate(lunch);
    expect(await page(`limit=2&cursor=${first.nextCursor}`)).toEqual({ ids: ids.slice(2), total: 4, nextCursor: null });
  });

  it('made in the same millisecond as others stands in the list once', async () => {
    const frozen = await startApp(kind, { now: () => 1_767_225_600_000 });
    const owner = await logIn(frozen.app, undefined, 'pro');
    const made = new Set<string>();
    for (let count = 0; count < 7; count++) made.add((await owner.generate(lunch)).json<Created>().id);
    const listed: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const { items, nextCursor }: Page = (await owner.get(`/qr?limit=3${cursor && `&cursor=${cursor}`}`)).json<Page>();
      listed.push(...items.map(({ id }) => id));
      cursor = nextCursor;
    }
    await frozen.stop();
    expect(listed).toHaveLength(7);
    expect(new Set(listed)).toEqual(made);
  });

  it('can be led elsewhere, renamed, switched off and on again, and each change is told', async () => {
    const owner = await logIn(running.app);
    const { id } = (await owner.generate(lunch)).json<Created>();
    await settle();
    inbox.clear();
    const changes = [
      [{ destinationUrl: 'https://example.com/dinner' }, 'destination'],
      [{ title: ' Dinner ' }, 'title'],
      [{ status: 'disabled' }, 'disabled'],
      [{ status: 'active', title: null }, 'enabled'],
    ] as const;
    for (const [change] of changes) expect((await owner.patch(`/qr/${id}`, change)).statusCode).toBe(200);
    expect((await owner.get(`/qr/${id}`)).json()).toMatchObject({
      destinationUrl: 'https://example.com/dinner',
      title: null,
      status: 'active',
    });
    await settle();
    expect(inbox.events().map(({ event, properties }) => [event, properties['changed']])).toEqual(
      changes.map(([, changed]) => ['qr_updated', changed]),
    );
  });

  it.each([
    ['javascript:alert(1)', 'destinationUrl'],
    ['data:text/html,x', 'destinationUrl'],
    ['//evil.example', 'destinationUrl'],
    ['https://example.com/\r\nset-cookie: a=b', 'destinationUrl'],
  ])('is not led to %j', async (destinationUrl, field) => {
    const owner = await logIn(running.app);
    const { id } = (await owner.generate(lunch)).json<Created>();
    const response = await owner.patch(`/qr/${id}`, { destinationUrl });
    expect([response.statusCode, response.json().field]).toEqual([400, field]);
    expect((await owner.get(`/qr/${id}`)).json()).toMatchObject({ destinationUrl: lunch.destinationUrl });
  });

  it.each([[{}], [{ ownerId: 'somebody' }], [{ status: 'gone' }], [{ title: 'a\u0000b' }]])(
    'is not changed by %j',
    async (change) => {
      const owner = await logIn(running.app);
      const { id } = (await owner.generate(lunch)).json<Created>();
      expect((await owner.patch(`/qr/${id}`, change)).statusCode).toBe(400);
    },
  );

  it('can be removed once, and is then unknown to everyone', async () => {
    const owner = await logIn(running.app);
    const { id } = (await owner.generate(lunch)).json<Created>();
    expect((await owner.remove(`/qr/${id}`)).statusCode).toBe(204);
    expect((await owner.remove(`/qr/${id}`)).statusCode).toBe(404);
    const headers = { authorization: `Bearer ${serviceToken}` };
    expect((await running.app.inject({ url: `/internal/qrs/${id}`, headers })).statusCode).toBe(404);
    await settle();
    expect(inbox.events().filter(({ event }) => event === 'qr_deleted')).toMatchObject([{ properties: { qr_id: id } }]);
  });

  it('has room beside nine others on the free plan, also when several are made at once, and more on a larger one', async () => {
    const owner = await logIn(running.app);
    const answers = await Promise.all(Array.from({ length: 12 }, () => owner.generate(lunch)));
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([...Array(10).fill(201), 402, 402]);
    const refused = await owner.generate(lunch);
    expect(refused.json()).toMatchObject({
      error: 'Payment Required',
      message: 'The plan free has room for 10 codes: delete one, or move to a larger plan.',
    });
    const upgraded = await logIn(running.app, owner.userId, 'pro');
    expect((await upgraded.generate(lunch)).statusCode).toBe(201);
    await settle();
    const failed = inbox.events().filter(({ event }) => event === 'qr_creation_failed');
    expect(failed.map(({ properties }) => properties['reason'])).toEqual(Array(3).fill('plan_limit'));
  });

  it('does not exist for another person', async () => {
    const { id } = (await (await logIn(running.app)).generate(lunch)).json<Created>();
    const stranger = await logIn(running.app);
    const answers = [
      () => stranger.get(`/qr/${id}`),
      () => stranger.get(`/qr/${id}/image.png`),
      () => stranger.get(`/qr/${id}/image.svg`),
      () => stranger.patch(`/qr/${id}`, { status: 'disabled' }),
      () => stranger.remove(`/qr/${id}`),
    ];
    for (const ask of answers) {
      const response = await ask();
      expect(response.statusCode).toBe(404);
      expect(response.json()).toMatchObject({ error: 'Not Found', message: 'You have no such code.' });
    }
    expect((await stranger.get('/qr')).json()).toEqual({ items: [], total: 0, nextCursor: null });
  });

  it('is told to other services, and whether it is switched off', async () => {
    const owner = await logIn(running.app);
    const { id } = (await owner.generate(lunch)).json<Created>();
    const ask = async (code: string) =>
      running.app.inject({ url: `/internal/qrs/${code}`, headers: { authorization: `Bearer ${serviceToken}` } });
    const expected = { id, ownerId: owner.userId, destinationUrl: lunch.destinationUrl, forwardsQuery: false };
    expect((await ask(id)).json()).toEqual({ ...expected, status: 'active' });
    await running.database.pool.query("update qr.codes set status = 'disabled' where id = $1", [id]);
    expect((await ask(id)).json()).toEqual({ ...expected, status: 'disabled' });
    // Also what no code of today looks like: to a visitor it is unknown, not malformed.
    for (const unknown of ['AAAAAAAAAAAA', 'short', 'longer-than-any-id-of-today', 'x.y']) {
      expect((await ask(unknown)).statusCode).toBe(404);
    }
  });

  it('goes with its owner, when auth-service says so, and those of others stay', async () => {
    const [owner, other] = [await logIn(running.app), await logIn(running.app)];
    const { id } = (await owner.generate(lunch)).json<Created>();
    await other.generate(lunch);
    const erase = (headers: Record<string, string>) =>
      running.app.inject({ method: 'DELETE', url: `/internal/users/${owner.userId}`, headers });
    expect((await erase({})).statusCode).toBe(401);
    expect((await owner.get(`/qr/${id}`)).statusCode).toBe(200);
    for (const _ of [1, 2]) expect((await erase({ authorization: `Bearer ${serviceToken}` })).statusCode).toBe(204);
    for (const table of ['codes', 'owners']) {
      const key = table === 'codes' ? 'owner_id' : 'id';
      const found = await running.database.pool.query(`select * from qr.${table} where ${key} = $1`, [owner.userId]);
      expect(found.rowCount).toBe(0);
    }
    expect((await other.get('/qr')).json()).toMatchObject({ total: 1 });
  });

  it('that cannot be stored fails for its owner, as an event and as an error without what was typed', async () => {
    const broken = await startApp(kind);
    const owner = await logIn(broken.app);
    await broken.database.pool.query('drop table qr.codes');
    const response = await owner.generate(lunch);
    await broken.stop();
    await settle();
    expect(response.statusCode).toBe(500);
    expect(inbox.events()).toMatchObject([
      { event: 'qr_creation_failed', distinctId: owner.userId, properties: { qr_type: 'url', reason: 'server_error' } },
    ]);
    expect(inbox.errors()).toHaveLength(1);
    expect(inbox.errors()[0]?.userId).toBe(owner.userId);
    expect(
      inbox
        .raw()
        .map(({ body }) => body.toString())
        .join(),
    ).not.toContain('lunch');
  });
});
