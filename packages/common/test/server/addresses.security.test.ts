import { afterEach, describe, expect, it } from 'vitest';
import { visitorId } from '../../src/index.ts';
import { addressKey, buildServer, type Server } from '../../src/server.ts';
import { setEnv } from '../start-observed.ts';

setEnv({ NODE_ENV: 'test' });

let app: Server | undefined;
afterEach(() => app?.close());

describe('the key of an address', () => {
  it.each([
    ['2001:db8:1:2::1', '2001:db8:1:2:ffff:ffff:ffff:ffff'],
    ['2001:DB8:1:2::1', '2001:0db8:0001:0002::9'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::ffff:c000:201', '192.0.2.1'],
  ])('is the same for %s and %s', (one, other) => {
    expect(addressKey(one)).toBe(addressKey(other));
  });

  it.each([
    ['2001:db8:1:2::1', '2001:db8:1:3::1'],
    ['192.0.2.1', '192.0.2.2'],
    ['::ffff:192.0.2.1', '::ffff:192.0.2.2'],
  ])('differs for %s and %s', (one, other) => {
    expect(addressKey(one)).not.toBe(addressKey(other));
  });

  it.each(['', 'unknown', 'fe80::1%eth0', '1.2.3', ':', '[::1]', 'x'.repeat(10_000)])('is a text for %j', (odd) => {
    expect(typeof addressKey(odd)).toBe('string');
  });
});

it('counts the requests of one IPv6 network together, and those of others apart', async () => {
  app = buildServer({ rateLimit: { max: 2, windowMs: 60_000 } });
  app.get('/x', async () => 'ok');
  const ask = async (remoteAddress: string) => (await app?.inject({ url: '/x', remoteAddress }))?.statusCode;
  expect([await ask('2001:db8::1'), await ask('2001:db8::2'), await ask('2001:db8::3')]).toEqual([200, 200, 429]);
  expect(await ask('2001:db8:0:1::1')).toBe(200);
});

describe('the address of a request', () => {
  it.each([
    ['8.8.8.8:51234', '8.8.8.8'],
    [' 8.8.8.8 ', '8.8.8.8'],
    ['::FFFF:8.8.8.8', '8.8.8.8'],
    ['[::ffff:8.8.8.8]:80', '8.8.8.8'],
    ['[2001:db8::1]:443', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['"[2001:DB8:0:0::1]:443"', '2001:db8::1'],
    ['2001:0db8:0000::0001', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['not an address', 'not an address'],
    ['8.8.8.8:port', '8.8.8.8:port'],
    ['1.2.3.4, [2001:db8::1]:9', '2001:db8::1'],
  ])('of a proxy that writes %j is %s, for the visitor and every limit', async (forwarded, ip) => {
    app = buildServer({ trustProxy: (_address, hop) => hop < 1, rateLimit: { max: 1, windowMs: 60_000 } });
    app.get('/x', async (request) => ({ ip: request.ip, visitor: visitorId(request) }));
    const ask = (header: string) => app?.inject({ url: '/x', headers: { 'x-forwarded-for': header } });
    const first = await ask(forwarded);
    expect(first?.json()).toMatchObject({ ip });
    expect(first?.json().visitor).toBe(visitorId({ ip, headers: { 'user-agent': 'lightMyRequest' } }));
    expect((await ask(ip))?.statusCode).toBe(429);
  });
});
