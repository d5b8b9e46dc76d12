import { postgresAvailable } from '@qr/database/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Method, micrositeBaseUrl, observe, type Reply, serviceToken, startApp } from './start-app.ts';

const kinds = (await postgresAvailable()) ? (['embedded', 'postgres'] as const) : (['embedded'] as const);
const observed = await observe();
const { inbox, settle } = observed;
afterAll(() => observed.stop());

const menu = { label: ' Lunch menu ', url: 'HTTPS://Example.com/menu?table=7' };
const map = { label: 'How to find us', url: 'https://example.org/map' };
interface List {
  readonly items: readonly Reply[];
  readonly nextCursor: string | null;
  readonly total: number;
}
const cafe = { title: ' Corner Cafe ', description: ' Open from nine ', links: [menu, map] };

describe.each(kinds)('a microsite, on the %s database', (kind) => {
  let running: Awaited<ReturnType<typeof startApp>>;
  beforeAll(async () => {
    running = await startApp(kind);
  });
  afterAll(() => running.stop());
  beforeEach(async () => {
    await settle();
    inbox.clear();
  });
  const told = async () => {
    await settle();
    expect(inbox.rejected()).toEqual([]);
    return inbox.events().map(({ event, distinctId, properties }) => ({ event, distinctId, properties }));
  };

  it('is begun, written, shown to everyone, changed, hidden and removed, and each step is told', async () => {
    const owner = await running.logIn();
    const start = running.clock.nowMs;
    const at = (ms: number) => new Date(start + ms).toISOString();
    const created = await owner.create({ ...cafe, slug: `corner-cafe-${kind}` });
    expect(created.statusCode).toBe(201);
    const { id, slug } = created.json<Reply>();
    const draft = {
      id: expect.stringMatching(/^[\w-]{12}$/),
      slug: `corner-cafe-${kind}`,
      title: 'Corner Cafe',
      description: 'Open from nine',
      links: [
        { label: 'Lunch menu', url: 'https://example.com/menu?table=7' },
        { label: 'How to find us', url: 'https://example.org/map' },
      ],
      status: 'draft',
      hasUnpublishedChanges: false,
      url: `${micrositeBaseUrl}/m/corner-cafe-${kind}`,
      createdAt: at(0),
      updatedAt: at(0),
      publishedAt: null,
    };
    expect(created.json()).toEqual(draft);
    expect((await owner.get(`/microsites/${id}`)).json()).toEqual(draft);
    expect((await running.view(slug)).statusCode).toBe(404);

    running.clock.nowMs = start + 1000;
    const published = await owner.ask('POST', `/microsites/${id}/publish`);
    expect([published.statusCode, published.json()]).toEqual([
      200,
      { ...draft, status: 'published', publishedAt: at(1000) },
    ]);
    expect((await running.view(slug)).body).toContain('<h1 dir="auto">Corner Cafe</h1>');

    running.clock.nowMs = start + 2000;
    const changed = await owner.ask('PATCH', `/microsites/${id}`, {
      title: 'Corner Bar',
      description: null,
      links: [map],
    });
    const bar = { ...draft, title: 'Corner Bar', description: null, links: [map], updatedAt: at(2000) };
    const unseen = { ...bar, status: 'published', publishedAt: at(1000), hasUnpublishedChanges: true };
    expect([changed.statusCode, changed.json()]).toEqual([200, unseen]);
    expect((await owner.get('/microsites')).json()).toEqual({ items: [unseen], nextCursor: null, total: 1 });

    const again = await owner.ask('POST', `/microsites/${id}/publish`);
    expect(again.json()).toEqual({ ...unseen, publishedAt: at(2000), hasUnpublishedChanges: false });
    for (const _ of [1, 2]) {
      const hidden = await owner.ask('POST', `/microsites/${id}/unpublish`);
      expect([hidden.statusCode, hidden.json()]).toEqual([200, bar]);
    }
    expect((await running.view(slug)).statusCode).toBe(404);
    expect((await owner.ask('DELETE', `/microsites/${id}`)).statusCode).toBe(204);
    expect((await owner.ask('DELETE', `/microsites/${id}`)).statusCode).toBe(404);
    expect((await owner.get('/microsites')).json()).toEqual({ items: [], nextCursor: null, total: 0 });

    const mine = { distinctId: owner.userId };
    const visitor = { distinctId: expect.stringMatching(/^\$device:[0-9a-f]{32}$/) };
    expect(await told()).toMatchObject([
      { event: 'microsite_created', ...mine, properties: { microsite_id: id, link_count: 2 } },
      { event: 'microsite_published', ...mine, properties: { microsite_id: id, link_count: 2 } },
      { event: 'microsite_viewed', ...visitor, properties: { microsite_id: id } },
      { event: 'microsite_updated', ...mine, properties: { microsite_id: id, link_count: 1 } },
      { event: 'microsite_published', ...mine, properties: { microsite_id: id, link_count: 1 } },
      { event: 'microsite_deleted', ...mine, properties: { microsite_id: id } },
    ]);
    expectNothingTyped();
  });

  it('without links is not published, and that is told', async () => {
    const owner = await running.logIn();
    const { id } = (await owner.create({ title: 'Empty' })).json<Reply>();
    const response = await owner.ask('POST', `/microsites/${id}/publish`);
    expect([response.statusCode, response.json()]).toEqual([
      409,
      { error: 'Conflict', message: 'The microsite has no links: add one, then publish it.', field: 'links' },
    ]);
    expect((await owner.get(`/microsites/${id}`)).json()).toMatchObject({ status: 'draft', publishedAt: null });
    expect(await told()).toMatchObject([
      { event: 'microsite_created', properties: { link_count: 0 } },
      {
        event: 'microsite_publish_failed',
        distinctId: owner.userId,
        properties: { microsite_id: id, reason: 'no_links' },
      },
    ]);
  });

  it('gets a slug of its own when its owner names none', async () => {
    const owner = await running.logIn();
    const slugs = [await owner.create(cafe), await owner.create(cafe)].map((answer) => answer.json<Reply>().slug);
    expect(slugs).toEqual(Array(2).fill(expect.stringMatching(/^[0-9a-f]{12}$/)));
    expect(slugs[0]).not.toBe(slugs[1]);
  });

  it('is the only one under its slug, also when two people want it at once', async () => {
    const people = [await running.logIn(), await running.logIn()];
    const slug = `wanted-${kind}`;
    const answers = await Promise.all(people.map((person) => person.create({ ...cafe, slug })));
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([201, 409]);
    expect(answers.find(({ statusCode }) => statusCode === 409)?.json()).toEqual({
      error: 'Conflict',
      message: 'There is already a microsite under this slug: choose another one.',
      field: 'slug',
    });
    const lists = await Promise.all(people.map(async (person) => (await person.get('/microsites')).json().total));
    expect(lists.sort()).toEqual([0, 1]);
  });

  it('has room beside two others on the free plan, also when several are made at once, and more on a larger one', async () => {
    const owner = await running.logIn();
    const answers = await Promise.all(Array.from({ length: 5 }, () => owner.create(cafe)));
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([201, 201, 201, 402, 402]);
    expect((await owner.create(cafe)).json()).toEqual({
      error: 'Payment Required',
      message: 'The plan free has room for 3 microsites: delete one, or move to a larger plan.',
    });
    const upgraded = await running.logIn(owner.userId, 'pro');
    expect((await upgraded.create(cafe)).statusCode).toBe(201);
  });

  it('stands once in a list that is read in parts, newest first, also beside others of the same moment', async () => {
    const owner = await running.logIn(undefined, 'pro');
    const make = async () => (await owner.create(cafe)).json<Reply>().id;
    const older = [await make(), await make(), await make()];
    running.clock.nowMs += 1;
    const newer = [await make(), await make()];
    const read = async (query: string) => {
      const { items, nextCursor, total } = (await owner.get(`/microsites?${query}`)).json<List>();
      return { ids: items.map(({ id }) => id), nextCursor, total };
    };
    const { ids: all } = await read('');
    expect([new Set(all.slice(0, 2)), new Set(all.slice(2))]).toEqual([new Set(newer), new Set(older)]);
    for (const limit of [1, 2, 5]) {
      const found: string[] = [];
      let cursor = '';
      for (let parts = 0; parts < Math.ceil(5 / limit); parts++) {
        const part = await read(`limit=${limit}${cursor}`);
        expect(part.total).toBe(5);
        found.push(...part.ids);
        cursor = part.nextCursor === null ? '' : `&cursor=${part.nextCursor}`;
      }
      expect([found, cursor]).toEqual([all, '']);
    }
    // One that is made meanwhile moves nothing.
    const { nextCursor } = await read('limit=1');
    running.clock.nowMs += 1;
    await make();
    expect(await read(`cursor=${nextCursor}`)).toEqual({ ids: all.slice(1), nextCursor: null, total: 6 });
  });

  it.each<[Method, string, object?]>([
    ['GET', ''],
    ['PATCH', '', { title: 'Mine now' }],
    ['POST', '/publish'],
    ['POST', '/unpublish'],
    ['DELETE', ''],
  ])('does not exist for another person who asks %s /microsites/:id%s', async (method, path, payload) => {
    const owner = await running.logIn();
    const { id, slug } = await owner.published(cafe);
    const before = (await owner.get(`/microsites/${id}`)).json();
    await settle();
    inbox.clear();
    const stranger = await running.logIn();
    const response = await stranger.ask(method, `/microsites/${id}${path}`, payload);
    expect([response.statusCode, response.json()]).toEqual([
      404,
      { error: 'Not Found', message: 'You have no such microsite.' },
    ]);
    expect((await stranger.get('/microsites')).json()).toEqual({ items: [], nextCursor: null, total: 0 });
    expect((await owner.get(`/microsites/${id}`)).json()).toEqual(before);
    expect(await told()).toEqual([]);
    expect((await running.view(slug)).statusCode).toBe(200);
  });

  it('is told to other services', async () => {
    const owner = await running.logIn();
    const { id, slug } = (await owner.create(cafe)).json<Reply>();
    const ask = async (microsite: string) =>
      running.app.inject({
        url: `/internal/microsites/${microsite}`,
        headers: { authorization: `Bearer ${serviceToken}` },
      });
    expect((await ask(id)).json()).toEqual({ id, ownerId: owner.userId, slug, status: 'draft' });
    await owner.ask('POST', `/microsites/${id}/publish`);
    expect((await ask(id)).json()).toEqual({ id, ownerId: owner.userId, slug, status: 'published' });
    for (const unknown of ['AAAAAAAAAAAA', 'short', 'x.y']) expect((await ask(unknown)).statusCode).toBe(404);
  });

  it('goes with its owner, page and all, when auth-service says so, and those of others stay', async () => {
    const [owner, other] = [await running.logIn(), await running.logIn()];
    const { slug } = await owner.published(cafe);
    const { slug: otherSlug } = await other.published(cafe);
    const erase = (headers: Record<string, string>) =>
      running.app.inject({ method: 'DELETE', url: `/internal/users/${owner.userId}`, headers });
    expect((await erase({})).statusCode).toBe(401);
    expect((await running.view(slug)).statusCode).toBe(200);
    for (const _ of [1, 2]) expect((await erase({ authorization: `Bearer ${serviceToken}` })).statusCode).toBe(204);
    const { pool } = running.database;
    const left = await pool.query(
      'select id from microsite.microsites where owner_id = $1 union all select id from microsite.owners where id = $1',
      [owner.userId],
    );
    expect(left.rows).toEqual([]);
    expect((await running.view(slug)).statusCode).toBe(404);
    expect((await running.view(otherSlug)).statusCode).toBe(200);
  });

  it('that the database does not take is an error without what was typed, and to publish it is told as a failure', async () => {
    const owner = await running.logIn();
    const { id } = (await owner.create(cafe)).json<Reply>();
    await settle();
    inbox.clear();
    await running.database.pool.query('alter table microsite.microsites rename to away');
    const answers = [
      await owner.create({ ...cafe, slug: 'corner-cafe' }),
      await owner.ask('PATCH', `/microsites/${id}`, cafe),
      await owner.ask('POST', `/microsites/${id}/publish`),
    ];
    await running.database.pool.query('alter table microsite.away rename to microsites');
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([500, 500, 500]);
    expect(await told()).toMatchObject([
      {
        event: 'microsite_publish_failed',
        distinctId: owner.userId,
        properties: { microsite_id: id, reason: 'server_error' },
      },
    ]);
    expect(inbox.errors()).toMatchObject(Array(3).fill({ userId: owner.userId }));
    expectNothingTyped();
  });

  it.each([
    ['links', `update microsite.microsites set links = '[{"label":"x","url":"javascript:alert(1)"}]'`],
    ['links', `update microsite.microsites set links = '[{"label":"x"}]'`],
    ['published', `update microsite.microsites set published = jsonb_set(published, '{links,0,url}', '"data:x"')`],
    ['published', `update microsite.microsites set published = jsonb_set(published, '{links}', '[]')`],
    ['published', 'update microsite.microsites set published_at = null'],
    [
      'slug',
      `update microsite.microsites set slug = 'Not A Slug' where id = (select max(id) from microsite.microsites)`,
    ],
  ])('cannot be spoilt by whatever else writes to the database: %s', async (_column, statement) => {
    await (await running.logIn()).published(cafe);
    await expect(running.database.pool.query(statement)).rejects.toMatchObject({ code: '23514' });
  });
});

/** Nothing that left this process says what the owner wrote, or where it leads. */
function expectNothingTyped(): void {
  const sent = inbox.raw().map(({ url, headers, body }) => `${url}\n${JSON.stringify(headers)}\n${body}`);
  expect(sent.length).toBeGreaterThan(0);
  const typed = ['Corner', 'Open from', 'Lunch', 'find us', 'example.com', 'example.org', 'table=7', 'corner-cafe'];
  for (const text of typed) expect(sent.join('\n')).not.toContain(text);
}
