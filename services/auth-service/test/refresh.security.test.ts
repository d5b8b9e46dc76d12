import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createBrowser, observe, startApp } from './start-app.ts';

const observed = await observe();
afterAll(() => observed.stop());
let running: Awaited<ReturnType<typeof startApp>>;
beforeAll(async () => {
  running = await startApp('embedded');
});
afterAll(() => running.stop());
beforeEach(() => {
  running.clock.aheadMs = 0;
});

const GRACE_MS = 10_000;
let people = 0;

async function signUp() {
  const browser = createBrowser(running.app);
  const body = { email: `tabs-${++people}@example.com`, password: 'correct horse battery' };
  expect((await browser.send('POST', '/auth/signup', body)).statusCode).toBe(201);
  return browser;
}

/** A browser with the same cookies, which does not see those that the other one gets later. */
function copyOf(browser: ReturnType<typeof createBrowser>) {
  const copy = createBrowser(running.app);
  for (const [name, value] of browser.cookies) copy.cookies.set(name, value);
  return copy;
}

const refresh = async (browser: ReturnType<typeof createBrowser>) =>
  (await browser.send('POST', '/auth/refresh')).statusCode;

describe('refreshes of several tabs at the same moment', () => {
  it('all succeed, with one and the same next id', async () => {
    const tabs = [await signUp()];
    while (tabs.length < 5) tabs.push(copyOf(tabs[0] as (typeof tabs)[0]));
    expect(await Promise.all(tabs.map(refresh))).toEqual([200, 200, 200, 200, 200]);
    expect(new Set(tabs.map(({ cookies }) => cookies.get('refresh'))).size).toBe(1);
    for (const tab of tabs) expect((await tab.send('GET', '/auth/me')).statusCode).toBe(200);
    expect(await refresh(tabs[4] as (typeof tabs)[0])).toBe(200);
  });

  it('leave one family behind', async () => {
    const tab = await signUp();
    const other = copyOf(tab);
    await Promise.all([refresh(tab), refresh(other)]);
    const { user } = (await tab.send('GET', '/auth/me')).json<{ user: { id: string } }>();
    const found = await running.database.pool.query('select 1 from auth.refresh_tokens where user_id = $1', [user.id]);
    expect(found.rows).toHaveLength(1);
  });

  it('succeed shortly after one another', async () => {
    const tab = await signUp();
    const other = copyOf(tab);
    expect(await refresh(tab)).toBe(200);
    running.clock.aheadMs = GRACE_MS - 1000;
    expect(await refresh(other)).toBe(200);
    expect(await refresh(copyOf(tab))).toBe(200);
  });
});

describe('a refresh id that was used', () => {
  it('ends its family when it comes back after the grace', async () => {
    const owner = await signUp();
    const thief = copyOf(owner);
    expect(await refresh(owner)).toBe(200);
    running.clock.aheadMs = GRACE_MS + 1;
    expect(await refresh(thief)).toBe(401);
    expect(await refresh(owner)).toBe(401);
  });

  it('ends its family within the grace, too, when it is not the previous one', async () => {
    const owner = await signUp();
    const thief = copyOf(owner);
    expect(await refresh(owner)).toBe(200);
    expect(await refresh(owner)).toBe(200);
    expect(await refresh(thief)).toBe(401);
    expect(await refresh(owner)).toBe(401);
  });

  it('does not make the grace longer by its use', async () => {
    const owner = await signUp();
    const other = copyOf(owner);
    expect(await refresh(owner)).toBe(200);
    running.clock.aheadMs = GRACE_MS - 1000;
    expect(await refresh(copyOf(other))).toBe(200);
    running.clock.aheadMs = GRACE_MS + 1000;
    expect(await refresh(other)).toBe(401);
  });

  it('is worth nothing after a log-out, within the grace as well', async () => {
    const tab = await signUp();
    const other = copyOf(tab);
    await refresh(tab);
    await tab.send('POST', '/auth/logout');
    expect(await refresh(other)).toBe(401);
  });

  it('cannot be told from its successor by what the database holds', async () => {
    const tab = await signUp();
    const used = tab.cookies.get('refresh') ?? '';
    await refresh(tab);
    const { rows } = await running.database.pool.query('select * from auth.refresh_tokens');
    for (const token of [used, tab.cookies.get('refresh') ?? '']) {
      expect(JSON.stringify(rows)).not.toContain(token.split('.')[1]);
    }
  });
});
