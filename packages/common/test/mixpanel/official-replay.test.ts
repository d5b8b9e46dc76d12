import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import Mixpanel from 'mixpanel';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import {
  closeObservability,
  flushObservability,
  type InitializeMixpanelOptions,
  initializeMixpanel,
} from '../../src/index.ts';
import { setEnv } from '../start-observed.ts';

type Fields = Record<string, unknown>;
type Done = (...results: unknown[]) => void;
interface Client
  extends Record<'track' | 'track_batch' | 'import' | 'import_batch' | 'alias', (...args: unknown[]) => void> {
  readonly people: Record<string, (...args: unknown[]) => void>;
  readonly groups: Record<string, (...args: unknown[]) => void>;
}

const moment = new Date('2025-05-06T07:08:09Z');
const insert = { $insert_id: 'id-1' };
const event = {
  distinct_id: 'u1',
  $insert_id: 'id-1',
  time: moment.getTime(),
  plan: 'pro',
  list: ['a', 1],
  nested: { a: 1 },
};
const modifiers = {
  $ip: '1.2.3.4',
  $ignore_time: true,
  $time: moment,
  $latitude: 1.5,
  $longitude: 2,
  $ignore_alias: true,
};

/** Calls of the client with well-formed arguments, as its README and its own tests have them. */
const calls: Readonly<Record<string, (client: Client, done: Done) => void>> = {
  'track(name, properties)': (client, done) => client.track('opened', { ...event }, done),
  'track(name, properties with a Date)': (client, done) => client.track('opened', { ...event, time: moment }, done),
  'track(name, properties with seconds)': (client, done) =>
    client.track('opened', { ...event, time: 1_746_515_289 }, done),
  'track(name, properties without an id)': (client, done) => client.track('opened', { ...insert, time: moment }, done),
  'track(name)': (client, done) => client.track('opened', done),
  'track(name, user and device)': (client, done) =>
    client.track('opened', { ...insert, time: moment, $user_id: 'u1', $device_id: 'd1' }, done),
  'track(name, device)': (client, done) => client.track('opened', { ...insert, time: moment, $device_id: 'd1' }, done),
  'track(name, numeric id)': (client, done) => client.track('opened', { ...event, distinct_id: 12_345 }, done),
  'track(name, properties with an address)': (client, done) =>
    client.track('opened', { ...event, ip: '1.2.3.4' }, done),
  'track(name, a legal and an illegal insert id)': (client, done) =>
    client.track('opened', { ...event, $insert_id: 'order_1' }, done),
  'import(name, Date, properties)': (client, done) => client.import('opened', moment, { ...event }, done),
  'import(name, milliseconds, properties)': (client, done) =>
    client.import('opened', moment.getTime(), { ...event }, done),
  'import(name, seconds, properties)': (client, done) => client.import('opened', 1_746_515_289, { ...event }, done),
  'import(name, Date)': (client, done) => client.import('opened', moment, done),
  'track_batch(3 events)': (client, done) => client.track_batch(batch(3), done),
  'track_batch(120 events, options)': (client, done) =>
    client.track_batch(batch(120), { max_batch_size: 20, max_concurrent_requests: 2 }, done),
  'track_batch(events without a time)': (client, done) =>
    client.track_batch([{ event: 'opened', properties: { ...insert, distinct_id: 'u1' } }], done),
  'import_batch(3 events)': (client, done) => client.import_batch(batch(3), done),
  'import_batch(120 events, options)': (client, done) => client.import_batch(batch(120), { max_batch_size: 20 }, done),
  'alias(id, alias)': (client, done) => client.alias('u1', 'joe', done),
  'people.set(id, properties)': (client, done) => client.people['set']?.('u1', { plan: 'pro', tags: ['a'] }, done),
  'people.set(id, name, value)': (client, done) => client.people['set']?.('u1', 'plan', 'pro', done),
  'people.set(id, properties, modifiers)': (client, done) =>
    client.people['set']?.('u1', { plan: 'pro' }, { ...modifiers }, done),
  'people.set(id, name, value, modifiers)': (client, done) =>
    client.people['set']?.('u1', 'plan', 'pro', { ...modifiers }, done),
  'people.set(id, properties with an address)': (client, done) =>
    client.people['set']?.('u1', { plan: 'pro', ip: '1.2.3.4', $ignore_time: true }, done),
  'people.set(numeric id, properties)': (client, done) => client.people['set']?.(12_345, { plan: 'pro' }, done),
  'people.set(id, a Date)': (client, done) => client.people['set']?.('u1', '$created', moment, done),
  'people.set(id, nothing)': (client, done) => client.people['set']?.('u1', {}, done),
  'people.set_once(id, properties)': (client, done) => client.people['set_once']?.('u1', { plan: 'pro' }, done),
  'people.set_once(id, name, value)': (client, done) => client.people['set_once']?.('u1', 'plan', 'pro', done),
  'people.increment(id, name)': (client, done) => client.people['increment']?.('u1', 'visits', done),
  'people.increment(id, name, number)': (client, done) => client.people['increment']?.('u1', 'visits', -2, done),
  'people.increment(id, name, number, modifiers)': (client, done) =>
    client.people['increment']?.('u1', 'visits', 2, { ...modifiers }, done),
  'people.increment(id, numbers)': (client, done) =>
    client.people['increment']?.('u1', { visits: 1, credits: -3 }, done),
  'people.append(id, name, value)': (client, done) => client.people['append']?.('u1', 'pages', 'home', done),
  'people.append(id, values, modifiers)': (client, done) =>
    client.people['append']?.('u1', { pages: 'home', codes: 3 }, { ...modifiers }, done),
  'people.track_charge(id, amount)': (client, done) => client.people['track_charge']?.('u1', 29.99, done),
  'people.track_charge(id, text)': (client, done) => client.people['track_charge']?.('u1', '29.99', done),
  'people.track_charge(id, amount, time)': (client, done) =>
    client.people['track_charge']?.('u1', 19, { $time: moment }, done),
  'people.track_charge(id, amount, time, modifiers)': (client, done) =>
    client.people['track_charge']?.('u1', 19, { $time: moment, sku: 'x' }, { ...modifiers }, done),
  'people.clear_charges(id)': (client, done) => client.people['clear_charges']?.('u1', done),
  'people.delete_user(id)': (client, done) => client.people['delete_user']?.('u1', done),
  'people.delete_user(id, modifiers)': (client, done) => client.people['delete_user']?.('u1', { ...modifiers }, done),
  'people.remove(id, values)': (client, done) => client.people['remove']?.('u1', { pages: 'home', codes: 3 }, done),
  'people.union(id, lists)': (client, done) =>
    client.people['union']?.('u1', { tags: ['a', 'b'], codes: 3, mixed: ['a', {}] }, done),
  'people.union(id, lists, modifiers)': (client, done) =>
    client.people['union']?.('u1', { tags: ['a'] }, { ...modifiers }, done),
  'people.unset(id, name)': (client, done) => client.people['unset']?.('u1', 'plan', done),
  'people.unset(id, names)': (client, done) => client.people['unset']?.('u1', ['plan', 'tags'], done),
  'groups.set(key, id, properties)': (client, done) => client.groups['set']?.('company', 'acme', { plan: 'pro' }, done),
  'groups.set(key, id, name, value)': (client, done) => client.groups['set']?.('company', 'acme', 'plan', 'pro', done),
  'groups.set(key, numeric id, properties)': (client, done) =>
    client.groups['set']?.('company', 42, { plan: 'pro' }, done),
  'groups.set_once(key, id, properties, modifiers)': (client, done) =>
    client.groups['set_once']?.('company', 'acme', { plan: 'pro' }, { ...modifiers }, done),
  'groups.remove(key, id, values)': (client, done) => client.groups['remove']?.('company', 'acme', { tags: 'a' }, done),
  'groups.union(key, id, lists)': (client, done) => client.groups['union']?.('company', 'acme', { tags: ['a'] }, done),
  'groups.unset(key, id, names)': (client, done) => client.groups['unset']?.('company', 'acme', ['plan'], done),
  'groups.delete_group(key, id)': (client, done) => client.groups['delete_group']?.('company', 'acme', done),
};

