import { createHmac } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startInbox } from '@qr/inbox';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createTelemetry, mixpanel, posthog, type Telemetry, type TelemetryOptions, webhook } from '../src/index.ts';
import { bookshop } from './bookshop.ts';

interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A receiver that answers each request with the next status, the last one from then on. */
async function startReceiver(statuses: readonly number[] = [200], answer: unknown = {}) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      const status = statuses[Math.min(received.length, statuses.length - 1)] ?? 200;
      received.push({ path: request.url ?? '', headers: request.headers, body });
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { received, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function startTestInbox() {
  const inbox = await startInbox();
  onTestFinished(() => inbox.close());
  return inbox;
}

function start(options: Partial<TelemetryOptions<typeof bookshop>>): Telemetry<typeof bookshop> {
  const telemetry = createTelemetry({ plan: bookshop, service: 'shop', release: 'r1', spool: false, ...options });
  onTestFinished(() => telemetry.close(1000));
  return telemetry;
}

let warn = vi.spyOn(console, 'warn');
beforeEach(() => {
  warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
});
afterEach(() => warn.mockRestore());
const warnings = () => warn.mock.calls.map(([message]) => String(message)).join('\n');

const SALE = { isbn: '978-3-16', price: 12.5 };

describe('createTelemetry', () => {
  it('sends planned events and errors of a plan of your own', async () => {
    const inbox = await startTestInbox();
    const telemetry = start({
      destinations: [mixpanel({ token: 'shop-token', apiHost: inbox.url })],
      sentry: { dsn: inbox.dsn() },
      environment: 'staging',
    });
    telemetry.trackEvent('book_sold', 'u1', SALE);
    telemetry.identifyUser('u1', { $email: 'jane@example.com' });
    const eventId = telemetry.captureException(new Error('Out of stock'), {
      isbn: '978-3-16',
      card: '4111111111111111',
    });
    expect((await telemetry.flush()).pending).toBe(0);

    expect(inbox.events()).toMatchObject([
      { event: 'book_sold', properties: { ...SALE, service: 'shop', release: 'r1', environment: 'staging' } },
    ]);
    expect(inbox.errors()).toMatchObject([{ eventId, value: 'Out of stock', service: 'shop' }]);
    expect(JSON.stringify([inbox.errors(), inbox.profiles()])).not.toMatch(/4111|jane@/);
    expect(telemetry.stats()).toMatchObject({ analytics: 'on', errors: 'on' });
    expect(telemetry.getMixpanel()).not.toBeNull();
  });

  it('types events by the plan', () => {
    const telemetry = start({});
    // @ts-expect-error: a property is missing
    telemetry.trackEvent('book_sold', 'u1', { isbn: '1' });
    // @ts-expect-error: the plan has no such event
    telemetry.trackEvent('qr_scanned', 'u1');
    expect(telemetry.stats().analytics).toBe('off');
  });

  it('sends each event to the destinations that the plan lists for it', async () => {
    const inbox = await startTestInbox();
    const hook = await startReceiver();
    const telemetry = start({
      destinations: [mixpanel({ token: 'shop-token', apiHost: inbox.url }), webhook({ url: hook.url })],
    });
    telemetry.trackEvent('book_sold', 'u1', SALE);
    telemetry.trackEvent('cart_abandoned', 'u1', { books: 2 });
    await telemetry.flush();
    expect(inbox.events().map(({ event }) => event)).toEqual(['book_sold']);
    const sent = hook.received.flatMap(({ body }) => JSON.parse(body) as { event: string }[]);
    expect(sent.map(({ event }) => event)).toEqual(['book_sold', 'cart_abandoned']);
  });

  it('runs two instances with plans, receivers and warnings of their own', async () => {
    const [one, other] = [await startReceiver(), await startReceiver()];
    const first = start({ service: 'first', destinations: [webhook({ url: one.url })] });
    const second = start({ service: 'second', destinations: [webhook({ url: other.url })] });
    first.trackEvent('cart_abandoned', 'u1', { books: 1 });
    second.trackEvent('cart_abandoned', 'u2', { books: 2 });
    await Promise.all([first.flush(), second.flush()]);
    expect(one.received.map(({ body }) => JSON.parse(body))).toMatchObject([[{ properties: { service: 'first' } }]]);
    expect(other.received.map(({ body }) => JSON.parse(body))).toMatchObject([[{ properties: { service: 'second' } }]]);
    await first.close();
    expect([first.stats().analytics, second.stats().analytics]).toEqual(['off', 'on']);
  });

  it('keeps what cannot be delivered on disk, for the next instance', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'telemetry-'));
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    const away = start({ spool: { directory }, destinations: [webhook({ url: 'http://127.0.0.1:9' })] });
    away.trackEvent('cart_abandoned', 'u1', { books: 1 });
    await away.close(300);
    expect(readdirSync(directory).length).toBeGreaterThan(0);

    const hook = await startReceiver();
    const next = start({ spool: { directory }, destinations: [webhook({ url: hook.url })] });
    await vi.waitFor(() => expect(hook.received).toHaveLength(1), { timeout: 20_000 });
    expect(JSON.parse(hook.received[0]?.body ?? '')).toMatchObject([{ event: 'cart_abandoned' }]);
    await next.close();
  });

  it.each([
    ['sentry.dsn', { sentry: { dsn: 'nonsense' } }, 'Error tracking is off'],
    ['redis.url', { redis: { url: 'localhost' }, destinations: [webhook({ url: 'http://127.0.0.1:9' })] }, 'are off'],
    [
      'flushIntervalMs',
      { flushIntervalMs: 1, destinations: [webhook({ url: 'http://127.0.0.1:9' })] },
      'milliseconds from 10',
    ],
    [
      'hashKey',
      { environment: 'production', hashKey: 'short', destinations: [webhook({ url: 'http://127.0.0.1:9' })] },
      'Analytics are off',
    ],
  ])('names the malformed option %s, and does not throw', (name, options, consequence) => {
    start(options);
    expect(warnings()).toContain(name);
    expect(warnings()).toContain(consequence);
    expect(warnings()).not.toMatch(/SENTRY_|OBSERVABILITY_|PII_/);
  });

  it('refuses two destinations of one name', () => {
    const telemetry = start({
      destinations: [webhook({ url: 'http://127.0.0.1:9' }), webhook({ url: 'http://127.0.0.1:10' })],
    });
    expect(telemetry.stats().analytics).toBe('off');
    expect(warnings()).toContain('two destinations are called "webhook"');
  });

  it('erases a user from what waits', async () => {
    const hook = await startReceiver([503, 200]);
    const telemetry = start({ destinations: [webhook({ url: hook.url })] });
    telemetry.trackEvent('cart_abandoned', 'gone', { books: 1 });
    await telemetry.flush(200);
    telemetry.forgetUser('gone');
    telemetry.trackEvent('cart_abandoned', 'gone', { books: 2 });
    expect(telemetry.stats().lanes['webhook']?.dropped).toMatchObject({ forgotten: expect.any(Number) });
  });
});

