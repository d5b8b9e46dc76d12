import fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createMemoryTransport } from '../../../telemetry/src/testing.ts';
import {
  closeObservability,
  flushObservability,
  type InitializeMixpanelOptions,
  initializeMixpanel,
  observabilityStats,
} from '../../src/index.ts';
import { core } from '../../src/instance.ts';
import { setEnv } from '../start-observed.ts';

/** Callers in JavaScript can pass anything; the types would not let us. */
type AnyMethod = (...args: unknown[]) => void;
interface AnyClient
  extends Record<'track' | 'track_batch' | 'import' | 'import_batch' | 'alias' | 'set_config', AnyMethod> {
  readonly people: Record<string, AnyMethod>;
  readonly groups: Record<string, AnyMethod>;
  readonly local_flags?: unknown;
  readonly remote_flags?: unknown;
}

function start(options: InitializeMixpanelOptions = {}) {
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  core.warnOnce.reset();
  const transport = createMemoryTransport();
  const client = initializeMixpanel('test-token', { ...options, transport }) as unknown as AnyClient | null;
  if (!client) throw new Error('expected a client');
  onTestFinished(() => closeObservability());
  const sent = async (lane: 'import' | 'engage' | 'groups') => {
    await flushObservability();
    return transport.records(lane) as Record<string, unknown>[];
  };
  const dropped = (lane: 'import' | 'engage' | 'groups') => observabilityStats().lanes[lane]?.dropped;
  return { transport, client, sent, dropped };
}

const EVENT_FIELDS = ['distinct_id', '$user_id', '$device_id', '$insert_id', 'qr_id', 'browser'] as const;
const warnings = () => vi.mocked(console.warn).mock.calls.map(([message]) => String(message));
const who = { distinct_id: 'u1' };
const created = { ...who, qr_id: 'q1' };
const propertiesOf = (record: Record<string, unknown> | undefined) => record?.['properties'] as Record<string, unknown>;

describe('the official client', () => {
  it('track: is carried with an id and a time, planned properties only', async () => {
    const { sent, client } = start();
    client.track('qr_created', { ...created, street: 'Elm Street' });
    const records = await sent('import');
    expect(records).toEqual([
      {
        event: 'qr_created',
        properties: expect.objectContaining({
          qr_id: 'q1',
          distinct_id: 'u1',
          ip: '0',
          $insert_id: expect.any(String),
          time: expect.any(Number),
        }),
      },
    ]);
    expect(JSON.stringify(records)).not.toContain('Elm Street');
  });

  it('track_batch and import_batch: every event arrives', async () => {
    const { sent, client } = start();
    const events = Array.from({ length: 120 }, (_, n) => ({
      event: 'qr_created',
      properties: { ...who, qr_id: `q${n}` },
    }));
    client.track_batch(events);
    client.import_batch([{ event: 'logout', properties: { ...who, time: new Date() } }]);
    expect(await sent('import')).toHaveLength(121);
  });

  it('import: keeps its time, in milliseconds', async () => {
    const { sent, client } = start();
    client.import('logout', new Date('2020-01-01T00:00:00Z'), { ...who });
    expect(await sent('import')).toMatchObject([{ properties: { time: Date.UTC(2020, 0, 1) } }]);
  });

  it('an event without a person has an empty distinct_id', async () => {
    const { sent, client } = start();
    client.track('logout');
    expect(await sent('import')).toMatchObject([{ properties: { distinct_id: '' } }]);
  });

  it('does not change what it is given, frozen or not', async () => {
    const { sent, client } = start();
    const given = Object.freeze({ ...created });
    client.track('qr_created', given);
    client.import('qr_created', Date.now(), given);
    client.track_batch([Object.freeze({ event: 'qr_created', properties: given })]);
    client.people.set?.('u1', Object.freeze({ plan: 'pro', ip: '1.2.3.4' }));
    expect(given).toEqual(created);
    expect(await sent('import')).toHaveLength(3);
    expect(await sent('engage')).toHaveLength(1);
  });

  it('starts with a proxy in the environment that has no scheme', () => {
    onTestFinished(setEnv({ HTTPS_PROXY: '127.0.0.1:9', HTTP_PROXY: '127.0.0.1:9' }));
    expect(() => start()).not.toThrow();
    expect(process.env['HTTPS_PROXY']).toBe('127.0.0.1:9');
  });
});

