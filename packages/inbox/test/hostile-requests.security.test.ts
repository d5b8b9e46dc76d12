import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Inbox } from '../src/index.ts';
import { container, envelope, errorEvent, goodEvent, json, post, postEnvelope } from './requests.ts';
import { inboxesForTests } from './with-inbox.ts';

const start = inboxesForTests();
const MIB = 1024 * 1024;

/** Of the processor, for both sides: far above what a linear answer takes on a slow machine, far below what these requests can cost otherwise. */
const PROMPTLY_MS = 4_000;

/** The status of the answer, once the inbox serves others again; neither may take long. */
async function promptStatus(inbox: Inbox, send: () => Promise<Response>): Promise<number> {
  const before = process.cpuUsage();
  const response = await send();
  await response.arrayBuffer();
  await (await fetch(`${inbox.url}/health/live`)).arrayBuffer();
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1000).toBeLessThan(PROMPTLY_MS);
  return response.status;
}

function sendPacked(inbox: Inbox, body: string | Buffer): () => Promise<Response> {
  const packed = new Uint8Array(gzipSync(body));
  return () => postEnvelope(inbox, packed, { 'content-encoding': 'gzip' });
}

const items = (count: number, type: string, payload = '{}') =>
  ['{}', ...Array.from({ length: count }, () => `{"type":"${type}"}\n${payload}`)].join('\n');

