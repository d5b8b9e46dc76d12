import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { alertRules } from '@qr/observability/alerts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Inbox } from '../src/index.ts';
import { addressesOf, ID_LISTS, readRoutesOf } from './fuzz/read-routes.ts';
import { platformPlan } from './platform-plan.ts';
import { envelope, goodEvent, json, post, postEnvelope, read } from './requests.ts';
import { inboxesForTests } from './with-inbox.ts';

const start = inboxesForTests();
const NO_TEXT = { toString: 1, valueOf: 1 };

let sourceMaps = '';
beforeAll(async () => {
  sourceMaps = await mkdtemp(join(tmpdir(), 'inbox-odd-'));
  const map = { version: 3, sources: ['a.ts'], sourcesContent: ['one\ntwo'], names: [], mappings: 'AAAA;AACA' };
  await writeFile(join(sourceMaps, 'app.js.map'), JSON.stringify(map));
});
afterAll(() => rm(sourceMaps, { recursive: true }));

const frameOf = (frame: object) => ({ exception: { values: [{ type: 'E', stacktrace: { frames: [frame] } }] } });
const ofApp = (lineno: unknown, colno: unknown = 1) =>
  frameOf({ filename: 'https://h/app.js', function: 'f', lineno, colno });
const span = (times: object) => ({
  type: 'transaction',
  transaction: 't',
  ...times,
  contexts: { trace: { trace_id: 'a', op: 'http.server' } },
});

const EVENTS: [string, object][] = [
  ['line 0', ofApp(0)],
  ['line −1', ofApp(-1)],
  ['half a line', ofApp(1.5)],
  ['a line beyond all numbers', ofApp(1e300)],
  ['column −1', ofApp(1, -1)],
  ['a file name that is no escape', frameOf({ filename: 'https://h/%E0%A4%A.js', lineno: 1, colno: 1 })],
  ['a file name of a null byte', frameOf({ filename: 'https://h/a%00b.js', lineno: 1, colno: 1 })],
  ['frames of null and of text', { exception: { values: [{ stacktrace: { frames: [null, 'x', 1] } }] } }],
  ['exceptions of null', { exception: { values: [null, null] } }],
  ['a fingerprint that has no text', { message: 'm', fingerprint: [NO_TEXT, null, ['a']] }],
  ['counted errors whose ids have no text', { message: 'm', contexts: { suppressed: { ids: [NO_TEXT], count: -1 } } }],
  ['a message that has no text', { message: NO_TEXT, logentry: { message: '%s', params: [NO_TEXT] } }],
  ['tags of anything', { message: 'm', tags: [['a'], null, 'x', [NO_TEXT, 1], { key: 'b' }] }],
  ['a time beyond all calendars', { message: 'm', timestamp: 1e300 }],
  ['a time in milliseconds', { message: 'm', timestamp: 1.7e12 }],
  ['a time before all calendars', { message: 'm', timestamp: -1e300 }],
  [
    'everything null',
    { exception: null, logentry: null, tags: null, contexts: null, user: null, level: null, timestamp: null },
  ],
  [
    'everything a text',
    { exception: 'x', logentry: 'x', tags: 'x', contexts: 'x', user: 'x', level: 'x', breadcrumbs: 'x', request: 'x' },
  ],
];
const TRANSACTIONS: [string, object][] = [
  ['times beyond all calendars', span({ start_timestamp: 1e300, timestamp: -1e300 })],
  ['an end before its start', span({ start_timestamp: 1_700_000_010, timestamp: 1_700_000_000 })],
  ['spans of anything', { ...span({}), spans: [null, 'x', {}, { span_id: NO_TEXT, data: 'x' }] }],
];
const TRACKED: [string, string, object][] = [
  ['an address that has no text', '/track', goodEvent({ ip: NO_TEXT })],
  ['ids to merge that have no text', '/import', { event: '$merge', properties: { $distinct_ids: [NO_TEXT, NO_TEXT] } }],
  [
    'a distinct id that has no text beside a user',
    '/import?strict=0',
    goodEvent({ distinct_id: NO_TEXT, $user_id: 'u' }),
  ],
  [
    'properties that hide those of objects',
    '/track',
    goodEvent({ hasOwnProperty: 1, constructor: 1, toString: 1, service: NO_TEXT }),
  ],
  ['a time beyond all calendars', '/track', goodEvent({ time: 1e300 })],
  ['a time before all calendars', '/import?strict=0', goodEvent({ time: -1e300 })],
];

/** Every list and every detail of the JSON API. */
async function readAll(inbox: Inbox): Promise<number> {
  const routes = readRoutesOf(await read(inbox, '/documentation/json'));
  const ids: Record<string, string[]> = {};
  for (const [name, [path, list, field]] of Object.entries(ID_LISTS)) {
    const records = (await read(inbox, path))[list] as Record<string, unknown>[];
    ids[name] = records.map((record) => String(record[field]));
  }
  const addresses = routes.flatMap((route) => addressesOf(route, ids));
  for (const address of addresses) {
    const { status } = await fetch(`${inbox.url}${address}`);
    expect([address, status < 500]).toEqual([address, true]);
  }
  return addresses.length;
}

