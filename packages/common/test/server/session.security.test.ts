import { createHmac } from 'node:crypto';
import Fastify, { type FastifyInstance, type InjectOptions } from 'fastify';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { buildServer, createSessions, type SessionsOptions } from '../../src/server.ts';
import { startObserved } from '../start-observed.ts';

const secret = 'a-test-secret-of-32-characters-..';
const person = { userId: 'user-1', plan: 'pro' } as const;

async function serve(options: Partial<SessionsOptions> = {}, base?: FastifyInstance) {
  const app = base ?? Fastify();
  const sessions = createSessions({ secret, secureCookies: false, ...options });
  await app.register(sessions.plugin);
  app.post('/issue', async (_request, reply) => {
    sessions.issue(reply, person);
    return reply.send();
  });
  app.post('/clear', async (_request, reply) => {
    sessions.clear(reply);
    return reply.send();
  });
  app.get('/read', async (request) => ({ session: sessions.read(request) }));
  app.get('/required', async (request) => sessions.require(request));
  app.get('/broken', async (request) => {
    sessions.require(request);
    throw new Error('broken');
  });
  onTestFinished(() => app.close());
  const logIn = async () => (await app.inject({ method: 'POST', url: '/issue' })).cookies[0]?.value ?? '';
  const get = (url: string, token: string) => app.inject({ url, cookies: { session: token } });
  return { app, logIn, get };
}

function base64url(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function sign(header: object, payload: object, key = secret): string {
  const content = `${base64url(header)}.${base64url(payload)}`;
  return `${content}.${createHmac('sha256', key).update(content).digest('base64url')}`;
}

const now = Math.floor(Date.now() / 1000);
const header = { alg: 'HS256', typ: 'JWT' };
const payload = { sub: 'user-1', plan: 'pro', iat: now, exp: now + 60, iss: 'qr-platform' };

describe('a session', () => {
  it('is read back from the cookie that was issued', async () => {
    const { logIn, get } = await serve();
    const response = await get('/read', await logIn());
    expect(response.json()).toEqual({ session: person });
  });

  it('is believed by every service with the same secret', async () => {
    const { logIn } = await serve();
    const { get } = await serve();
    expect((await get('/required', await logIn())).json()).toEqual(person);
  });

  it('accepts a token signed by hand as the service signs it, so that the refusals below refuse for their reason', async () => {
    const { get } = await serve();
    expect((await get('/required', sign(header, payload))).json()).toEqual(person);
  });

  it.each([
    ['none', ''],
    ['garbage', 'not-a-token'],
    ['a token without signature', `${base64url({ alg: 'none', typ: 'JWT' })}.${base64url(payload)}.`],
    ['a token signed with another secret', sign(header, payload, 'another-secret-of-32-characters..')],
    ['a token of another issuer', sign(header, { ...payload, iss: 'someone' })],
    ['a token without an issuer', sign(header, { ...payload, iss: undefined })],
    ['a token with several issuers', sign(header, { ...payload, iss: ['someone', 'qr-platform'] })],
    ['a token of an empty issuer', sign(header, { ...payload, iss: '' })],
    ['an expired token', sign(header, { ...payload, exp: now - 1 })],
    ['a token that never expires', sign(header, { ...payload, exp: undefined })],
    ['a token without a user', sign(header, { ...payload, sub: '' })],
    ['a token with an unknown plan', sign(header, { ...payload, plan: 'admin' })],
  ])('is missing when the cookie holds %s', async (_what, token) => {
    const { get } = await serve();
    expect((await get('/read', token)).json()).toEqual({ session: null });
    const refused = await get('/required', token);
    expect(refused.statusCode).toBe(401);
    expect(refused.json()).toMatchObject({ message: 'Log in to continue.' });
  });

  it('ends after its time', async () => {
    const { logIn, get } = await serve({ ttlSeconds: 60 });
    const token = await logIn();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 59_000 });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    expect((await get('/required', token)).statusCode).toBe(200);
    vi.setSystemTime(Date.now() + 2000);
    expect((await get('/required', token)).statusCode).toBe(401);
  });

  it.each([
    { secureCookies: false, name: 'session' },
    { secureCookies: true, name: '__Host-session' },
  ])('is a cookie out of the reach of scripts (secure: $secureCookies)', async ({ secureCookies, name }) => {
    const { app } = await serve({ secureCookies });
    const [cookie] = (await app.inject({ method: 'POST', url: '/issue' })).cookies;
    expect(cookie).toMatchObject({ name, httpOnly: true, sameSite: 'Lax', path: '/', maxAge: 900 });
    expect(cookie?.secure ?? false).toBe(secureCookies);
    expect(cookie).not.toHaveProperty('domain');
  });

  it('is removed by an expired cookie of the same name', async () => {
    const { app } = await serve({ secureCookies: true });
    const [cookie] = (await app.inject({ method: 'POST', url: '/clear' })).cookies;
    expect(cookie).toMatchObject({ name: '__Host-session', value: '', maxAge: 0, path: '/', secure: true });
  });

  it('says in error reports whose request failed, and nothing more', async () => {
    const { inbox, settle } = await startObserved();
    const { logIn, get } = await serve({}, buildServer() as unknown as FastifyInstance);
    expect((await get('/broken', await logIn())).statusCode).toBe(500);
    await settle();
    expect(inbox.errors().map(({ event }) => event['user'])).toEqual([{ id: 'user-1' }]);
  });
});

describe('a secret', () => {
  it('of fewer than 32 characters is refused with its length, not its value', () => {
    const create = () => createSessions({ secret: 'short-secret', secureCookies: false });
    expect(create).toThrow('expected a secret of at least 32 characters, got 12');
    expect(create).not.toThrow('short-secret');
  });
});

describe('a request that changes something', () => {
  const publicOrigins = ['https://app.example.com'];
  const post = (origin?: string): InjectOptions => ({
    method: 'POST',
    url: '/clear',
    headers: { host: 'auth.example.com', ...(origin !== undefined && { origin }) },
  });

  it.each([
    ['no origin, as programs send it', undefined],
    ['the origin of the host itself', 'https://auth.example.com'],
    ['a public origin', 'https://app.example.com'],
  ])('passes with %s', async (_what, origin) => {
    const { app } = await serve({ publicOrigins });
    expect((await app.inject(post(origin))).statusCode).toBe(200);
  });

  it.each([
    'https://evil.example',
    'https://app.example.com.evil.example',
    'http://app.example.com',
    'https://auth.example.com:8443',
    'null',
    '',
  ])('is refused with the origin "%s"', async (origin) => {
    const { app } = await serve({ publicOrigins });
    const response = await app.inject(post(origin));
    expect(response.statusCode).toBe(403);
    expect(response.cookies).toEqual([]);
  });

  it('differs from one that only reads, which passes from anywhere', async () => {
    const { app } = await serve({ publicOrigins });
    const response = await app.inject({ url: '/read', headers: { origin: 'https://evil.example' } });
    expect(response.statusCode).toBe(200);
  });
});