describe('the identity of an event of the official client', () => {
  it.each([
    ['a user', { $user_id: 'u1' }, { distinct_id: 'u1', $user_id: 'u1', $device_id: undefined }],
    ['a device', { $device_id: 'd1' }, { distinct_id: '$device:d1', $user_id: undefined, $device_id: 'd1' }],
    ['both', { $user_id: 'u1', $device_id: 'd1' }, { distinct_id: 'u1', $user_id: 'u1', $device_id: 'd1' }],
    ['a device with prefix', { $user_id: 'u1', $device_id: '$device:d1' }, { distinct_id: 'u1', $device_id: 'd1' }],
    ['a user who differs', { distinct_id: 'x', $user_id: 'u1' }, { distinct_id: 'u1', $user_id: 'u1' }],
    ['a device twice', { distinct_id: 'd1', $device_id: 'd1' }, { distinct_id: '$device:d1', $user_id: undefined }],
    [
      'a distinct id and a device',
      { ...who, $device_id: 'd1' },
      { distinct_id: 'u1', $user_id: 'u1', $device_id: 'd1' },
    ],
    ['a device and no user', { $user_id: null, $device_id: 'd1' }, { distinct_id: '$device:d1', $user_id: undefined }],
    ['numbers', { $user_id: 12_345, $device_id: 7 }, { distinct_id: '12345', $user_id: '12345', $device_id: '7' }],
    ['a numeric distinct id', { distinct_id: 12_345 }, { distinct_id: '12345', $user_id: '12345' }],
    [
      'a user and an unusable device',
      { $user_id: 'u1', $device_id: 'null' },
      { distinct_id: 'u1', $device_id: undefined },
    ],
  ])('is %s', async (_, given, expected) => {
    for (const mixpanelUnplanned of ['drop', 'pass'] as const) {
      const { sent, client } = start({ mixpanelUnplanned });
      client.track('qr_created', { qr_id: 'q1', ...given });
      const [record] = await sent('import');
      for (const [name, value] of Object.entries(expected)) {
        // Passed on as it is, an event gets no id that it did not have.
        if (mixpanelUnplanned === 'pass' && value !== undefined && name !== 'distinct_id' && !(name in given)) continue;
        expect(propertiesOf(record)[name], `${name}, ${mixpanelUnplanned}`).toBe(value);
      }
      await closeObservability();
    }
  });

  it.each([
    ...[{ distinct_id: Number.NaN }, { distinct_id: true }, { distinct_id: {} }, { distinct_id: '[object Object]' }],
    ...[{ $user_id: 'undefined', $device_id: 'd1' }, { $device_id: 'null' }, { distinct_id: 'x'.repeat(256) }],
  ])('is refused: %j', async (given) => {
    const { sent, client, dropped } = start();
    client.track('qr_created', { qr_id: 'q1', ...given });
    expect(await sent('import')).toEqual([]);
    expect(dropped('import')).toEqual({ forbidden_id: 1 });
  });
});

describe('the time of an event of the official client', () => {
  const moment = Date.UTC(2025, 4, 6, 7, 8, 9);

  it.each([
    new Date(moment),
    moment,
    moment / 1000,
    String(moment),
    '2025-05-06T07:08:09Z',
    '2025-05-06T07:08:09',
    '2025-05-06 09:08:09.000+02:00',
  ])('is read from %s', async (time) => {
    const { sent, client } = start();
    client.track('qr_created', { ...created, time });
    client.import('qr_created', time, created);
    client.track_batch([{ event: 'qr_created', properties: { ...created, time } }]);
    client.import_batch([{ event: 'qr_created', properties: { ...created, time } }]);
    expect((await sent('import')).map((record) => propertiesOf(record)['time'])).toEqual(Array(4).fill(moment));
  });

  it.each([
    ...[null, '', false, 0, undefined, 'yesterday', Number.NaN, {}, new Date(Number.NaN), 12, -5, '2025-13-45'],
    ...[Date.now() + 86_400_000, '9'.repeat(16), Number.MAX_VALUE, Symbol('s')],
  ])('is the current one for track, and refuses an import: %s', async (time) => {
    const { sent, client, dropped } = start();
    const before = Date.now();
    client.track('qr_created', { ...created, time });
    client.track_batch([{ event: 'qr_created', properties: { ...created, time } }]);
    client.import('qr_created', time, created);
    client.import_batch([{ event: 'qr_created', properties: { ...created, time } }]);
    const times = (await sent('import')).map((record) => propertiesOf(record)['time']);
    expect(times).toHaveLength(2);
    for (const sentTime of times) expect(sentTime).toBeGreaterThanOrEqual(before);
    expect(dropped('import')).toEqual({ invalid_record: 2 });
  });
});

