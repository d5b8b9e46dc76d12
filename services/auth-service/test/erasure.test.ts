import { hashEmail } from '@qr/common';
import { postgresAvailable } from '@qr/database/testing';
import Fastify from 'fastify';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createBrowser, observe, serviceToken, startApp } from './start-app.ts';

const kinds = (await postgresAvailable()) ? (['embedded', 'postgres'] as const) : (['embedded'] as const);
const { inbox, settle, stop } = await observe();
afterAll(() => stop());

const password = 'correct horse battery';
const QUARTER_HOUR_MS = 15 * 60_000;

/** Another service, which answers as told and remembers what it was asked. */
async function startService() {
  const app = Fastify();
  const service = { status: 204, asked: [] as string[], url: '', close: () => app.close() };
  app.delete<{ Params: { id: string } }>('/internal/users/:id', async (request, reply) => {
    if (request.headers.authorization !== `Bearer ${serviceToken}`) return reply.code(401).send();
    service.asked.push(request.params.id);
    return reply.code(service.status).send();
  });
  service.url = await app.listen({ port: 0, host: '127.0.0.1' });
  return service;
}

describe.each(kinds)('an account that is deleted, on the %s database', (kind) => {
  let qr: Awaited<ReturnType<typeof startService>>;
  let routing: Awaited<ReturnType<typeof startService>>;
  let secondRouting: Awaited<ReturnType<typeof startService>>;
  let running: Awaited<ReturnType<typeof startApp>>;
  let people = 0;
  beforeEach(async () => {
    [qr, routing, secondRouting] = [await startService(), await startService(), await startService()];
    running = await startApp(kind, {
      services: { 'qr-service': [qr.url], 'routing-service': [routing.url, secondRouting.url] },
    });
    await settle();
    inbox.clear();
  });
  afterEach(async () => {
    await running.stop();
    await qr.close();
    await routing.close();
    await secondRouting.close();
  });

  async function signUp() {
    const browser = createBrowser(running.app);
    const email = `gone-${kind}-${++people}@example.com`;
    const response = await browser.send('POST', '/auth/signup', { email, password });
    return { browser, email, userId: response.json<{ user: { id: string } }>().user.id };
  }
  const rows = async () => {
    const tables = ['users', 'refresh_tokens', 'attempts', 'erasures'];
    const counts = await Promise.all(tables.map((table) => running.database.pool.query(`select * from auth.${table}`)));
    return Object.fromEntries(tables.map((table, at) => [table, counts[at]?.rowCount]));
  };

  it('leaves no row and no session, and the other services are told', async () => {
    const { browser, email, userId } = await signUp();
    await createBrowser(running.app).send('POST', '/auth/login', { email, password: 'a wrong one' });
    expect(await rows()).toMatchObject({ attempts: 1 });
    expect((await browser.send('DELETE', '/auth/account', { password })).statusCode).toBe(204);
    expect(browser.cookies.size).toBe(0);
    await running.erasures.run();
    // Each instance of a service remembers things by itself.
    expect([qr.asked, routing.asked, secondRouting.asked]).toEqual([[userId], [userId], [userId]]);
    expect(await rows()).toMatchObject({ users: 0, refresh_tokens: 0, attempts: 0 });
    expect((await browser.send('POST', '/auth/login', { email, password })).statusCode).toBe(401);
    expect((await browser.send('POST', '/auth/signup', { email, password })).statusCode).toBe(201);
  });

  it('is asked for again until each service has confirmed, and once more when no session is left', async () => {
    const { browser, userId } = await signUp();
    qr.status = 503;
    await browser.send('DELETE', '/auth/account', { password });
    await running.erasures.run();
    await running.erasures.run();
    expect(routing.asked).toEqual([userId]);
    expect(qr.asked.length).toBeGreaterThanOrEqual(2);
    expect(running.failures.join()).toContain('qr-service: ServiceError: qr-service answered 503');
    qr.status = 204;
    const before = qr.asked.length;
    await running.erasures.run();
    await running.erasures.run();
    expect(qr.asked.length).toBe(before + 1);
    running.clock.aheadMs = QUARTER_HOUR_MS;
    await running.erasures.run();
    expect([qr.asked.length, routing.asked.length]).toEqual([before + 2, 2]);
    expect(await rows()).toEqual({ users: 0, refresh_tokens: 0, attempts: 0, erasures: 0 });
    await running.erasures.run();
    expect(routing.asked.length).toBe(2);
  });

  it('goes without a password when an operator asks, as often as they ask, and nobody else', async () => {
    const { browser, email, userId } = await signUp();
    await createBrowser(running.app).send('POST', '/auth/login', { email, password: 'a wrong one' });
    const erase = async (id: string, token: string) => {
      const headers = { authorization: `Bearer ${token}` };
      return (await createBrowser(running.app).send('DELETE', `/internal/users/${id}`, undefined, headers)).statusCode;
    };
    expect(await erase(userId, 'a-token-of-somebody-else-entirely')).toBe(401);
    expect((await browser.send('GET', '/auth/me')).statusCode).toBe(200);
    expect([await erase(userId, serviceToken), await erase(userId, serviceToken)]).toEqual([204, 204]);
    expect([await erase('no-account', serviceToken), await erase('%24device%3Aabc', serviceToken)]).toEqual([204, 204]);
    await running.erasures.run();
    expect(new Set([...qr.asked, ...routing.asked])).toEqual(new Set([userId]));
    expect(await rows()).toMatchObject({ users: 0, refresh_tokens: 0, attempts: 0 });
    expect((await browser.send('POST', '/auth/login', { email, password })).statusCode).toBe(401);
  });

  it('stays when the password is wrong, or nobody is logged in', async () => {
    const { browser } = await signUp();
    const refused = await browser.send('DELETE', '/auth/account', { password: 'wrong' });
    expect([refused.statusCode, refused.json().field]).toEqual([403, 'password']);
    expect((await createBrowser(running.app).send('DELETE', '/auth/account', { password })).statusCode).toBe(401);
    expect(await rows()).toMatchObject({ users: 1, erasures: 0 });
    expect(qr.asked).toEqual([]);
  });

  it('is told of by a visitor, and nothing names the person any more', async () => {
    const { browser, email, userId } = await signUp();
    await settle();
    inbox.clear();
    await browser.send('DELETE', '/auth/account', { password });
    await settle();
    const deleted = inbox.events().filter(({ event }) => event === 'account_deleted');
    expect(deleted).toMatchObject([{ distinctId: expect.stringMatching(/^\$device:/) }]);
    expect(JSON.stringify(inbox.events())).not.toContain(userId);
    expect(JSON.stringify(inbox.events())).not.toContain(hashEmail(email));
  });
});
