import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync, gzipSync } from 'node:zlib';
import Fastify from 'fastify';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { tunnelPlugin } from '../../src/server.ts';
import { setEnv } from '../start-observed.ts';

const KEY = 'k'.repeat(32);
const ADDRESS = 'Jane@Private.example';
const HASH = createHmac('sha256', KEY).update('jane@private.example').digest('hex');
const TOKEN = 'token1';
const at = Date.now() - 1000;
const hex = (digit: string) => digit.repeat(32);

/** A vendor, and the tunnel in front of it. */
async function start(env: Readonly<Record<string, string>> = {}) {
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  onTestFinished(setEnv({ NODE_ENV: 'test', PII_HASH_KEY: KEY, OBSERVABILITY_PLAIN_USER_IDS: undefined, ...env }));
  const received: string[] = [];
  const server = createServer(async (request, response) => {
    const body = await textOf(request);
    received.push(body.startsWith('data=') ? decodeURIComponent(body) : body);
    response.end('{"status":1,"code":200,"num_records_imported":9,"num_good_events":9}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const dsn = `${url.replace('://', '://abcdef0123456789abcdef0123456789@')}/42`;
  const app = Fastify();
  await app.register(tunnelPlugin, { sentry: { dsn }, mixpanel: { token: TOKEN, apiHost: url } });
  onTestFinished(async () => {
    await app.close();
    server.closeAllConnections();
    server.close();
  });
  const post = (path: string, payload: string | Buffer, headers: Readonly<Record<string, string>> = {}) =>
    app.inject({
      method: 'POST',
      url: `/o/${path}`,
      payload,
      headers: { origin: 'http://localhost', host: 'localhost', 'content-type': 'text/plain', ...headers },
    });
  return { received, dsn, post };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  return (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString();
}

const form = (records: unknown) => `data=${encodeURIComponent(JSON.stringify(records))}`;

describe("the tunnel hashes a page's user id", () => {
  it('in events, at the log-in and in profiles', async () => {
    const { received, post } = await start();
    const ids = { distinct_id: ADDRESS, $user_id: ADDRESS, $device_id: 'device-1' };
    const events = [
      { event: 'dashboard_viewed', properties: { token: TOKEN, ...ids } },
      { event: '$identify', properties: { token: TOKEN, ...ids, $anon_distinct_id: '$device:device-1' } },
      { event: 'qr_created', properties: { token: TOKEN, ...ids, qr_id: ADDRESS } },
      {
        event: 'dashboard_viewed',
        properties: { token: TOKEN, distinct_id: `$device:${ADDRESS}`, $device_id: ADDRESS },
      },
    ];
    expect((await post('t/', form(events))).statusCode).toBe(200);
    const profile = { $token: TOKEN, $distinct_id: ADDRESS, $device_id: 'device-1', $user_id: ADDRESS };
    expect((await post('p/', form([{ ...profile, $set: { plan: 'pro' } }]))).statusCode).toBe(200);
    const [sent, updates] = received.map((body) => JSON.parse(body.slice('data='.length)));
    expect(sent).toHaveLength(4);
    const user = { distinct_id: HASH, $user_id: HASH, $device_id: 'device-1' };
    expect(sent[0].properties).toMatchObject(user);
    expect(sent[1].properties).toMatchObject({ ...user, $anon_distinct_id: '$device:device-1' });
    expect(sent[2].properties).toMatchObject({ ...user, qr_id: HASH });
    expect(sent[3].properties).toMatchObject({ distinct_id: `$device:${HASH}`, $device_id: HASH });
    expect(updates).toMatchObject([{ $distinct_id: HASH, $user_id: HASH }]);
    expect(received.join()).not.toMatch(/private/i);
  });

  it.each([
    ['compressed', { 'content-encoding': 'gzip' }],
    ['as text', {}],
  ])('in every item of an envelope that comes %s', async (_how, headers) => {
    const { received, dsn, post } = await start();
    const attributes = {
      'user.id': { type: 'string', value: ADDRESS },
      name: { type: 'string', value: 'x@y.example' },
    };
    const items: [object, string][] = [
      [{ type: 'event' }, JSON.stringify({ event_id: hex('a'), user: { id: ADDRESS }, message: 'hi' })],
      [{ type: 'span', item_count: 1 }, JSON.stringify({ items: [{ span_id: 'b', attributes }] })],
      [{ type: 'session' }, JSON.stringify({ did: encodeURIComponent(ADDRESS), status: 'ok' })],
      [{ type: 'replay_event' }, `{"user":{"id":"jane\\u0040private.example"}}`],
      [{ type: 'log', length: 12 }, '{"items":[]}'],
    ];
    const lines = items.flatMap(([header, payload]) => {
      const length = Buffer.byteLength(payload);
      return [JSON.stringify('length' in header ? { ...header, length } : header), payload];
    });
    const body = [JSON.stringify({ dsn }), ...lines, ''].join('\n');
    const sentBody = 'content-encoding' in headers ? gzipSync(body) : body;
    expect((await post('r', sentBody, headers as Record<string, string>)).statusCode).toBe(200);
    const [first, ...rest] = (received[0] ?? '').trimEnd().split('\n');
    expect(JSON.parse(first ?? '')).toEqual({ dsn });
    const sent = rest.map((line) => JSON.parse(line));
    expect(sent).toHaveLength(10);
    for (const [index, header] of sent.entries()) {
      if (index % 2 === 0 && header.length !== undefined)
        expect(header.length).toBe(Buffer.byteLength(rest[index + 1] ?? ''));
    }
    expect(sent[1]).toMatchObject({ user: { id: HASH }, message: 'hi' });
    expect(sent[3].items[0].attributes).toMatchObject({ 'user.id': { value: HASH }, name: { value: 'x@y.example' } });
    expect(sent[5]).toMatchObject({ did: HASH });
    expect(sent[7]).toMatchObject({ user: { id: HASH } });
    expect(received.join()).not.toMatch(/private/i);
  });

  it('in what a page left behind', async () => {
    const { received, dsn, post } = await start();
    const errors = {
      ...{ dsn, environment: 'test', url: 'https://app.example/', isNamed: true },
      calls: [
        { kind: 'user', at, userId: ADDRESS },
        { kind: 'exception', at, eventId: hex('a'), facts: { name: 'Error', message: 'x' }, mechanism: 'onerror' },
      ],
    };
    const events = {
      token: TOKEN,
      visitor: { $device_id: 'device-1', $user_id: ADDRESS },
      calls: [
        { kind: 'event', at, name: 'dashboard_viewed' },
        { kind: 'identify', at, userId: ADDRESS },
        { kind: 'profile', at, properties: { plan: 'pro' } },
      ],
    };
    for (const report of [errors, events]) expect((await post('q', JSON.stringify(report))).statusCode).toBe(202);
    await expect.poll(() => received.length, { timeout: 10_000 }).toBe(3);
    expect(received.filter((body) => body.includes(HASH))).toHaveLength(3);
    expect(received.join()).not.toMatch(/private/i);
  });
});

it('passes an envelope without such an id on byte by byte', async () => {
  const { received, dsn, post } = await start();
  const event = { user: { id: 'u1' }, message: 'mail to x@y.example', breadcrumbs: [{ message: 'at 5 %' }] };
  const body = `{ "dsn":${JSON.stringify(dsn)} }\n{"type":"event"}\n${JSON.stringify(event, null, 0)}\n\n`;
  await post('r', body);
  expect(received).toEqual([body]);
});

it('refuses an envelope whose item names an address in what is not JSON', async () => {
  const { received, dsn, post } = await start();
  const { statusCode } = await post(
    'r',
    `${JSON.stringify({ dsn })}\n{"type":"event"}\n{"user":{"id":"jane@x.example"}\n`,
  );
  expect(statusCode).toBe(400);
  expect(received).toEqual([]);
});

it('searches hostile envelopes in linear time', async () => {
  const { dsn, post } = await start();
  const parts = ['"id":{"', '"id":"', '"id"    :    {', 'id":"aaa', '{"id":{"a":"'];
  for (const part of parts) {
    const startedAt = performance.now();
    await post('r', `${JSON.stringify({ dsn })}\n{"type":"event"}\n${part.repeat(1_900_000 / part.length)}\n`);
    expect(performance.now() - startedAt, part).toBeLessThan(3000);
  }
});

it('passes addresses on with OBSERVABILITY_PLAIN_USER_IDS', async () => {
  const { received, dsn, post } = await start({ OBSERVABILITY_PLAIN_USER_IDS: 'true' });
  const event = JSON.stringify({ user: { id: 'jane@private.example' } });
  await post('r', `${JSON.stringify({ dsn })}\n{"type":"event"}\n${event}\n`);
  const ids = { distinct_id: ADDRESS, $user_id: ADDRESS, $device_id: 'device-1' };
  await post('t/', form([{ event: 'dashboard_viewed', properties: { token: TOKEN, ...ids } }]));
  expect(received[0]).toContain('"id":"jane@private.example"');
  expect(received[1]).toContain(`"distinct_id":"${ADDRESS}"`);
});