describe('the insert id of an event of the official client', () => {
  const idsOf = async (given: readonly unknown[]) => {
    const { sent, client } = start();
    for (const id of given) client.track('qr_created', { ...created, $insert_id: id });
    return (await sent('import')).map((record) => propertiesOf(record)['$insert_id']);
  };

  it('stays as it is when it is legal', async () => {
    expect(await idsOf(['abc-123', 42])).toEqual(['abc-123', '42']);
  });

  it.each(['a"b', 'order_1', 'x'.repeat(40), 'a","x":"secret","b":"', '\ud800', '\u{1F600}', { order: 1 }])(
    'becomes a legal one, the same each time: %j',
    async (id) => {
      const [first, second, other] = await idsOf([id, id, 'something_else']);
      expect(first).toMatch(/^[A-Za-z0-9-]{1,36}$/);
      expect(second).toBe(first);
      expect(other).not.toBe(first);
    },
  );

  it.each(['', 'null', 'undefined', null, undefined, {}, Number.NaN, true, 0])(
    'is a new one each time when it identifies nothing: %j',
    async (id) => {
      const [first, second] = await idsOf([id, id]);
      for (const made of [first, second]) expect(made).toMatch(/^[A-Za-z0-9-]{1,36}$/);
      expect(second).not.toBe(first);
    },
  );
});

describe('updates of the official client', () => {
  it('people: operators are kept, unplanned properties are not', async () => {
    const { sent, client } = start();
    client.people.set?.('u1', { plan: 'pro', street: 'Elm Street' });
    client.people.increment?.('u1', 'total_qrs_created', 2);
    client.people.set_once?.('u1', { $created: '2026-01-01' });
    client.people.unset?.('u1', 'plan');
    client.people.delete_user?.('u1');
    const records = await sent('engage');
    expect(records).toMatchObject([
      { $distinct_id: 'u1', $set: { plan: 'pro' } },
      { $add: { total_qrs_created: 2 } },
      { $set_once: { $created: '2026-01-01' } },
      { $unset: ['plan'] },
      { $delete: null },
    ]);
    expect(JSON.stringify(records)).not.toContain('Elm Street');
  });

  it('people.unset: removes what is stored', async () => {
    const { sent, client } = start();
    client.people.unset?.('u1', ['$email', 'street', '$name']);
    expect(await sent('engage')).toEqual([{ $token: 'test-token', $distinct_id: 'u1', $unset: ['email_hash'] }]);
  });

  it('people: a numeric id becomes text', async () => {
    const { sent, client } = start();
    client.people.set?.(12_345, { plan: 'pro' });
    expect(await sent('engage')).toMatchObject([{ $distinct_id: '12345' }]);
  });

  it('people.union, append and remove: planned properties only, each value as the plan says', async () => {
    const { sent, client } = start();
    client.people.union?.('u1', { plan: ['free', 'pro'], street: ['x'] });
    client.people.append?.('u1', { plan: 'pro', street: 'x' });
    client.people.remove?.('u1', { plan: 'pro', street: 'x' });
    expect(await sent('engage')).toMatchObject([
      { $union: { plan: ['free', 'pro'] } },
      { $append: { plan: 'pro' } },
      { $remove: { plan: 'pro' } },
    ]);
  });

  it.each([
    ['union', [{ tags: ['a'] }]],
    ['append', ['tags', 'a']],
    ['remove', [{ tags: 'a' }]],
    ['set', [{ street: 'x' }]],
    ['set_once', [{ street: 'x' }]],
    ['increment', ['street', 1]],
    ['unset', ['street']],
    ['track_charge', [5]],
    ['clear_charges', []],
  ])('people.%s: nothing planned is left, so nothing is sent', async (method, args) => {
    const { sent, client, dropped } = start();
    const done = vi.fn();
    client.people[method]?.('u1', ...args, done);
    expect(await sent('engage')).toEqual([]);
    expect(dropped('engage')).toEqual({ invalid_record: 1 });
    expect(done).toHaveBeenCalledExactlyOnceWith(expect.any(Error));
  });

  it('an empty operation is not sent, and is no loss', async () => {
    const { sent, client, dropped } = start();
    client.people.set?.('u1', {});
    client.people.unset?.('u1', []);
    client.groups.set?.('company', 'acme', {});
    expect([...(await sent('engage')), ...(await sent('groups'))]).toEqual([]);
    expect([dropped('engage'), dropped('groups')]).toEqual([{}, {}]);
  });

  it.each(['drop', 'pass'] as const)('groups: name the group and nobody else (%s)', async (mixpanelUnplanned) => {
    const { sent, client } = start({ mixpanelUnplanned });
    client.groups.set?.('company', 'acme', { plan: 'business' });
    client.groups.set?.('company', 42, { plan: 'business' });
    client.groups.unset?.('company', 'acme', 'plan');
    client.groups.delete_group?.('company', 'acme');
    const records = await sent('groups');
    expect(records).toMatchObject([
      { $token: 'test-token', $group_key: 'company', $group_id: 'acme', $set: { plan: 'business' } },
      { $group_id: '42' },
      { $unset: ['plan'] },
      { $group_id: 'acme' },
    ]);
    for (const record of records) expect(record).not.toHaveProperty('$distinct_id');
  });

  it.each([
    ['', 'acme'],
    [undefined, 'acme'],
    ['company', ''],
    ['company', 'undefined'],
  ])('groups: the key %j with the id %j is refused', async (key, id) => {
    const { sent, client, dropped } = start();
    client.groups.set?.(key, id, { plan: 'business' });
    expect(await sent('groups')).toEqual([]);
    expect(dropped('groups')).toEqual({ forbidden_id: 1 });
  });
});

