import { hashEmail } from '@qr/common';
import { postgresAvailable } from '@qr/database/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createBrowser, observe, startApp } from './start-app.ts';

const kinds = (await postgresAvailable()) ? (['embedded', 'postgres'] as const) : (['embedded'] as const);
const observed = await observe();
const { inbox, settle } = observed;
afterAll(() => observed.stop());

const password = 'correct horse battery';
const THIRTY_DAYS_MS = 30 * 24 * 60 * 60 * 1000;
let people = 0;
/** Addresses that no other test uses. */
const newEmail = () => `person-${++people}@example.com`;

describe.each(kinds)('an account, on the %s database', (kind) => {
  let running: Awaited<ReturnType<typeof startApp>>;
  beforeAll(async () => {
    running = await startApp(kind);
  });
  afterAll(() => running.stop());
  beforeEach(() => {
    running.clock.aheadMs = 0;
  });

  async function signUp(email = newEmail()) {
    const browser = createBrowser(running.app);
    const response = await browser.send('POST', '/auth/signup', { email, password });
    expect(response.statusCode).toBe(201);
    return { browser, email, user: response.json<{ user: { id: string; createdAt: string } }>().user };
  }

  it('lives from signing up over logging in, asking, refreshing to logging out, and tells each step once', async () => {
    await settle();
    inbox.clear();
    const browser = createBrowser(running.app);
    const email = newEmail();
    const registration = { email: `  ${email.toUpperCase()} `, password, name: ' Grace Hopper ' };
    const signup = await browser.send('POST', '/auth/signup', registration, {
      referer: 'https://qr.example/pricing?campaign=spring',
    });
    expect(signup.statusCode).toBe(201);
    const { user } = signup.json<{ user: { id: string; createdAt: string } }>();
    expect(user).toEqual({
      id: expect.any(String),
      email,
      name: 'Grace Hopper',
      plan: 'free',
      createdAt: expect.any(String),
    });
    expect((await browser.send('GET', '/auth/me')).json()).toEqual({ user });

    expect((await browser.send('POST', '/auth/logout')).statusCode).toBe(204);
    expect([...browser.cookies.keys()]).toEqual(['device']);
    expect((await browser.send('GET', '/auth/me')).statusCode).toBe(401);

    const login = await browser.send('POST', '/auth/login', { email: email.toUpperCase(), password });
    expect(login.json()).toEqual({ user });
    const before = new Map(browser.cookies);
    const refresh = await browser.send('POST', '/auth/refresh');
    expect(refresh.json()).toEqual({ user });
    expect(browser.cookies.get('refresh')).not.toBe(before.get('refresh'));
    expect((await browser.send('GET', '/auth/me')).json()).toEqual({ user });
    await browser.send('POST', '/auth/logout');

    await settle();
    expect(inbox.rejected()).toEqual([]);
    expect(inbox.events().map(({ event, distinctId }) => [event, distinctId])).toEqual([
      ['signup_completed', user.id],
      ['logout', user.id],
      ['login_completed', user.id],
      ['logout', user.id],
    ]);
    expect(inbox.events()[0]?.properties).toMatchObject({
      email_hash: hashEmail(email),
      signup_method: 'email',
      plan: 'free',
      source: 'https://qr.example/pricing',
      service: 'auth-service',
    });
    expect(inbox.profiles().find(({ distinctId }) => distinctId === user.id)?.properties).toEqual({
      email_hash: hashEmail(email),
      $created: user.createdAt,
      $last_login: expect.any(String),
      plan: 'free',
      total_qrs_created: 0,
    });
    expect(inbox.errors()).toEqual([]);
    const bytes = inbox.raw().map(({ url, headers, body }) => `${url}\n${JSON.stringify(headers)}\n${body}`);
    expect(bytes.length).toBeGreaterThan(1);
    const secrets = [email, password, 'Hopper', 'campaign', ...before.values(), ...browser.cookies.values()];
    for (const secret of secrets) expect(bytes.join('\n').toLowerCase()).not.toContain(secret.toLowerCase());
    expect(bytes.join('\n')).not.toContain('127.0.0.1"');
  });

  it('can be made once for an address, however it is written', async () => {
    const { email } = await signUp();
    const again = await createBrowser(running.app).send('POST', '/auth/signup', {
      email: email.toUpperCase(),
      password,
    });
    expect(again.statusCode).toBe(409);
    expect(again.json()).toMatchObject({ error: 'Conflict', field: 'email' });
    expect(again.cookies).toEqual([]);
  });

  it('is made once when two requests ask for the same address at once', async () => {
    const registration = { email: newEmail(), password };
    const ask = () => createBrowser(running.app).send('POST', '/auth/signup', registration);
    const statuses = (await Promise.all([ask(), ask(), ask()])).map(({ statusCode }) => statusCode);
    expect(statuses.sort()).toEqual([201, 409, 409]);
  });

  it('is refused in the same words for a wrong password and an unknown address', async () => {
    const { email } = await signUp();
    const browser = createBrowser(running.app);
    const wrong = await browser.send('POST', '/auth/login', { email, password: 'wrong password' });
    const unknown = await browser.send('POST', '/auth/login', { email: newEmail(), password });
    expect(wrong.statusCode).toBe(401);
    expect(unknown.statusCode).toBe(401);
    expect(unknown.body).toBe(wrong.body);
    expect([...wrong.cookies, ...unknown.cookies]).toEqual([]);
  });

  it('answers 429 after ten guesses from one address, without hindering other accounts', async () => {
    const { email } = await signUp();
    const other = await signUp();
    const browser = createBrowser(running.app);
    const guess = () => browser.send('POST', '/auth/login', { email, password: 'wrong password' });
    for (let attempt = 1; attempt <= 10; attempt++) expect((await guess()).statusCode).toBe(401);
    const refused = await browser.send('POST', '/auth/login', { email: ` ${email.toUpperCase()}`, password });
    expect(refused.statusCode).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await browser.send('POST', '/auth/login', { email: other.email, password })).statusCode).toBe(200);
  });

  it('tells of refusals, as a visitor without a name', async () => {
    const { email } = await signUp();
    await settle();
    inbox.clear();
    const browser = createBrowser(running.app);
    await browser.send('POST', '/auth/login', { email, password: 'wrong password' });
    await browser.send('POST', '/auth/signup', { email, password });
    await browser.send('POST', '/auth/signup', { email: 'no address', password });
    await settle();
    const told = inbox.events().map(({ event, properties }) => [event, properties['reason']]);
    expect(told).toEqual([
      ['login_failed', 'wrong_credentials'],
      ['signup_failed', 'email_taken'],
      ['signup_failed', 'invalid'],
    ]);
    expect(inbox.events().every(({ distinctId }) => distinctId.startsWith('$device:'))).toBe(true);
    expect(JSON.stringify(inbox.events())).not.toContain(hashEmail(email));
  });

  describe('its password', () => {
    it('can be changed by who knows it, and every other session ends', async () => {
      const { browser, email } = await signUp();
      const elsewhere = createBrowser(running.app);
      await elsewhere.send('POST', '/auth/login', { email, password });
      const next = 'another horse, another battery';
      const changed = await browser.send('POST', '/auth/password', { currentPassword: password, newPassword: next });
      expect(changed.statusCode).toBe(204);
      expect((await browser.send('POST', '/auth/refresh')).statusCode).toBe(200);
      expect((await elsewhere.send('POST', '/auth/refresh')).statusCode).toBe(401);
      const login = (word: string) => createBrowser(running.app).send('POST', '/auth/login', { email, password: word });
      expect((await login(password)).statusCode).toBe(401);
      expect((await login(next)).statusCode).toBe(200);
    });

    it('stays as it is when the current one is wrong, and cannot be guessed without end', async () => {
      const { browser, email } = await signUp();
      const change = () =>
        browser.send('POST', '/auth/password', { currentPassword: 'wrong', newPassword: 'x'.repeat(20) });
      const first = await change();
      expect(first.statusCode).toBe(403);
      expect(first.json()).toMatchObject({ field: 'currentPassword' });
      for (let attempt = 2; attempt <= 10; attempt++) await change();
      expect((await change()).statusCode).toBe(429);
      expect((await createBrowser(running.app).send('POST', '/auth/login', { email, password })).statusCode).toBe(200);
    });
  });

  it('can be renamed and lose its name, which nobody else is told', async () => {
    const { browser } = await signUp();
    const rename = async (name: unknown) => {
      const response = await browser.send('PATCH', '/auth/me', { name });
      return [response.statusCode, response.json().user?.name ?? response.json().field];
    };
    expect(await rename('  Grace Hopper ')).toEqual([200, 'Grace Hopper']);
    expect((await browser.send('GET', '/auth/me')).json()).toMatchObject({ user: { name: 'Grace Hopper' } });
    expect(await rename('a\u0000b')).toEqual([400, 'name']);
    expect(await rename('x'.repeat(101))).toEqual([400, 'name']);
    expect((await browser.send('PATCH', '/auth/me', { name: ' ' })).json()).toMatchObject({ user: { name: null } });
  });

  describe('its plan', () => {
    const pro = { plan: 'pro', amountMinor: 900, currency: 'EUR' };

    it('becomes a larger one for its price, which is told in units of the currency', async () => {
      const { browser, user } = await signUp();
      await settle();
      inbox.clear();
      const upgraded = await browser.send('POST', '/auth/plan', pro);
      expect(upgraded.json()).toMatchObject({ user: { id: user.id, plan: 'pro' } });
      expect((await browser.send('GET', '/auth/me')).json()).toMatchObject({ user: { plan: 'pro' } });
      const business = { plan: 'business', amountMinor: 4200, currency: 'JPY' };
      expect((await browser.send('POST', '/auth/plan', business)).statusCode).toBe(200);
      await settle();
      const told = inbox
        .events()
        .map(({ event, properties }) => [event, properties['to_plan'] ?? properties['amount']]);
      expect(told).toEqual([
        ['plan_upgraded', 'pro'],
        ['revenue', 9],
        ['plan_upgraded', 'business'],
        ['revenue', 4200],
      ]);
      expect(inbox.events()[1]?.properties).toMatchObject({
        currency: 'EUR',
        plan: 'pro',
        order_id: expect.any(String),
      });
      expect(inbox.profiles().find(({ distinctId }) => distinctId === user.id)?.properties).toMatchObject({
        plan: 'business',
      });
    });

    it.each([
      ['a wrong amount', { ...pro, amountMinor: 899 }, 400, 'amountMinor'],
      ['a currency in which it is not sold', { ...pro, currency: 'CHF' }, 400, 'currency'],
      ['the name of something else as a currency', { ...pro, currency: 'constructor' }, 400, 'currency'],
      ['half a cent', { ...pro, amountMinor: 900.5 }, 400, 'amountMinor'],
      ['a plan that nobody sells', { ...pro, plan: 'gold' }, 400, 'plan'],
      ['a larger plan without a price', { plan: 'pro', currency: 'EUR' }, 400, 'amountMinor'],
      ['a price without a currency', { plan: 'pro', amountMinor: 900 }, 400, 'currency'],
      ['the plan that the account has', { ...pro, plan: 'free' }, 409, undefined],
    ])('is not changed for %s', async (_, order, status, field) => {
      const { browser } = await signUp();
      const response = await browser.send('POST', '/auth/plan', order);
      expect([response.statusCode, response.json().field]).toEqual([status, field]);
      expect((await browser.send('GET', '/auth/me')).json()).toMatchObject({ user: { plan: 'free' } });
    });

    it('becomes a smaller one without a price, which earns nothing', async () => {
      const { browser, user } = await signUp();
      await browser.send('POST', '/auth/plan', { ...pro, plan: 'business', amountMinor: 2900 });
      await settle();
      inbox.clear();
      expect((await browser.send('POST', '/auth/plan', { plan: 'pro' })).json()).toMatchObject({
        user: { plan: 'pro' },
      });
      const smallest = await browser.send('POST', '/auth/plan', { plan: 'free' });
      expect(smallest.json()).toMatchObject({ user: { id: user.id, plan: 'free' } });
      expect((await browser.send('POST', '/auth/plan', { plan: 'free' })).statusCode).toBe(400);
      await settle();
      expect(
        inbox.events().map(({ event, properties }) => [event, properties['from_plan'], properties['to_plan']]),
      ).toEqual([
        ['plan_downgraded', 'business', 'pro'],
        ['plan_downgraded', 'pro', 'free'],
      ]);
      expect(inbox.profiles().find(({ distinctId }) => distinctId === user.id)?.properties).toMatchObject({
        plan: 'free',
      });
    });

    it('is paid once by two orders at the same time', async () => {
      const { browser } = await signUp();
      const orders = [1, 2, 3].map(() => browser.send('POST', '/auth/plan', pro));
      const statuses = (await Promise.all(orders)).map(({ statusCode }) => statusCode);
      expect(statuses.sort()).toEqual([200, 409, 409]);
    });
  });

  it('keeps neither the password nor the refresh token in the database', async () => {
    const { browser, user } = await signUp();
    const { rows } = await running.database.pool.query(
      'select * from auth.users join auth.refresh_tokens on user_id = users.id where users.id = $1',
      [user.id],
    );
    expect(rows).toHaveLength(1);
    const [, secret] = (browser.cookies.get('refresh') ?? '').split('.');
    expect(secret).toHaveLength(43);
    expect(JSON.stringify(rows)).not.toContain(secret);
    expect(JSON.stringify(rows)).not.toContain(password);
    expect(rows[0].password_hash).toMatch(/^\$argon2id\$/);
  });

  it('that is gone is logged out, although its token is still valid', async () => {
    const { browser, user } = await signUp();
    await running.database.pool.query('delete from auth.users where id = $1', [user.id]);
    expect((await browser.send('GET', '/auth/me')).statusCode).toBe(401);
    expect((await browser.send('POST', '/auth/refresh')).statusCode).toBe(401);
  });

  describe('refresh token', () => {
    it('that comes back after its use ends the whole family, the newest token included', async () => {
      const { browser: owner } = await signUp();
      const thief = createBrowser(running.app);
      thief.cookies.set('refresh', owner.cookies.get('refresh') ?? '');
      expect((await thief.send('POST', '/auth/refresh')).statusCode).toBe(200);

      running.clock.aheadMs = 60_000;
      const reuse = await owner.send('POST', '/auth/refresh');
      expect(reuse.statusCode).toBe(401);
      expect([...owner.cookies.keys()]).toEqual(['device']);
      expect((await thief.send('POST', '/auth/refresh')).statusCode).toBe(401);
    });

    it('of another device stays good when one family ends', async () => {
      const { browser: phone, email } = await signUp();
      const laptop = createBrowser(running.app);
      await laptop.send('POST', '/auth/login', { email, password });
      await phone.send('POST', '/auth/logout');
      expect((await laptop.send('POST', '/auth/refresh')).statusCode).toBe(200);
    });

    it('is worthless after logging out, for those who copied it', async () => {
      const { browser } = await signUp();
      const copied = browser.cookies.get('refresh') ?? '';
      await browser.send('POST', '/auth/logout');
      browser.cookies.set('refresh', copied);
      expect((await browser.send('POST', '/auth/refresh')).statusCode).toBe(401);
    });

    it('is exchanged for one and the same next token when it is used twice at the same time', async () => {
      const { browser } = await signUp();
      const cookies = Object.fromEntries(browser.cookies);
      const use = () => running.app.inject({ method: 'POST', url: '/auth/refresh', cookies });
      const answers = await Promise.all([use(), use()]);
      expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200]);
      const tokens = answers.map((answer) => answer.cookies.find(({ name }) => name === 'refresh')?.value);
      expect(tokens[0]).toBe(tokens[1]);
    });

    it('works until thirty days have passed, and each use starts them anew', async () => {
      const { browser } = await signUp();
      running.clock.aheadMs = THIRTY_DAYS_MS - 60_000;
      expect((await browser.send('POST', '/auth/refresh')).statusCode).toBe(200);
      running.clock.aheadMs = 2 * THIRTY_DAYS_MS - 120_000;
      expect((await browser.send('POST', '/auth/refresh')).statusCode).toBe(200);
      running.clock.aheadMs = 3 * THIRTY_DAYS_MS;
      expect((await browser.send('POST', '/auth/refresh')).statusCode).toBe(401);
    });

    it('is forgotten by the database at a log-in after it expired', async () => {
      const { browser, email, user } = await signUp();
      running.clock.aheadMs = THIRTY_DAYS_MS + 60_000;
      await browser.send('POST', '/auth/login', { email, password });
      const { rows } = await running.database.pool.query('select 1 from auth.refresh_tokens where user_id = $1', [
        user.id,
      ]);
      expect(rows).toHaveLength(1);
    });

    it.each(['', 'garbage', `${crypto.randomUUID()}.${'A'.repeat(43)}`, "' or 1=1 --"])(
      'that was never issued ("%s") is answered 401',
      async (token) => {
        const browser = createBrowser(running.app);
        browser.cookies.set('refresh', token);
        expect((await browser.send('POST', '/auth/refresh')).statusCode).toBe(401);
      },
    );
  });

  it('is reported without secrets when the database breaks while it is made', async () => {
    await settle();
    inbox.clear();
    const broken = await startApp(kind);
    await broken.database.pool.query('drop table auth.users cascade');
    const email = newEmail();
    const response = await createBrowser(broken.app).send('POST', '/auth/signup', {
      email,
      password,
      name: 'Grace Hopper',
    });
    await broken.stop();
    await settle();
    expect(response.statusCode).toBe(500);
    expect(inbox.events()).toMatchObject([{ event: 'signup_failed', properties: { reason: 'server_error' } }]);
    expect(inbox.errors()).toHaveLength(1);
    expect(inbox.errors()[0]?.eventId).toBe(response.json<{ errorId: string }>().errorId);
    const bytes = inbox.raw().map(({ body }) => body.toString());
    for (const secret of [email, password, 'Hopper', '$argon2id']) expect(bytes.join('\n')).not.toContain(secret);
  });
});