/** What is meant to differ, with the reason; every other difference is a fault. */
const EVERY_EVENT: Readonly<Record<string, string>> = {
  'properties.ip':
    'the client sends ip=0 in the query of the request, which /import does not document: each event says it itself',
};
const INTENDED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'track(name, properties with seconds)': { 'properties.time': 'always milliseconds, which the vendor takes as well' },
  'import(name, seconds, properties)': { 'properties.time': 'always milliseconds, which the vendor takes as well' },
  'track(name, properties without an id)': { 'properties.distinct_id': '/import needs one: empty is nobody' },
  'track(name)': {
    'properties.distinct_id': '/import needs one: empty is nobody',
    'properties.time': '/import needs one',
    'properties.$insert_id': '/import needs one, and without it a retry would count twice',
  },
  'import(name, Date)': {
    'properties.distinct_id': '/import needs one: empty is nobody',
    'properties.$insert_id': '/import needs one, and without it a retry would count twice',
  },
  'track(name, user and device)': { 'properties.distinct_id': '/import needs one: what the vendor derives itself' },
  'track(name, device)': { 'properties.distinct_id': '/import needs one: what the vendor derives itself' },
  'track(name, numeric id)': { 'properties.distinct_id': 'ids are text' },
  'track(name, a legal and an illegal insert id)': {
    'properties.$insert_id': 'the vendor refuses the id: the event is sent under a hash of it',
  },
  'track_batch(events without a time)': { 'properties.time': '/import needs one' },
  'people.set(numeric id, properties)': { $distinct_id: 'ids are text' },
  'groups.set(key, numeric id, properties)': { $group_id: 'ids are text' },
  'alias(id, alias)': { '': 'a project with simplified id merge ignores it: refused, with an error and a warning' },
  'people.set(id, nothing)': { '': 'an update without an operation says nothing' },
};
const WITHOUT_ADDRESS = new Set(['track(name, properties with an address)', 'alias(id, alias)']);
const isOfEvent = (call: string) => /^(track|import)/.test(call) && !WITHOUT_ADDRESS.has(call);