const startWithAll = () => start({ sourceMaps, plan: platformPlan, alerts: alertRules, documentation: true });

describe('what is kept can be read:', () => {
  it.each(EVENTS)('an error with %s', async (_what, event) => {
    const inbox = await startWithAll();
    expect((await postEnvelope(inbox, envelope({ type: 'event' }, event))).status).toBe(200);
    expect(inbox.errors()).toHaveLength(1);
    expect(await readAll(inbox)).toBeGreaterThan(15);
    const readable = '/api/0/organizations/any/issues/?start=1970-01-01T00:00:00&end=9999-12-31T00:00:00';
    expect((await fetch(`${inbox.url}${readable}`)).status).toBe(200);
  });

  it.each(TRANSACTIONS)('a transaction with %s', async (_what, transaction) => {
    const inbox = await startWithAll();
    expect((await postEnvelope(inbox, envelope({ type: 'transaction' }, transaction))).status).toBe(200);
    for (const { durationMs } of inbox.spans()) expect(durationMs).toBeGreaterThanOrEqual(0);
    await readAll(inbox);
  });

  it.each(['simplified', 'original'] as const)('events with odd values, with %s ID merge', async (idMerge) => {
    for (const [what, path, event] of TRACKED) {
      const inbox = await start({ idMerge, plan: platformPlan, alerts: alertRules, documentation: true });
      const { status } = await post(inbox, path, [event]);
      expect([what, status < 500]).toEqual([what, true]);
      await readAll(inbox);
    }
  });
});

it.each(['toString', 'constructor', '__proto__', 'hasOwnProperty'])(
  'an item of type %s is passed over',
  async (type) => {
    const inbox = await startWithAll();
    expect((await postEnvelope(inbox, envelope({ type }, { message: 'm' }))).status).toBe(200);
    const rule = { share: 1, fault: { kind: 'rate-limit' as const, categories: ['error'] } };
    inbox.faults.add(rule);
    expect((await postEnvelope(inbox, envelope({ type }, { message: 'm' }))).status).toBe(200);
  },
);

it.each(['toString', '__proto__'])('an event, a user, a property and a service named %s are read', async (name) => {
  const inbox = await startWithAll();
  const properties = JSON.parse(`{"${name}": "${name}", "service": "${name}", "trace_id": "${name}"}`);
  await post(inbox, '/track', [{ event: name, properties: { token: 't', distinct_id: name, ...properties } }]);
  await post(inbox, '/engage', [{ $token: 't', $distinct_id: name, $set: properties, [name]: {} }]);
  await postEnvelope(
    inbox,
    envelope({ type: 'event' }, { message: name, level: name, tags: properties, fingerprint: [name] }),
  );
  expect([inbox.events().length, inbox.errors().length]).toEqual([1, 1]);
  const range = `from_date=2020-01-01&to_date=2020-01-02&event=${name}&on=${name}&born_event=${name}`;
  for (const report of ['segmentation', 'retention', 'funnels']) {
    const { status } = await fetch(`${inbox.url}/api/query/${report}?${range}&steps=["${name}","${name}"]`);
    expect([report, status < 500]).toEqual([report, true]);
  }
  await readAll(inbox);
});

it('numbers that no machine can hold are read all the same', async () => {
  const inbox = await startWithAll();
  const item = '{"message":"m","timestamp":1e999,"contexts":{"suppressed":{"count":1e999}},"extra":{"n":-1e999}}';
  expect((await postEnvelope(inbox, `{}\n{"type":"event"}\n${item}`)).status).toBe(200);
  const body = JSON.stringify(goodEvent({ price: 'PRICE' })).replace('"PRICE"', '1e999');
  expect(await (await fetch(`${inbox.url}/track`, { method: 'POST', body })).text()).toBe('1');
  await readAll(inbox);
});

describe('a request that is no request is refused, and the inbox lives on:', () => {
  it.each([
    ['a media type that is none', { 'content-type': ';;;' }],
    ['a body of an unknown encoding', { 'content-encoding': 'rot13' }],
    ['a body that is not gzip', { 'content-encoding': 'gzip' }],
  ])('%s', async (_what, headers) => {
    const inbox = await start();
    for (const path of [
      '/track',
      '/import',
      '/engage',
      '/groups',
      '/api/1/envelope/',
      '/api/1/store/',
      '/api/1/security/',
      '/api/1/minidump/',
    ]) {
      const response = await fetch(`${inbox.url}${path}?sentry_key=k&api_key=k`, {
        method: 'POST',
        headers,
        body: 'x',
      });
      expect([path, response.status < 500]).toEqual([path, true]);
    }
    expect(await json(await postEnvelope(inbox, envelope({ type: 'event' }, { message: 'after' })))).toHaveProperty(
      'id',
    );
    expect(inbox.errors()).toMatchObject([{ value: 'after' }]);
  });
});
