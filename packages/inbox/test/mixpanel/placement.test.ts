import { describe, expect, it } from 'vitest';
import type { Placement } from '../../src/index.ts';
import { goodEvent, post, read } from '../requests.ts';
import { inboxesForTests } from '../with-inbox.ts';

const start = inboxesForTests();
const BROWSER = { 'user-agent': 'Mozilla/5.0', origin: 'http://a.example' };
const SERVER: Placement = { by: 'request', address: '127.0.0.1', isServer: true };
const PAGE: Placement = { by: 'request', address: '127.0.0.1', isServer: false };

type Headers = Record<string, string>;
type Case = [what: string, path: string, properties: Record<string, unknown>, placement: Placement, headers: Headers];

describe('an event is placed', () => {
  it.each<Case>([
    ['at the sender of /import', '/import?strict=1', {}, SERVER, {}],
    ['at the sender of /import, whatever its query says', '/import?strict=1&ip=0', {}, SERVER, {}],
    ['at the sender of /track', '/track', {}, PAGE, {}],
    ['at the server of a library for servers', '/track', { mp_lib: 'node' }, SERVER, {}],
    ['nowhere with ip "0"', '/import?strict=1', { ip: '0' }, { by: 'nothing', reason: 'ip is "0"' }, {}],
    ['nowhere with ip 0', '/track', { ip: 0 }, { by: 'nothing', reason: 'ip is "0"' }, {}],
    ['nowhere with ip=0 in the query', '/track?ip=0', {}, { by: 'nothing', reason: 'the request has ip=0' }, {}],
    ['at the address in ip', '/import?strict=1', { ip: '136.24.0.114' }, { by: 'ip', address: '136.24.0.114' }, {}],
    ['at the sender with ip=1, whatever its ip', '/track?ip=1', { ip: '136.24.0.114' }, PAGE, {}],
    ['where its country says', '/import?strict=1', { mp_country_code: 'DE' }, { by: 'sender', place: 'DE' }, {}],
    ['where its city says', '/track', { $city: 'Brno', ip: '0' }, { by: 'sender', place: 'Brno' }, {}],
    [
      'where its coordinates say',
      '/track',
      { $latitude: 49.2, $longitude: 16.6 },
      { by: 'coordinates', place: '49.2, 16.6' },
      {},
    ],
    [
      'at the client of a proxy',
      '/track',
      {},
      { by: 'request', address: '136.24.0.114', isServer: false },
      { 'x-forwarded-for': '136.24.0.114, 10.0.0.1' },
    ],
  ])('%s', async (_what, path, properties, placement, headers) => {
    const inbox = await start();
    await post(inbox, path, [goodEvent(properties)], headers);
    expect(inbox.events().map((event) => event.placement)).toEqual([placement]);
    expect(await read(inbox, '/api/events')).toMatchObject({ events: [{ placement }] });
  });
});

describe('a profile is placed', () => {
  it.each<Case>([
    ['at the server that updates it', '/engage', { $set: { a: 1 } }, SERVER, {}],
    ['at the page that updates it', '/engage', { $set: { a: 1 } }, PAGE, BROWSER],
    ['nowhere with $ip "0"', '/engage', { $ip: '0', $set: {} }, { by: 'nothing', reason: '$ip is "0"' }, {}],
    ['nowhere with ip=0', '/engage?ip=0', { $set: {} }, { by: 'nothing', reason: 'the request has ip=0' }, {}],
    ['at its $ip', '/engage?ip=0', { $ip: '136.24.0.114', $set: {} }, { by: 'ip', address: '136.24.0.114' }, {}],
    ['where its country says', '/engage', { $set: { $country_code: 'DE' } }, { by: 'sender', place: 'DE' }, {}],
  ])('%s', async (_what, path, update, placement, headers) => {
    const inbox = await start();
    await post(inbox, path, [{ $token: 't', $distinct_id: 'u', ...update }], headers);
    const { records } = await read(inbox, '/api/timeline?kind=profile');
    expect(records).toMatchObject([{ placement }]);
  });
});

describe("what the server's address would place is counted beside the plan", () => {
  it('by events and by profiles, and nothing else is', async () => {
    const inbox = await start();
    await post(inbox, '/import?strict=1', [
      goodEvent(),
      goodEvent(),
      goodEvent({ ip: '0' }),
      goodEvent({ mp_country_code: 'DE' }),
    ]);
    await post(inbox, '/track', [goodEvent({ mp_lib: 'web' })], BROWSER);
    await post(inbox, '/engage', [
      { $token: 't', $distinct_id: 'u', $set: {} },
      { $token: 't', $distinct_id: 'u', $ip: '0', $set: {} },
    ]);
    const { warnings } = await read(inbox, '/api/plan');
    expect(warnings).toMatchObject([
      { kind: 'server-located-events', count: 2, advice: expect.stringContaining('ip: "0"') },
      { kind: 'server-located-profiles', count: 1, advice: expect.stringContaining('$ip: "0"') },
    ]);
  });

  it('once for an event that was sent again', async () => {
    const inbox = await start();
    const event = goodEvent();
    await post(inbox, '/import?strict=1', [event]);
    await post(inbox, '/import?strict=1', [event]);
    expect(await read(inbox, '/api/plan')).toMatchObject({ warnings: [{ count: 1 }] });
  });
});