describe('an envelope', () => {
  it.each([
    'client_report',
    'session',
    'sessions',
    'attachment',
    'log',
    'trace_metric',
    'span',
    'feedback',
    'user_report',
    'statsd',
    'profile_chunk',
    'not_known_yet',
  ])('of 20,000 items of type %s is refused at once, and none is kept', async (type) => {
    const inbox = await start();
    expect(await promptStatus(inbox, sendPacked(inbox, items(20_000, type)))).toBe(413);
    expect([...inbox.items(), ...inbox.logs(), ...inbox.spans(), ...inbox.errors()]).toEqual([]);
  });

  it('may hold 100 client reports, each of at most 4 KiB, and 100 KiB of them', async () => {
    const inbox = await start();
    const report = (bytes: number) => '{"note":""}'.replace('""', `"${'x'.repeat(bytes - 11)}"`);
    const send = (count: number, bytes: number) =>
      promptStatus(inbox, () => postEnvelope(inbox, items(count, 'client_report', report(bytes))));
    expect(await send(100, 512)).toBe(200);
    expect(await send(101, 512)).toBe(413);
    expect(await send(2, 4096)).toBe(200);
    expect(await send(2, 4097)).toBe(413);
    expect(await send(26, 4096)).toBe(413);
  });

  it.each(['session', 'sessions'])('may hold 100 items of type %s, of 10 MiB together', async (type) => {
    const inbox = await start();
    const payload = JSON.stringify({ aggregates: [], note: 'x'.repeat(MIB) });
    expect(await promptStatus(inbox, sendPacked(inbox, items(9, type, payload)))).toBe(200);
    expect(await promptStatus(inbox, sendPacked(inbox, items(11, type, payload)))).toBe(413);
  });

  it.each(['log', 'span', 'trace_metric'] as const)('holds at most 1000 records in its %s container', async (type) => {
    const inbox = await start();
    const many = (count: number) => container(type, Array(count).fill({ trace_id: 'a' }));
    expect(await promptStatus(inbox, sendPacked(inbox, many(1000)))).toBe(200);
    expect(await promptStatus(inbox, sendPacked(inbox, many(1001)))).toBe(413);
    expect(await promptStatus(inbox, sendPacked(inbox, many(2_000_000)))).toBeGreaterThanOrEqual(400);
    expect(inbox.logs().length + inbox.spans().length + inbox.items().length).toBeLessThanOrEqual(1000);
  });

  it.each([
    ['its header', (line: string) => `${line}\n{"type":"event"}\n{}`],
    ['the header of an item', (line: string) => `{}\n${line.replace('{', '{"type":"event",')}\n{}`],
  ])('whose %s is a line of 60 MiB is refused', async (_what, write) => {
    const inbox = await start();
    const line = JSON.stringify({ trace: { note: 'x'.repeat(60 * MIB) } });
    expect(await promptStatus(inbox, sendPacked(inbox, write(line)))).toBe(400);
  });

  it.each(['attachment', 'profile', 'replay_recording', 'not_known_yet'])(
    'with 48 MiB of JSON in an item of type %s is taken without reading all of it',
    async (type) => {
      const inbox = await start();
      const replay = type === 'replay_recording' ? '\n{"type":"replay_event"}\n{}' : '';
      const payload = `{"list":[${'{},'.repeat(16 * MIB)}{}]}`;
      const body = `{}\n${JSON.stringify({ type, length: payload.length })}\n${payload}${replay}`;
      expect(await promptStatus(inbox, sendPacked(inbox, body))).toBe(200);
    },
  );

  it('with an event whose fingerprint names the default ten thousand times is taken', async () => {
    const inbox = await start();
    const frames = Array.from({ length: 4000 }, (_, n) => ({ function: `f${n}`, filename: 'a.ts', in_app: true }));
    const event = {
      exception: { values: [{ type: 'Error', value: 'x', stacktrace: { frames } }] },
      fingerprint: Array(10_000).fill('{{ default }}'),
    };
    const send = () => postEnvelope(inbox, envelope({ type: 'event' }, event));
    expect(await promptStatus(inbox, send)).toBe(200);
    expect(inbox.errors()).toHaveLength(1);
  });

  it.each([
    ['an object in an object', '{"a":', '}'],
    ['a list in a list', '[', ']'],
  ])('with an event of %s, 100,000 times, is refused', async (_what, open, close) => {
    const inbox = await start();
    const deep = `{"extra":${open.repeat(100_000)}1${close.repeat(100_000)}}`;
    expect(await promptStatus(inbox, () => postEnvelope(inbox, `{}\n{"type":"event"}\n${deep}`))).toBe(400);
  });

  it('that unpacks to more than 200 MiB is refused', async () => {
    const inbox = await start();
    const bomb = gzipSync(Buffer.alloc(201 * MIB), { level: 1 });
    const send = () => postEnvelope(inbox, new Uint8Array(bomb), { 'content-encoding': 'gzip' });
    expect(await promptStatus(inbox, send)).toBe(413);
  });

  it('with an authorization of 200 KiB is refused', async () => {
    const inbox = await start();
    for (const header of [
      `Sentry ${'a'.repeat(200_000)}`,
      `Sentry ${'a '.repeat(100_000)}`,
      `a${' '.repeat(200_000)}b`,
    ])
      expect(
        await promptStatus(inbox, () =>
          fetch(`${inbox.url}/api/1/envelope/`, { method: 'POST', headers: { 'x-sentry-auth': header }, body: '{}' }),
        ),
      ).toBe(403);
  });

  it('as large as the SDKs write them is still taken', async () => {
    const inbox = await start();
    const log = { body: 'a line of a log', trace_id: 'a'.repeat(32), attributes: { n: { type: 'integer', value: 1 } } };
    expect(await promptStatus(inbox, () => postEnvelope(inbox, container('log', Array(100).fill(log))))).toBe(200);
    const attributes = Object.fromEntries(
      Array.from({ length: 40 }, (_, n) => [`attribute.${n}`, { type: 'string', value: 'x'.repeat(80) }]),
    );
    const span = { trace_id: 'a'.repeat(32), span_id: 'b'.repeat(16), name: 's', attributes };
    const spans = () => postEnvelope(inbox, container('span', Array(1000).fill(span)));
    expect(await promptStatus(inbox, spans)).toBe(200);
    expect(
      await promptStatus(inbox, () => postEnvelope(inbox, envelope({ type: 'event' }, errorEvent('E', 'x', 'f')))),
    ).toBe(200);
    expect([inbox.logs().length, inbox.spans().length, inbox.errors().length]).toEqual([100, 1000, 1]);
  });
});

