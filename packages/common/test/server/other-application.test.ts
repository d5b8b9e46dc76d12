import { type Inbox, startInbox } from '@qr/inbox';
import { definePlan, event, hash } from '@qr/plan';
import { buildServer, createDescribeVisitor, createSessions, tunnelPlugin } from '@qr/server';
import { createTelemetry } from '@qr/telemetry';
import Type from 'typebox';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';

const description = 'A property.';
const bookshop = definePlan({
  destinations: ['mixpanel'],
  events: {
    cart_abandoned: event({
      description: 'A customer left the shop with books in the cart.',
      owner: 'sales',
      surfaces: ['browser'],
      properties: {
        books: Type.Integer({ description }),
        email: Type.Optional(hash(Type.String({ description }))),
      },
    }),
    book_sold: event({
      description: 'A customer bought a book.',
      owner: 'sales',
      surfaces: ['server'],
      properties: { isbn: Type.String({ description }) },
    }),
  },
});

const telemetry = createTelemetry({ plan: bookshop, service: 'bookshop', spool: false });

describe('the tunnel of an application with another plan', () => {
  let inbox: Inbox;
  beforeEach(async () => {
    inbox = await startInbox({ environment: 'test' });
  });
  afterEach(() => inbox.close());

  it('lets out what that plan lets a page say, and nothing else', async () => {
    const app = buildServer({ telemetry, handleSignals: false });
    onTestFinished(() => app.close());
    await app.register(tunnelPlugin, { telemetry, plan: bookshop, mixpanel: { token: 'token1', apiHost: inbox.url } });
    const record = (name: string, properties: object) => ({
      event: name,
      properties: { token: 'token1', $device_id: 'd1', distinct_id: '$device:d1', ...properties },
    });
    const records = [
      record('cart_abandoned', { books: 2, email: 'ada@private.example', page: '/' }),
      record('book_sold', { isbn: '9780306406157' }),
      record('page_viewed', { page: '/' }),
    ];
    const response = await app.inject({
      method: 'POST',
      url: '/o/t/',
      headers: {
        origin: 'http://localhost',
        host: 'localhost',
        'content-type': 'application/x-www-form-urlencoded',
      },
      payload: `data=${encodeURIComponent(JSON.stringify(records))}`,
    });
    expect(response.statusCode).toBe(200);
    await inbox.waitFor(() => inbox.events().length === 1, 20_000);
    const [sent] = inbox.events();
    expect(sent?.event).toBe('cart_abandoned');
    expect(sent?.properties).toMatchObject({ books: 2 });
    expect(JSON.stringify(sent)).not.toMatch(/ada@private|"page"/);
  });
});

describe('sessions with other claims', () => {
  const options = { telemetry, secret: 'a-test-secret-of-32-characters-..', secureCookies: false };
  const serve = async (sessions: ReturnType<typeof forCustomers>) => {
    const app = buildServer({ telemetry, handleSignals: false });
    onTestFinished(() => app.close());
    await app.register(sessions.plugin);
    app.post('/issue', async (_request, reply) => {
      sessions.issue(reply, { userId: 'u1', shelf: 'poetry' });
      return reply.send();
    });
    app.get('/read', async (request) => ({ session: sessions.read(request) }));
    return app;
  };
  const forCustomers = (issuer: string) =>
    createSessions({ ...options, issuer, claims: { shelf: Type.String(), tier: Type.Optional(Type.String()) } });

  it('carry these claims, and are believed by the application that issued them only', async () => {
    const [shop, library] = [await serve(forCustomers('bookshop')), await serve(forCustomers('library'))];
    const session = (await shop.inject({ method: 'POST', url: '/issue' })).cookies[0]?.value ?? '';
    const read = async (app: typeof shop) => (await app.inject({ url: '/read', cookies: { session } })).json();
    expect(await read(shop)).toEqual({ session: { userId: 'u1', shelf: 'poetry' } });
    expect(await read(library)).toEqual({ session: null });
  });
});

it('names the browsers that the application lists', () => {
  const describeVisitor = createDescribeVisitor({ browsers: ['Firefox'], countryOf: () => 'NZ' });
  const browserOf = (userAgent: string) => describeVisitor({ ip: '', headers: { 'user-agent': userAgent } }).browser;
  expect(browserOf('Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0')).toBe('Firefox');
  expect(
    browserOf('Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36'),
  ).toBe('other');
});

it('shows error pages in general words, or in those of the application', async () => {
  const pageOf = async (textOf?: (status: number) => { title: string; advice: string } | undefined) => {
    const app = buildServer({
      telemetry,
      handleSignals: false,
      errorPages: { covers: () => true, ...(textOf && { textOf }) },
    });
    onTestFinished(() => app.close());
    return (await app.inject('/nowhere')).body;
  };
  expect(await pageOf()).toContain('<p>Check the address.</p>');
  expect(await pageOf(() => ({ title: 'No such book', advice: 'Ask at the desk.' }))).toContain('Ask at the desk.');
  expect(await pageOf(() => undefined)).toContain('<p>Check the address.</p>');
});
