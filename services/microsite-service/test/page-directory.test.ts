import { postgresAvailable } from '@qr/database/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { observe, startApp } from './start-app.ts';

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
beforeEach(async () => {
  await settle();
  inbox.clear();
});

const cafe = { title: 'Before', links: [{ label: 'Menu', url: 'https://example.com/' }] };

/** A published microsite that nobody has seen yet, on a directory that was asked for nothing. */
async function begin() {
  const owner = await running.logIn();
  const { id, slug } = await owner.published(cafe);
  running.pageReads.slugs = [];
  const ask = (path: string, payload?: object) =>
    owner.ask(payload ? 'PATCH' : 'POST', `/microsites/${id}${path}`, payload);
  const status = async () => (await running.view(slug)).statusCode;
  const shown = async () => /<h1[^>]*>(.*)<\/h1>/.exec((await running.view(slug)).body)?.[1];
  return { owner, id, slug, ask, status, shown, reads: () => running.pageReads.slugs.length };
}

describe('a page that many open', () => {
  it('is read once when all of them come at the same time to a cold service', async () => {
    const { slug, status } = await begin();
    const statuses = await Promise.all(Array.from({ length: 100 }, status));
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(running.pageReads.slugs).toEqual([slug]);
    await settle();
    expect(inbox.events().filter(({ event }) => event === 'microsite_viewed')).toHaveLength(100);
  });

  it('is read again after ten seconds, so that what another process did is noticed', async () => {
    const { id, status, reads } = await begin();
    await status();
    await running.database.pool.query(
      'update microsite.microsites set published = null, published_at = null where id = $1',
      [id],
    );
    running.clock.nowMs += 9900;
    expect([await status(), reads()]).toEqual([200, 1]);
    running.clock.nowMs += 200;
    expect([await status(), reads()]).toEqual([404, 2]);
  });

  it('is missing for two seconds at most once it was missing', async () => {
    const { id, ask, status, reads } = await begin();
    await ask('/unpublish');
    expect([await status(), await status(), reads()]).toEqual([404, 404, 1]);
    await running.database.pool.query(
      `update microsite.microsites set published = jsonb_build_object('title', title, 'links', links, 'description', null), published_at = now() where id = $1`,
      [id],
    );
    running.clock.nowMs += 1900;
    expect([await status(), reads()]).toEqual([404, 1]);
    running.clock.nowMs += 200;
    expect([await status(), reads()]).toEqual([200, 2]);
  });
});

describe('what its owner does', () => {
  it('is seen at once when it is published or hidden, and not while it is being written', async () => {
    const { ask, shown } = await begin();
    expect(await shown()).toBe('Before');
    await ask('', { title: 'After' });
    running.clock.nowMs += 60_000;
    expect(await shown()).toBe('Before');
    await ask('/publish');
    expect(await shown()).toBe('After');
    await ask('/unpublish');
    expect(await shown()).toBe('There is no page here');
    await ask('/publish');
    expect(await shown()).toBe('After');
  });

  it('is seen at once when it is removed', async () => {
    const { owner, id, status } = await begin();
    expect(await status()).toBe(200);
    await owner.ask('DELETE', `/microsites/${id}`);
    expect(await status()).toBe(404);
  });

  it('is not undone by a visitor whose page was being read meanwhile', async () => {
    const { ask, shown } = await begin();
    await ask('', { title: 'After' });
    let answer = () => {};
    const asked = new Promise<void>((resolve) => {
      running.pageReads.beforeAnswer = () => {
        resolve();
        return new Promise((release) => {
          answer = release;
        });
      };
    });
    const early = shown();
    await asked;
    running.pageReads.beforeAnswer = async () => {};
    await ask('/publish');
    answer();
    expect(await early).toBe('Before');
    expect(await shown()).toBe('After');
  });
});

describe('while the database is down', () => {
  const breakDatabase = () => running.database.pool.query('alter table microsite.microsites rename to away');
  const repairDatabase = () => running.database.pool.query('alter table if exists microsite.away rename to microsites');
  afterEach(async () => {
    await repairDatabase();
  });

  it('a page that was shown goes on being shown, is asked for every two seconds only, and the failure is reported once for all', async () => {
    const { status, reads } = await begin();
    await status();
    await breakDatabase();
    running.clock.nowMs += 3_600_000;
    expect(await Promise.all([status(), status(), status()])).toEqual([200, 200, 200]);
    running.clock.nowMs += 1900;
    expect([await status(), reads()]).toEqual([200, 2]);
    await settle();
    expect(inbox.errors()).toHaveLength(1);
    running.clock.nowMs += 200;
    expect([await status(), reads()]).toEqual([200, 3]);
  });

  it('a page that was not shown yet is not called missing, its visitors learn that to come back helps, and it is reported', async () => {
    const { slug, status } = await begin();
    await settle();
    inbox.clear();
    await breakDatabase();
    const response = await running.view(slug);
    expect(response.statusCode).toBe(503);
    expect(response.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(response.headers['cache-control']).toBe('no-store');
    expect(response.body).toContain('Try again in a minute');
    await settle();
    expect(inbox.events()).toEqual([]);
    expect(inbox.errors()).toHaveLength(1);
    expect(
      inbox
        .raw()
        .map(({ body }) => body.toString())
        .join('\n'),
    ).not.toContain(slug);
    await repairDatabase();
    expect(await status()).toBe(200);
  });

  it('a page that was missing is not called missing any more', async () => {
    const { ask, status } = await begin();
    await ask('/unpublish');
    expect(await status()).toBe(404);
    await breakDatabase();
    running.clock.nowMs += 2100;
    expect(await status()).toBe(503);
  });
});