describe('webhook', () => {
  it.each([
    ['whsec_', `whsec_${Buffer.from('a key of some length').toString('base64')}`],
    ['any text', 'a key of some length'],
  ])('signs each request with a secret: %s', async (_kind, secret) => {
    const hook = await startReceiver();
    const telemetry = start({ destinations: [webhook({ url: `${hook.url}/events?shop=1`, secret })] });
    telemetry.trackEvent('cart_abandoned', 'u1', { books: 1 });
    await telemetry.flush();
    const [request] = hook.received;
    const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature } = request?.headers ?? {};
    const signed = createHmac('sha256', 'a key of some length').update(`${id}.${timestamp}.${request?.body}`);
    expect(request?.path).toBe('/events?shop=1');
    expect(signature).toBe(`v1,${signed.digest('base64')}`);
    expect(Math.abs(Number(timestamp) - Date.now() / 1000)).toBeLessThan(60);
  });

  it('sends a line for each event as ndjson, signed as it is sent', async () => {
    const hook = await startReceiver();
    const telemetry = start({ destinations: [webhook({ url: hook.url, secret: 'a key', format: 'ndjson' })] });
    for (const books of [1, 2]) telemetry.trackEvent('cart_abandoned', 'u1', { books });
    await telemetry.flush();
    await vi.waitFor(() => expect(hook.received).toHaveLength(1), { timeout: 20_000 });
    const { headers, body } = hook.received[0] ?? {};
    expect(headers?.['content-type']).toBe('application/x-ndjson');
    const events = body
      ?.trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events).toMatchObject([{ properties: { books: 1 } }, { properties: { books: 2 } }]);
    const signed = `${headers?.['webhook-id']}.${headers?.['webhook-timestamp']}.${body}`;
    expect(headers?.['webhook-signature']).toBe(`v1,${createHmac('sha256', 'a key').update(signed).digest('base64')}`);
  });

  it('sends the same batch under the same id again after a 503', async () => {
    const hook = await startReceiver([503, 200]);
    const telemetry = start({ destinations: [webhook({ url: hook.url })] });
    telemetry.trackEvent('cart_abandoned', 'u1', { books: 1 });
    await telemetry.flush(200);
    await vi.waitFor(() => expect(hook.received.length).toBeGreaterThan(1), { timeout: 20_000 });
    const [first, second] = hook.received;
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    expect(second?.body).toBe(first?.body);
    expect(first?.headers['webhook-signature']).toBeUndefined();
  });
});

describe('posthog', () => {
  it('sends events, profiles and merged ids in its own form', async () => {
    const api = await startReceiver([200], { status: 'Ok' });
    const telemetry = start({ destinations: [posthog({ key: 'phc_1', host: api.url })] });
    telemetry.trackEvent('book_sold', 'u1', SALE);
    telemetry.trackEvent('book_sold', '', SALE);
    telemetry.identifyUser('u1', { $email: 'jane@example.com' }, { anonymousId: '$device:d1' });
    expect((await telemetry.flush()).delivered).toBe(4);
    const [request] = api.received;
    const { api_key, batch } = JSON.parse(request?.body ?? '{}') as {
      api_key: string;
      batch: Record<string, unknown>[];
    };
    expect(request?.path).toBe('/batch/');
    expect(api_key).toBe('phc_1');
    const [sold, nobody, link, profile] = batch;
    expect(sold).toEqual({
      uuid: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/),
      event: 'book_sold',
      distinct_id: 'u1',
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
      properties: expect.objectContaining({ ...SALE, service: 'shop', $process_person_profile: true }),
    });
    expect(sold?.['properties']).not.toHaveProperty('ip');
    expect(nobody).toMatchObject({ properties: { $process_person_profile: false } });
    expect(nobody?.['distinct_id']).not.toBe('');
    expect(link).toMatchObject({
      event: '$identify',
      distinct_id: 'u1',
      properties: { $anon_distinct_id: '$device:d1' },
    });
    expect(profile).toMatchObject({ event: '$set', distinct_id: 'u1', properties: { $set: expect.anything() } });
    expect(request?.body).not.toContain('jane@');
  });
});
