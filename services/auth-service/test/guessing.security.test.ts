import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createBrowser, observe, startApp } from './start-app.ts';

const observed = await observe();
afterAll(() => observed.stop());

const password = 'correct horse battery';
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
let people = 0;
const newEmail = () => `guessed-${++people}@example.com`;

let running: Awaited<ReturnType<typeof startApp>>;
beforeAll(async () => {
  running = await startApp('embedded');
});
afterAll(() => running.stop());
beforeEach(async () => {
  running.clock.aheadMs = 0;
  await running.database.pool.query('delete from auth.attempts');
});

async function signUp(email = newEmail()) {
  const browser = createBrowser(running.app, '127.0.0.1');
  expect((await browser.send('POST', '/auth/signup', { email, password })).statusCode).toBe(201);
  return { browser, email };
}

async function logIn(email: string, word: string, browser = createBrowser(running.app)): Promise<number> {
  return (await browser.send('POST', '/auth/login', { email, password: word })).statusCode;
}

/** Tries wrong passwords from an address of each number; returns the statuses. */
async function guess(email: string, count: number, addressOf: (index: number) => string): Promise<number[]> {
  const statuses: number[] = [];
  for (let index = 0; index < count; index++) {
    statuses.push(await logIn(email, `wrong ${index}`, createBrowser(running.app, addressOf(index))));
  }
  return statuses;
}

const count = (statuses: readonly number[], status: number) => statuses.filter((one) => one === status).length;

describe('an account at which a stranger guesses', () => {
  it('stays open to its owner in a new browser elsewhere, after 50 guesses from one address', async () => {
    const { email } = await signUp();
    const statuses = await guess(email, 50, () => '198.51.100.7');
    expect([count(statuses, 401), count(statuses, 429)]).toEqual([10, 40]);
    expect(await logIn(email, password, createBrowser(running.app, '203.0.113.5'))).toBe(200);
  });

  it('stays open to its owner in a new browser, after 60 guesses from 60 addresses', async () => {
    const { email } = await signUp();
    await guess(email, 60, (index) => `198.51.100.${index}`);
    expect(await logIn(email, password, createBrowser(running.app, '203.0.113.5'))).toBe(200);
  });

  it('stays open to its owner in a browser that it knows, at the address of the stranger', async () => {
    const { email, browser } = await signUp();
    await guess(email, 12, () => '127.0.0.1');
    expect(await logIn(email, password, createBrowser(running.app, '127.0.0.1'))).toBe(429);
    expect(await logIn(email, password, browser)).toBe(200);
  });

  it('makes the stranger wait longer each time, up to 15 minutes, and says for how long', async () => {
    const { email } = await signUp();
    const stranger = createBrowser(running.app, '198.51.100.7');
    await guess(email, 10, () => '198.51.100.7');
    const waits: number[] = [];
    for (let round = 0; round < 7; round++) {
      const refused = await stranger.send('POST', '/auth/login', { email, password: 'wrong' });
      expect(refused.statusCode).toBe(429);
      const seconds = Number(refused.headers['retry-after']);
      waits.push(Math.ceil(seconds / 60));
      // What is refused does not make the wait longer.
      running.clock.aheadMs += seconds * 1000;
      expect(await logIn(email, 'wrong', stranger)).toBe(401);
    }
    expect(waits).toEqual([1, 2, 4, 8, 15, 15, 15]);
    running.clock.aheadMs += 24 * HOUR_MS;
    expect((await guess(email, 10, () => '198.51.100.7')).every((status) => status === 401)).toBe(true);
  });

  it('gives each new address 3 guesses instead of 10 once 50 came from elsewhere', async () => {
    const { email } = await signUp();
    await guess(email, 55, (index) => `198.51.100.${index}`);
    const statuses = await guess(email, 6, () => '203.0.113.9');
    expect(statuses).toEqual([401, 401, 401, 429, 429, 429]);
  });

  it('counts the addresses of one IPv6 network of 64 bits as one, and IPv4 addresses in IPv6 form by themselves', async () => {
    const { email } = await signUp();
    const statuses = await guess(email, 14, (index) => `2001:db8:1:2:${index.toString(16)}::${index}`);
    expect([count(statuses, 401), count(statuses, 429)]).toEqual([10, 4]);
    expect(await logIn(email, password, createBrowser(running.app, '2001:db8:1:3::1'))).toBe(200);
    const mapped = await guess(email, 14, (index) => `::ffff:198.51.100.${index}`);
    expect(count(mapped, 401)).toBe(14);
  });

  it('counts guesses that are made at the same moment', async () => {
    const { email } = await signUp();
    const statuses = await Promise.all(
      Array.from({ length: 30 }, () => logIn(email, 'wrong', createBrowser(running.app, '198.51.100.7'))),
    );
    expect([count(statuses, 401), count(statuses, 429)]).toEqual([10, 20]);
  });

  it('that does not exist answers the same', async () => {
    const known = await guess((await signUp()).email, 12, () => '198.51.100.7');
    const unknown = await guess(newEmail(), 12, () => '198.51.100.7');
    expect(unknown).toEqual(known);
  });

  it('is named in the database by keyed hashes only, which go with the account', async () => {
    const { email, browser } = await signUp();
    await guess(email, 2, () => '198.51.100.7');
    const rows = async () => (await running.database.pool.query('select * from auth.attempts')).rows;
    expect(JSON.stringify(await rows())).not.toMatch(/guessed|198\.51/);
    expect(await rows()).not.toEqual([]);
    expect((await browser.send('DELETE', '/auth/account', { password })).statusCode).toBe(204);
    expect(await rows()).toEqual([]);
  });
});