const server = createServer(async (request, response) => {
  const records = recordsOf(request, await bytesOf(request));
  received.push(...records);
  const isStrict = request.url?.includes('strict=1') === true;
  response.end(isStrict ? JSON.stringify({ code: 200, num_records_imported: records.length, status: 'OK' }) : '1');
});
let received: Fields[] = [];
let original: Client;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const logger = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };
  // With a key `/import` needs no HTTPS.
  const config = { host, protocol: 'http', key: 'test-key', logger, keepAlive: false };
  original = Mixpanel.init('test-token', config) as unknown as Client;
  const restore = setEnv({ MIXPANEL_API_HOST: `http://${host}` });
  afterAll(async () => {
    restore();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
});

it.each(Object.entries(calls))(
  '%s arrives as from the client itself, but for what is meant to differ',
  async (name, call) => {
    const expected = await receivedBy(() => new Promise<void>((resolve) => call(original, () => resolve())));
    const actual = await carried({ mixpanelUnplanned: 'pass' }, call);
    const intended = { ...(isOfEvent(name) ? EVERY_EVENT : {}), ...INTENDED[name] };
    expect(differences(expected, actual)).toEqual(Object.keys(intended).sort());
  },
);

it('alias(id, alias) arrives as from the client itself under the original id merge', async () => {
  const call = (client: Client, done: Done) => client.alias('u1', 'joe', done);
  const expected = await receivedBy(() => new Promise<void>((resolve) => call(original, () => resolve())));
  const actual = await carried({ mixpanelUnplanned: 'pass', idMerge: 'original' }, call);
  expect(differences(expected, actual)).toEqual(['properties.$insert_id', 'properties.ip', 'properties.time']);
});

/** What our client sends for one call. */
async function carried(
  options: InitializeMixpanelOptions,
  call: (client: Client, done: Done) => void,
): Promise<readonly Fields[]> {
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  const client = initializeMixpanel('test-token', options) as unknown as Client;
  try {
    return await receivedBy(async () => {
      await new Promise<void>((resolve) => call(client, () => resolve()));
      await flushObservability();
    });
  } finally {
    await closeObservability();
  }
}

async function receivedBy(act: () => Promise<void>): Promise<readonly Fields[]> {
  received = [];
  await act();
  // Requests of one batch arrive in any order.
  return received.toSorted((left, right) => Number(numberOf(left)) - Number(numberOf(right)));
}

/** The paths at which two lists of records differ; empty for the list itself. */
function differences(expected: readonly Fields[], actual: readonly Fields[]): string[] {
  if (expected.length !== actual.length) return [''];
  const paths = expected.flatMap((record, index) => {
    const left = flatten(record);
    const right = flatten(actual[index] ?? {});
    return [...new Set([...left.keys(), ...right.keys()])].filter((path) => left.get(path) !== right.get(path));
  });
  return [...new Set(paths)].sort();
}

/** Each value by its path, the token aside: of events it stands in the credentials. */
function flatten(record: Fields, prefix = ''): Map<string, unknown> {
  return new Map(
    Object.entries(record).flatMap(([name, value]): [string, unknown][] => {
      const path = prefix + name;
      if (path === 'properties.token') return [];
      if (name === 'properties') return [...flatten(value as Fields, `${path}.`)];
      return [[path, JSON.stringify(value)]];
    }),
  );
}

function numberOf(record: Fields): unknown {
  return (record['properties'] as Fields | undefined)?.['n'] ?? 0;
}

function batch(count: number): Fields[] {
  return Array.from({ length: count }, (_, n) => ({
    event: 'opened',
    properties: { ...event, $insert_id: `id-${n}`, n },
  }));
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function recordsOf(request: IncomingMessage, body: Buffer): Fields[] {
  const isForm = request.headers['content-type'] === 'application/x-www-form-urlencoded';
  const data = isForm
    ? body.toString().slice('data='.length)
    : new URL(request.url ?? '', 'http://x').searchParams.get('data');
  const bytes = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
  const text = data ? Buffer.from(data.replaceAll(' ', '+'), 'base64').toString() : bytes.toString();
  return [JSON.parse(text) as Fields | Fields[]].flat();
}