describe('callbacks of the official client', () => {
  it('are called after the call has returned, without an error when the record is queued', async () => {
    const { client } = start();
    const done = vi.fn();
    client.track('logout', who, done);
    client.track('logout', done);
    client.import('logout', Date.now(), who, done);
    client.people.set?.('u1', { plan: 'pro' }, done);
    client.people.set?.('u1', 'plan', 'pro', done);
    client.groups.set?.('company', 'acme', { plan: 'pro' }, done);
    expect(done).not.toHaveBeenCalled();
    await Promise.resolve();
    expect(done.mock.calls).toEqual(Array(6).fill([undefined]));
  });

  it('are called with an error that says why the record was refused', async () => {
    const { client, dropped } = start();
    const done = vi.fn();
    client.track('no_such_event', who, done);
    client.track('logout', { distinct_id: 'anonymous' }, done);
    client.import('logout', 'yesterday', who, done);
    expect(done).not.toHaveBeenCalled();
    await flushObservability();
    const messages = done.mock.calls.map(([error]) => (error as Error).message);
    expect(messages[0]).toContain('not in the tracking plan');
    expect(messages[1]).toContain('forbids');
    expect(messages[2]).toContain('time');
    expect(dropped('import')).toEqual({ unplanned_event: 1, forbidden_id: 1, invalid_record: 1 });
  });

  it('of a batch are given a list of errors, as the client documents, that says how many were refused', async () => {
    const { client, sent } = start();
    const done = vi.fn();
    const good = { event: 'logout', properties: who };
    client.track_batch([good, good], done);
    client.track_batch([good, { event: 'no_such_event', properties: who }, null, good], {}, done);
    expect(done).not.toHaveBeenCalled();
    expect(await sent('import')).toHaveLength(4);
    expect(done.mock.calls[0]).toEqual([null]);
    expect(done.mock.calls[1]).toEqual([[expect.any(Error)]]);
    expect(String(done.mock.calls[1]?.[0]?.[0])).toContain('2 of 4 records were refused');
  });

  it('are called even where the client itself would give up in silence', async () => {
    const { client, dropped } = start();
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const done = vi.fn();
    client.people.remove?.('u1', 'plan', done);
    client.people.unset?.('u1', 7, done);
    client.people.track_charge?.('u1', 'much', done);
    client.people.set?.('u1', { plan: 'pro' }, { $time: 'now' }, done);
    await flushObservability();
    expect(done).toHaveBeenCalledTimes(4);
    for (const [error] of done.mock.calls) expect(error).toBeInstanceOf(Error);
    expect(dropped('engage')).toEqual({ invalid_record: 4 });
  });
});