describe('the mark of a known browser', () => {
  it('of an account that was deleted is worth nothing for the next account of the same address', async () => {
    const email = newEmail();
    const { browser: thief } = await signUp(email);
    const mark = thief.cookies.get('device') ?? '';
    expect(mark).not.toBe('');
    await thief.send('DELETE', '/auth/account', { password });
    await signUp(email);
    // Nobody but known browsers has another guess at this address.
    await guess(email, 55, (index) => `198.51.100.${index}`);
    await guess(email, 3, () => '127.0.0.1');
    thief.cookies.set('device', mark);
    expect(await logIn(email, 'wrong', thief)).toBe(429);
    expect(await logIn(email, password, thief)).toBe(429);
  });

  it('is worth nothing after the password was changed, but in the browser that changed it', async () => {
    const { browser, email } = await signUp();
    const mark = browser.cookies.get('device') ?? '';
    const next = 'another horse, another battery';
    await browser.send('POST', '/auth/password', { currentPassword: password, newPassword: next });
    await guess(email, 10, () => '127.0.0.1');
    const copied = createBrowser(running.app, '127.0.0.1');
    copied.cookies.set('device', mark);
    expect(await logIn(email, next, copied)).toBe(429);
    expect(await logIn(email, next, browser)).toBe(200);
  });

  it('is no licence to guess either', async () => {
    const { browser, email } = await signUp();
    const statuses: number[] = [];
    for (let index = 0; index < 30; index++) statuses.push(await logIn(email, `wrong ${index}`, browser));
    expect([count(statuses, 401), count(statuses, 429)]).toEqual([10, 20]);
  });

  it('cannot be made up, or moved to another account', async () => {
    const { email } = await signUp();
    const { browser: other } = await signUp();
    await guess(email, 10, () => '127.0.0.1');
    for (const mark of [
      other.cookies.get('device') ?? '',
      'A'.repeat(43),
      `${'A'.repeat(22)}.${'A'.repeat(43)}`,
      '.',
      '',
    ]) {
      const stranger = createBrowser(running.app, '127.0.0.1');
      stranger.cookies.set('device', mark);
      expect(await logIn(email, password, stranger)).toBe(429);
    }
  });
});

describe('the password of an open session', () => {
  it('can be guessed 10 times, from whatever addresses, at both routes that ask for it', async () => {
    const { browser } = await signUp();
    const statuses: number[] = [];
    for (let index = 0; index < 16; index++) {
      const thief = createBrowser(running.app, `198.51.100.${index}`);
      for (const [name, value] of browser.cookies) thief.cookies.set(name, value);
      const body = { currentPassword: `wrong ${index}`, newPassword: 'another horse, another battery' };
      const response =
        index % 2 === 0
          ? await thief.send('POST', '/auth/password', body)
          : await thief.send('DELETE', '/auth/account', { password: `wrong ${index}` });
      statuses.push(response.statusCode);
    }
    expect(statuses).toEqual([...Array(10).fill(403), ...Array(6).fill(429)]);
  });

  it('is not asked for again by those who knew it', async () => {
    const { browser } = await signUp();
    let current = password;
    for (let index = 0; index < 12; index++) {
      const next = `horse ${index} and its battery`;
      const response = await browser.send('POST', '/auth/password', { currentPassword: current, newPassword: next });
      expect(response.statusCode).toBe(204);
      current = next;
    }
  });
});

describe('signing up', () => {
  const signUpAt = async (address: string, email: string) =>
    (await createBrowser(running.app, address).send('POST', '/auth/signup', { email, password })).statusCode;

  it('tells one address of 20 e-mail addresses that have an account, then of none', async () => {
    const taken: string[] = [];
    while (taken.length < 30) taken.push((await signUp()).email);
    await running.database.pool.query('delete from auth.attempts');
    const statuses: number[] = [];
    for (const [index, email] of taken.entries()) {
      statuses.push(await signUpAt(`2001:db8:1:2::${index.toString(16)}`, email));
    }
    expect([count(statuses, 409), count(statuses, 429)]).toEqual([20, 10]);
    // Whether there is an account or not.
    expect(await signUpAt('2001:db8:1:2:ffff::1', newEmail())).toBe(429);
    expect(await signUpAt('2001:db8:1:3::1', newEmail())).toBe(201);
  });

  it('tells of one e-mail address 5 times, from whatever addresses', async () => {
    const { email } = await signUp();
    const statuses: number[] = [];
    for (let index = 0; index < 8; index++) statuses.push(await signUpAt(`198.51.100.${index}`, email.toUpperCase()));
    expect([count(statuses, 409), count(statuses, 429)]).toEqual([5, 3]);
  });

  it('that succeeds is not counted', async () => {
    for (let index = 0; index < 30; index++) expect(await signUpAt('198.51.100.7', newEmail())).toBe(201);
  });
});
