import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBrowser, observe, startApp } from './start-app.ts';

const observed = await observe();
afterAll(() => observed.stop());
let running: Awaited<ReturnType<typeof startApp>>;
beforeAll(async () => {
  running = await startApp('embedded', { secureCookies: true });
});
afterAll(() => running.stop());

const good = { email: 'ada@example.com', password: 'correct horse battery' };

describe('POST /auth/signup', () => {
  it.each([
    ['email', { password: good.password }],
    ['email', { ...good, email: '' }],
    ['email', { ...good, email: 'ada' }],
    ['email', { ...good, email: 'ada@example' }],
    ['email', { ...good, email: 'ada@@example.com' }],
    ['email', { ...good, email: 'ada lovelace@example.com' }],
    ['email', { ...good, email: 'ada@example..com' }],
    ['email', { ...good, email: 'ada\u0000@example.com' }],
    ['email', { ...good, email: `${'a'.repeat(250)}@example.com` }],
    ['email', { ...good, email: { $ne: '' } }],
    ['password', { email: good.email }],
    ['password', { ...good, password: 'seven77' }],
    ['password', { ...good, password: 'x'.repeat(257) }],
    ['name', { ...good, name: 'x'.repeat(101) }],
    ['name', { ...good, name: 'Ada\u0000' }],
  ])('names the field %s that is wrong in %j', async (field, body) => {
    const response = await createBrowser(running.app).send('POST', '/auth/signup', body);
    expect(response.statusCode).toBe(400);
    expect(response.json()).toMatchObject({ error: 'Bad Request', field });
    expect(response.cookies).toEqual([]);
  });

  it('sets cookies that scripts cannot read, that travel over HTTPS only and that no sibling domain can plant', async () => {
    const response = await createBrowser(running.app).send('POST', '/auth/signup', good);
    const common = { httpOnly: true, secure: true, path: '/' };
    expect(response.cookies).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ ...common, name: '__Host-session', sameSite: 'Lax', maxAge: 900 }),
        expect.objectContaining({ ...common, name: '__Host-refresh', sameSite: 'Strict', maxAge: 2_592_000 }),
        expect.objectContaining({ ...common, name: '__Host-device', sameSite: 'Strict', maxAge: 34_560_000 }),
      ]),
    );
    expect(response.cookies).toHaveLength(3);
  });
});

describe('a long e-mail address made to be slow to check', () => {
  it('is refused quickly', async () => {
    const start = performance.now();
    const body = { ...good, email: `a@${'a.'.repeat(100_000)}` };
    const response = await createBrowser(running.app).send('POST', '/auth/signup', body);
    expect(response.statusCode).toBe(400);
    expect(performance.now() - start).toBeLessThan(1000);
  });
});

describe('a route', () => {
  it.each([
    ['GET', '/auth/me'],
    ['POST', '/auth/refresh'],
    ['POST', '/auth/password'],
    ['POST', '/auth/plan'],
    ['DELETE', '/auth/account'],
  ] as const)('that needs a session answers 401 without one: %s %s', async (method, url) => {
    const response = await createBrowser(running.app).send(method, url);
    expect(response.statusCode).toBe(401);
    expect(response.json()).toMatchObject({ error: 'Unauthorized' });
  });

  it.each(['/auth/signup', '/auth/login', '/auth/logout', '/auth/refresh', '/auth/password', '/auth/plan'])(
    'refuses what a page of another origin asks to change: POST %s',
    async (url) => {
      const headers = { origin: 'https://evil.example' };
      const response = await createBrowser(running.app).send('POST', url, good, headers);
      expect(response.statusCode).toBe(403);
      expect(response.cookies).toEqual([]);
    },
  );
});

describe('POST /auth/logout', () => {
  it('answers 204 to whoever is logged out already, without an event', async () => {
    await observed.settle();
    observed.inbox.clear();
    const response = await createBrowser(running.app).send('POST', '/auth/logout');
    expect(response.statusCode).toBe(204);
    await observed.settle();
    expect(observed.inbox.events()).toEqual([]);
  });
});
