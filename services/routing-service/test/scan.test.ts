import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { lunch, observe, startApp, startQrService } from './start-app.ts';

const observed = await observe();
const { inbox, settle } = observed;
afterAll(() => observed.stop());
beforeEach(async () => {
  await settle();
  inbox.clear();
});

const iphone =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1';
const address = '203.0.113.77';

describe('a scan', () => {
  it('of a known code leads to its destination and is not remembered by anyone on the way', async () => {
    const { app } = startApp((await startQrService()).url);
    const response = await app.inject(`/scan/${lunch.id}`);
    expect(response.statusCode).toBe(302);
    expect(response.headers.location).toBe(lunch.destinationUrl);
    expect(response.headers['cache-control']).toBe('no-store');
  });

  it('is told of with the kind of visitor, and without the visitor', async () => {
    const { app } = startApp((await startQrService()).url);
    const headers = {
      'user-agent': iphone,
      'x-forwarded-for': address,
      'cf-ipcountry': 'DE',
      cookie: 'session=secret-cookie',
    };
    await app.inject({ url: `/scan/${lunch.id}?utm=private-campaign`, headers });
    await settle();
    expect(inbox.rejected()).toEqual([]);
    expect(inbox.events()).toHaveLength(1);
    const [event] = inbox.events();
    expect(event?.event).toBe('qr_scanned');
    expect(event?.distinctId).toMatch(/^\$device:[0-9a-f]{32}$/);
    expect(event?.properties).toMatchObject({
      qr_id: lunch.id,
      qr_owner_id: lunch.ownerId,
      device_type: 'mobile',
      browser: 'Safari',
      country: 'DE',
      is_bot: false,
      scan_time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      service: 'routing-service',
    });
    const bytes = inbox.raw().map(({ url, headers: sent, body }) => `${url}\n${JSON.stringify(sent)}\n${body}`);
    expect(bytes.length).toBeGreaterThan(0);
    for (const secret of [address, 'iPhone OS', 'AppleWebKit', 'secret-cookie', 'private-campaign', 'table=7']) {
      expect(bytes.join('\n')).not.toContain(secret);
    }
  });

  it('by the same visitor is by the same actor, by another one is not', async () => {
    const { app } = startApp((await startQrService()).url);
    const scan = (from: string) =>
      app.inject({ url: `/scan/${lunch.id}`, headers: { 'user-agent': iphone, 'x-forwarded-for': from } });
    for (const from of [address, address, '203.0.113.78']) await scan(from);
    await settle();
    const actors = inbox.events().map(({ distinctId }) => distinctId);
    expect(actors[1]).toBe(actors[0]);
    expect(actors[2]).not.toBe(actors[0]);
  });

  it.each(['not_found', 'disabled'] as const)('of a code that is %s shows a page and is told of', async (reason) => {
    const qrService = await startQrService(async (_request, reply) =>
      reason === 'disabled' ? { ...lunch, status: 'disabled' } : reply.code(404).send(),
    );
    const { app } = startApp(qrService.url);
    const response = await app.inject(`/scan/${lunch.id}`);
    expect(response.statusCode).toBe(404);
    expect(response.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(response.headers['cache-control']).toBe('no-store');
    expect(response.headers.location).toBeUndefined();
    expect(response.body).toContain('<html lang="en">');
    expect(response.body).toMatch(/<title>[^<]+<\/title>[\s\S]*<main>\s*<h1>[^<]+<\/h1>/);
    await settle();
    expect(inbox.events()).toMatchObject([{ event: 'qr_scan_failed', properties: { qr_id: lunch.id, reason } }]);
    expect(inbox.errors()).toEqual([]);
  });

  it('is not what a link checker does with HEAD', async () => {
    const { app } = startApp((await startQrService()).url);
    const response = await app.inject({ method: 'HEAD', url: `/scan/${lunch.id}` });
    expect(response.statusCode).toBe(302);
    expect(response.headers.location).toBe(lunch.destinationUrl);
    await settle();
    expect(inbox.events()).toEqual([]);
  });

  it.each([
    { 'sec-purpose': 'prefetch' },
    { 'sec-purpose': 'prefetch;prerender' },
    { 'sec-purpose': 'prefetch;anonymous-client-ip' },
    { purpose: 'prefetch' },
    { 'x-purpose': 'preview' },
    { 'x-moz': 'prefetch' },
  ])('is not what a browser asks for in advance: %j', async (headers) => {
    const { app } = startApp((await startQrService()).url);
    const response = await app.inject({ url: `/scan/${lunch.id}`, headers });
    expect(response.statusCode).toBe(302);
    expect(response.headers.location).toBe(lunch.destinationUrl);
    const missing = await startQrService(async (_request, reply) => reply.code(404).send());
    expect((await startApp(missing.url).app.inject({ url: `/scan/${lunch.id}`, headers })).statusCode).toBe(404);
    await settle();
    expect(inbox.events()).toEqual([]);
  });

  it.each([
    ['?utm_source=flyer', 'https://example.com/lunch?table=7&utm_source=flyer'],
    [
      '?a=1&utm_source=a%26b&utm_medium=print&token=x',
      'https://example.com/lunch?table=7&utm_source=a%26b&utm_medium=print',
    ],
    ['?utm_source=1&utm_source=2', 'https://example.com/lunch?table=7&utm_source=1'],
    ['?utm_source=%0d%0aset-cookie:x', 'https://example.com/lunch?table=7&utm_source=%0D%0Aset-cookie%3Ax'],
    [`?utm_source=${'x'.repeat(1001)}`, lunch.destinationUrl],
    ['?utm_=x&utm-source=x&xutm_source=x&utm_a%00=x', lunch.destinationUrl],
    ['?utm', lunch.destinationUrl],
    ['?', lunch.destinationUrl],
  ])('with %s leads to %s', async (query, location) => {
    const { app } = startApp((await startQrService()).url);
    const response = await app.inject(`/scan/${lunch.id}${query}`);
    expect([response.statusCode, response.headers.location]).toEqual([302, location]);
  });

  it.each([
    ['https://example.com/', 'https://example.com/?utm_source=flyer'],
    ['https://example.com/#top', 'https://example.com/?utm_source=flyer#top'],
    ['https://example.com/#a#b', 'https://example.com/?utm_source=flyer#a#b'],
    ['https://example.com/?', 'https://example.com/?utm_source=flyer'],
    ['https://example.com/?q=a%20b+c&', 'https://example.com/?q=a%20b+c&utm_source=flyer'],
    ['https://example.com/?utm_source=own#x', 'https://example.com/?utm_source=own#x'],
  ])('of a code for %s keeps what the destination says itself', async (destinationUrl, location) => {
    const { app } = startApp((await startQrService(async () => ({ ...lunch, status: 'active', destinationUrl }))).url);
    const response = await app.inject(`/scan/${lunch.id}?utm_source=flyer`);
    expect(response.headers.location).toBe(location);
  });

  it.each([
    ['?table=8&seat=2&utm_source=flyer', 'https://example.com/lunch?table=7&seat=2&utm_source=flyer'],
    ['?a=1&a=2', 'https://example.com/lunch?table=7&a=1&a=2'],
    ['?q=%0d%0aset-cookie:x&%00=1', 'https://example.com/lunch?table=7&q=%0D%0Aset-cookie%3Ax'],
    [`?q=${'x'.repeat(1001)}`, lunch.destinationUrl],
    ['?seat', 'https://example.com/lunch?table=7&seat='],
    ['?', lunch.destinationUrl],
  ])('with %s leads to %s when its code passes all parameters on', async (query, location) => {
    const answer = async () => ({ ...lunch, status: 'active', forwardsQuery: true });
    const { app } = startApp((await startQrService(answer)).url);
    const response = await app.inject(`/scan/${lunch.id}${query}`);
    expect([response.statusCode, response.headers.location]).toEqual([302, location]);
  });

  it('with parameters drops them when its code does not pass them on', async () => {
    const answer = async () => ({ ...lunch, status: 'active', forwardsQuery: false });
    const { app } = startApp((await startQrService(answer)).url);
    expect((await app.inject(`/scan/${lunch.id}?seat=2`)).headers.location).toBe(lunch.destinationUrl);
  });

  it('while qr-service is down and nothing is known shows a page that asks to come back, and each 503 is reported', async () => {
    const qrService = await startQrService(async (_request, reply) => reply.code(500).send());
    const { app } = startApp(qrService.url);
    const responses = await Promise.all([1, 2, 3].map(() => app.inject(`/scan/${lunch.id}`)));
    expect(responses.map(({ statusCode }) => statusCode)).toEqual([503, 503, 503]);
    expect(responses[0]?.body).toContain('Try again in a minute');
    await settle();
    expect(inbox.events()).toHaveLength(3);
    expect(inbox.events()[0]).toMatchObject({ event: 'qr_scan_failed', properties: { reason: 'unavailable' } });
    expect(inbox.errors().map(({ value }) => value)).toEqual(
      Array(3).fill('qr-service answered 500, expected 200 or 404.'),
    );
    const breadcrumbs = JSON.stringify(inbox.errors()[0]?.event['breadcrumbs']);
    expect(breadcrumbs).toContain('QR scan started');
    expect(breadcrumbs).toContain(`"qr_id":"${lunch.id}"`);
  });

  it('is one of a thousand at once of a cold code, for all of which qr-service is asked once', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const qrService = await startQrService(async () => {
      await held;
      return { ...lunch, status: 'active' };
    });
    const { app } = startApp(qrService.url);
    const from = (visitor: number) => `198.51.${visitor >> 8}.${visitor & 255}`;
    const scans = Array.from({ length: 1000 }, (_, visitor) =>
      app.inject({ url: `/scan/${lunch.id}`, headers: { 'x-forwarded-for': from(visitor) } }),
    );
    await vi.waitFor(() => expect(qrService.asked).toEqual([lunch.id]), 20_000);
    release();
    const locations = (await Promise.all(scans)).map(({ headers }) => headers.location);
    expect(locations).toEqual(Array(1000).fill(lunch.destinationUrl));
    expect(qrService.asked).toEqual([lunch.id]);
    await settle();
    expect(new Set(inbox.events().map(({ distinctId }) => distinctId)).size).toBe(1000);
  });

  it('of a code that phones read by themselves leads nowhere', async () => {
    const { app } = startApp(
      (await startQrService(async () => ({ ...lunch, destinationUrl: null, status: 'active' }))).url,
    );
    expect((await app.inject(`/scan/${lunch.id}`)).statusCode).toBe(404);
  });

  it('goes on for known codes when qr-service was killed; others get their page at once, soon without asking', async () => {
    const qrService = await startQrService();
    const { app, clock } = startApp(qrService.url);
    await app.inject(`/scan/${lunch.id}`);
    await qrService.kill();
    clock.nowMs += 31_000;
    const started = performance.now();
    for (let scan = 0; scan < 10; scan++) {
      expect((await app.inject(`/scan/${lunch.id}`)).statusCode).toBe(302);
      const unknown = await app.inject(`/scan/NEVER-seen_${scan}`);
      expect(unknown.statusCode).toBe(503);
      expect(unknown.body).toContain('Try again in a minute');
    }
    // Ten times the time limit would be 5 s; a refused connection and an open circuit take none of it.
    expect(performance.now() - started).toBeLessThan(2500);
  });

  it('of a known code while qr-service is down leads on, and the failure is reported once', async () => {
    const qrService = await startQrService();
    const { app, clock } = startApp(qrService.url);
    await app.inject(`/scan/${lunch.id}`);
    qrService.answer = async (_request, reply) => reply.code(500).send();
    clock.nowMs += 31_000;
    const responses = await Promise.all([1, 2, 3].map(() => app.inject(`/scan/${lunch.id}`)));
    expect(responses.map(({ statusCode }) => statusCode)).toEqual([302, 302, 302]);
    await settle();
    expect(inbox.events().map(({ event }) => event)).toEqual(Array(4).fill('qr_scanned'));
    expect(inbox.errors().map(({ value }) => value)).toEqual(['qr-service answered 500, expected 200 or 404.']);
  });
});