describe('a request to Mixpanel', () => {
  const send =
    (inbox: Inbox, path: string, body: string, headers: Record<string, string> = {}) =>
    () =>
      fetch(`${inbox.url}${path}`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa('token:')}`, ...headers },
        body,
      });
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const lines = { 'content-type': 'application/x-ndjson' };

  it.each([
    ['a list of 3 million empty objects', `[${'{},'.repeat(3_000_000)}{}]`, {}],
    ['2001 lines', '{}\n'.repeat(2001), lines],
    ['3 million lines', '{}\n'.repeat(3_000_000), lines],
    ['an object and 3 million lines', `{"a":\n${'{}\n'.repeat(3_000_000)}`, {}],
  ])('with %s is refused as a whole', async (_what, body, headers) => {
    const inbox = await start();
    expect(await promptStatus(inbox, send(inbox, '/import', body, headers))).toBeGreaterThanOrEqual(400);
    expect(inbox.rejected().length).toBeLessThanOrEqual(1);
  });

  it.each([
    ['parameters', `${'a&'.repeat(5_000_000)}data=e30=`],
    ['empty parameters', `${'&'.repeat(10_000_000)}data=e30=`],
    ['percent signs', `data=${'%'.repeat(10_000_000)}`],
    ['plus signs', `data=${'+'.repeat(10_000_000)}`],
  ])('with a form of millions of %s is answered with 0', async (_what, body) => {
    const inbox = await start();
    const request = send(inbox, '/track', body, form);
    expect(await promptStatus(inbox, request)).toBe(200);
    expect(await (await request()).text()).toBe('0');
  });

  it('with an object and ten million line breaks is answered', async () => {
    const inbox = await start();
    expect(await promptStatus(inbox, send(inbox, '/import', `{${'\n'.repeat(10_000_000)}`))).toBe(400);
  });

  it('with an event of 500,000 properties is refused', async () => {
    const inbox = await start();
    const event = goodEvent(Object.fromEntries(Array.from({ length: 500_000 }, (_, n) => [`p${n}`, 1])));
    expect(await promptStatus(inbox, () => post(inbox, '/import', [event]))).toBe(400);
  });

  it('with an event of lists in lists, 100,000 times, is refused', async () => {
    const inbox = await start();
    const body = `[{"event":"e","properties":{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}}]`;
    expect(await promptStatus(inbox, send(inbox, '/import', body))).toBe(400);
  });

  it('that unpacks to more than 10 MiB is refused', async () => {
    const inbox = await start();
    const body = new Uint8Array(gzipSync(`[${' '.repeat(10 * MIB)}]`));
    const request = () =>
      fetch(`${inbox.url}/import`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa('token:')}`, 'content-encoding': 'gzip' },
        body,
      });
    expect(await promptStatus(inbox, request)).toBe(413);
  });

  it('with 2000 updates of a list of 20,000 objects is answered, and the list is right', async () => {
    const inbox = await start();
    const update = (operation: object) => ({ $token: 't', $distinct_id: 'user-1', ...operation });
    const objects = Array.from({ length: 20_000 }, (_, id) => ({ id }));
    const engage = (updates: object[]) => promptStatus(inbox, () => post(inbox, '/engage', updates));
    expect(await engage([update({ $set: { list: [] } }), update({ $union: { list: objects } })])).toBe(200);
    expect(await engage(objects.slice(0, 2000).map((each) => update({ $union: { list: [each] } })))).toBe(200);
    expect(inbox.profiles()[0]?.properties['list']).toEqual(objects);
    expect(await engage(objects.slice(0, 2000).map((each) => update({ $remove: { list: each } })))).toBe(200);
    expect(inbox.profiles()[0]?.properties['list']).toEqual(objects.slice(2000));
    expect(await engage(objects.slice(0, 2000).map((each) => update({ $append: { list: each } })))).toBe(200);
    expect(inbox.profiles()[0]?.properties['list']).toEqual([...objects.slice(2000), ...objects.slice(0, 2000)]);
  });

  it('cannot give a profile more than 2000 properties', async () => {
    const inbox = await start();
    const updates = Array.from({ length: 20 }, (_, round) => ({
      $token: 't',
      $distinct_id: 'user-1',
      $set: Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`p${round}-${n}`, 1])),
    }));
    expect(await promptStatus(inbox, () => post(inbox, '/engage', updates))).toBe(200);
    expect(Object.keys(inbox.profiles()[0]?.properties ?? {})).toHaveLength(2000);
  });

  it('as large as the vendor takes them is still taken', async () => {
    const inbox = await start();
    const properties = Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`property_${n}`, n]));
    const events = Array.from({ length: 2000 }, () => goodEvent(properties));
    const response = await post(inbox, '/import', events);
    expect(await json(response)).toMatchObject({ code: 200, num_records_imported: 2000 });
  });
});

describe('a request to delete people', () => {
  it.each([
    ['a million ids', `{"distinct_ids":[${'"a",'.repeat(200_000)}"a"]}`],
    ['lists in lists', `{"distinct_ids":${'['.repeat(300_000)}${']'.repeat(300_000)}}`],
  ])('with %s is refused', async (_what, body) => {
    const inbox = await start();
    const request = () =>
      fetch(`${inbox.url}/api/app/data-deletions/v3.0/?token=t`, {
        method: 'POST',
        headers: { authorization: 'Bearer t' },
        body,
      });
    expect(await promptStatus(inbox, request)).toBe(400);
  });
});