describe('what the official client does not do here', () => {
  it.each([{ geolocate: true }, { host: 'example.com' }, { secret: 'x' }, { test: true }])(
    'set_config(%j) has no effect, which is said once',
    (config) => {
      const { client } = start();
      vi.spyOn(console, 'log').mockImplementation(() => {});
      client.set_config(config);
      client.set_config(config);
      const [name] = Object.keys(config);
      expect(warnings().filter((message) => message.includes(`set_config({ ${name} })`))).toHaveLength(1);
    },
  );

  it.each([undefined, null, 7, { logger: 'x' }, { logger: {} }])('set_config(%j) does not throw', (config) => {
    const { client } = start();
    expect(() => client.set_config(config)).not.toThrow();
  });

  it('set_config({ debug, logger }) makes the client tell the logger what it sends, though the logger throws', async () => {
    const { client, sent } = start();
    const debug = vi.fn(() => {
      throw new Error('no');
    });
    client.set_config({ debug: true, logger: { trace() {}, debug, info() {}, warn() {}, error() {} } });
    client.track('qr_created', created);
    expect(debug).toHaveBeenCalledWith('Sending the following event to Mixpanel', {
      data: { event: 'qr_created', properties: expect.objectContaining(created) },
    });
    expect(await sent('import')).toHaveLength(1);
    expect(warnings()).toEqual([]);
  });

  it.each(['local_flags', 'remote_flags'] as const)('%s is undefined, which is said once', (name) => {
    const { client } = start();
    expect(JSON.stringify(Object.keys(client))).not.toContain(name);
    expect(warnings()).toEqual([]);
    expect([client[name], client[name]]).toEqual([undefined, undefined]);
    expect(warnings()).toEqual([expect.stringContaining(`${name} of the Mixpanel client is not supported`)]);
  });

  it('a record with the token of another project is refused, counted and told of once', async () => {
    const { client, sent, dropped } = start();
    const foreign = { event: 'logout', properties: { ...who, token: 'other-token' } };
    client.track_batch([foreign, { event: 'logout', properties: { ...who, token: 'test-token' } }, foreign]);
    client.import_batch([{ ...foreign, properties: { ...foreign.properties, time: new Date() } }]);
    expect(await sent('import')).toHaveLength(1);
    expect(dropped('import')).toEqual({ invalid_record: 3 });
    expect(warnings().filter((message) => message.includes('another project'))).toHaveLength(1);
  });

  it.each(['drop', 'pass'] as const)(
    'alias is refused under the simplified id merge, with a warning that says what to do instead (%s)',
    async (mixpanelUnplanned) => {
      const { client, sent, dropped } = start({ mixpanelUnplanned });
      const done = vi.fn();
      client.alias('u1', 'joe', done);
      client.alias('u1', 'joe');
      expect(await sent('import')).toEqual([]);
      expect(done).toHaveBeenCalledExactlyOnceWith(expect.any(Error));
      expect(dropped('import')).toEqual({ unplanned_event: 2 });
      expect(warnings()).toEqual([expect.stringContaining('identifyUser(userId, profile, { anonymousId })')]);
    },
  );

  it('alias is carried under the original id merge, with its two ids and nothing else', async () => {
    const { client, sent, dropped } = start({ idMerge: 'original' });
    client.alias('u1', 'joe');
    client.alias('u1', 'undefined');
    client.track('$create_alias', { ...who, alias: 'ann', street: 'Elm Street' });
    expect(await sent('import')).toEqual([
      {
        event: '$create_alias',
        properties: {
          distinct_id: 'u1',
          alias: 'joe',
          ip: '0',
          time: expect.any(Number),
          $insert_id: expect.any(String),
        },
      },
      { event: '$create_alias', properties: expect.not.objectContaining({ street: 'Elm Street' }) },
    ]);
    expect(dropped('import')).toEqual({ forbidden_id: 1 });
  });
});

it('lets nothing unplanned out under a policy that does not exist', async () => {
  const { client, sent } = start({ mixpanelUnplanned: 'dropp' as 'drop', idMerge: 'legacy' as 'simplified' });
  client.track('qr_created', { ...created, street: 'Elm Street' });
  client.track('no_such_event', who);
  client.alias('u1', 'joe');
  client.people.set?.('u1', { plan: 'pro', street: 'Elm Street' });
  expect(await sent('import')).toHaveLength(1);
  expect(JSON.stringify([...(await sent('import')), ...(await sent('engage'))])).not.toContain('Elm Street');
});

describe('any call of the official client', () => {
  const throwing = new Proxy({}, { get: refuse, ownKeys: refuse, getPrototypeOf: refuse });
  const revoked = Proxy.revocable([], {});
  revoked.revoke();
  const odd = [
    ...[
      undefined,
      null,
      0,
      Number.NaN,
      '',
      'x',
      true,
      10n,
      Symbol('s'),
      [],
      [null],
      {},
      () => {},
      new Date(Number.NaN),
    ],
    ...[
      revoked.proxy,
      throwing,
      Object.create(null),
      {
        get distinct_id() {
          return refuse();
        },
      },
      [throwing],
      new Array(4_000_000_000),
    ],
  ];
  const methods = (client: AnyClient): [string, AnyMethod][] => [
    ...(['track', 'track_batch', 'import', 'import_batch', 'alias', 'set_config'] as const).map(
      (name): [string, AnyMethod] => [name, client[name]],
    ),
    ...Object.entries(client.people).filter((entry): entry is [string, AnyMethod] => typeof entry[1] === 'function'),
    ...Object.entries(client.groups).filter((entry): entry is [string, AnyMethod] => typeof entry[1] === 'function'),
  ];

  it.each(['drop', 'pass'] as const)('never throws, whatever it is given (%s)', (mixpanelUnplanned) => {
    const { client } = start({ mixpanelUnplanned });
    vi.spyOn(console, 'error').mockImplementation(() => {});
    expect(methods(client).length).toBe(6 + 10 + 6);
    for (const [name, method] of methods(client))
      for (const first of odd)
        for (const second of odd)
          for (const args of [
            [first, second],
            ['u1', first, second],
            ['u1', 'plan', first, second],
          ])
            expect(() => method(...args), name).not.toThrow();
  });

  it('sends planned keys and well-formed text only, whatever texts it is given', async () => {
    const { client, transport } = start();
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('a","x":"secret","b":"', '"}}', '\\', '\\"', '\ud800', '$device:"', '\n', '__proto__'),
    );
    const fields = fc.dictionary(
      fc.oneof(fc.constantFrom(...EVENT_FIELDS, 'time', 'token', 'country', 'street'), text),
      text,
      { noNullPrototype: true },
    );
    fc.assert(
      fc.property(text, text, fields, text, (id, other, properties, value) => {
        client.track('qr_created', { ...properties, token: 'test-token' });
        client.track_batch([{ event: 'qr_scanned', properties: { ...properties, token: 'test-token' } }]);
        client.people['set']?.(id, { ...properties, plan: value });
        client.people['union']?.(id, { plan: [value] });
        client.groups['set']?.(other, id, { ...properties, plan: value });
      }),
    );
    await flushObservability();
    const allowed = new Set<string>([
      ...[...EVENT_FIELDS, 'time', 'ip', 'mp_lib', 'environment', 'service', 'release', 'country', 'mp_country_code'],
      ...[
        '$token',
        '$distinct_id',
        '$group_key',
        '$group_id',
        '$ip',
        '$time',
        '$set',
        '$union',
        'plan',
        'event',
        'properties',
      ],
    ]);
    expect(transport.records().length).toBeGreaterThan(200);
    const keys = new Set<string>();
    JSON.stringify(transport.records(), (key, value: unknown) => {
      if (!/^\d*$/.test(key)) keys.add(key);
      if (typeof value === 'string') expect(value.isWellFormed()).toBe(true);
      return value;
    });
    expect([...keys].filter((key) => !allowed.has(key))).toEqual([]);
  });

  function refuse(): never {
    throw new Error('no');
  }
});
