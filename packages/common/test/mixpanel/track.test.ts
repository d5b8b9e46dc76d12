import { plan } from '@qr/events';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createMemoryTransport } from '../../../telemetry/src/testing.ts';
import {
  closeObservability,
  flushObservability,
  forgetUser,
  getMixpanel,
  type InitializeMixpanelOptions,
  identifyUser,
  initializeMixpanel,
  mixpanel,
  observabilityStats,
  trackEvent,
  trackRevenue,
} from '../../src/index.ts';
import { core } from '../../src/instance.ts';
import { setEnv } from '../start-observed.ts';

function startInMemory(options: InitializeMixpanelOptions = {}) {
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  core.warnOnce.reset();
  const transport = createMemoryTransport();
  const client = initializeMixpanel('test-token', { ...options, transport });
  onTestFinished(() => closeObservability());
  return { transport, client };
}

const warnings = () => vi.mocked(console.warn).mock.calls.map(([message]) => String(message));
// Callers in JavaScript can pass anything; the types would not let us.
const track = trackEvent as (...args: unknown[]) => void;

const hostile = {
  circular: (() => {
    const value: Record<string, unknown> = {};
    value['self'] = value;
    return value;
  })(),
  'throwing getter': Object.defineProperty({}, 'qr_id', {
    enumerable: true,
    get: () => {
      throw new Error('no');
    },
  }),
  'hostile proxy': new Proxy(
    {},
    {
      ownKeys: () => {
        throw new Error('no');
      },
      get: () => {
        throw new Error('no');
      },
    },
  ),
  BigInt: { qr_id: 10n },
  symbol: { qr_id: Symbol('s') },
  huge: { qr_id: 'x'.repeat(10_000_000) },
  undefined: undefined,
  null: null,
  number: 7,
  function: () => {},
};

describe('trackEvent', () => {
  it.each(Object.entries(hostile))('neither throws nor blocks on a %s', (_, properties) => {
    startInMemory();
    const started = performance.now();
    expect(() => track('qr_created', 'u1', properties)).not.toThrow();
    expect(() => track(properties, properties, properties)).not.toThrow();
    expect(performance.now() - started).toBeLessThan(200);
  });

  it('counts what it cannot send', async () => {
    const { transport } = startInMemory();
    const { properties: before } = observabilityStats();
    track('qr_created', 'u1', hostile['throwing getter']);
    track('no_such_event', 'u1', {});
    track('qr_created', 'anonymous', {});
    track('qr_created', 'u1', { qr_id: 'q', street: 'x' });
    await flushObservability();
    const { lanes, properties } = observabilityStats();
    expect(lanes.import).toMatchObject({ delivered: 2, dropped: { unplanned_event: 1, forbidden_id: 1 } });
    expect(properties.invalid_property - before.invalid_property).toBe(1);
    expect(properties.unplanned_property - before.unplanned_property).toBe(1);
    expect(transport.records()).toHaveLength(2);
  });

  it.each([12_345, 12_345n])('takes the id %s as text', async (id) => {
    const { transport } = startInMemory();
    track('logout', id);
    await flushObservability();
    expect(transport.records()).toMatchObject([{ properties: { distinct_id: '12345', $user_id: '12345' } }]);
  });

  it.each([
    ...['NaN', ' nan ', '[object Object]', 'null', 'UNDEFINED', 'anonymous ', '$device:undefined'],
    ...[Number.NaN, Number.POSITIVE_INFINITY, 0, true, {}, ['u1'], null, undefined],
  ])('refuses the id %j', async (id) => {
    const { transport } = startInMemory();
    track('logout', id);
    await flushObservability();
    expect(transport.records()).toEqual([]);
    expect(observabilityStats().lanes.import?.dropped).toEqual({ forbidden_id: 1 });
  });

  it('carries well-formed text only, in ids and values', async () => {
    const { transport } = startInMemory();
    track('qr_created', 'user-\ud83d-1', { qr_id: 'half \ude00' });
    await flushObservability();
    expect(transport.records()).toMatchObject([{ properties: { distinct_id: 'user-\ufffd-1', qr_id: 'half \ufffd' } }]);
  });

  it('is placed in the country of the visitor, and never at the address of the server', async () => {
    const { transport } = startInMemory();
    trackEvent('qr_scanned', '$device:d1', { qr_id: 'q1', country: 'DE' });
    trackEvent('qr_scanned', '$device:d1', { qr_id: 'q1', country: 'unknown' });
    trackEvent('logout', 'u1');
    await flushObservability();
    const [known, unknown, none] = transport.records() as { properties: Record<string, unknown> }[];
    expect(known?.properties).toMatchObject({ ip: '0', mp_country_code: 'DE', country: 'DE' });
    expect(unknown?.properties).toMatchObject({ ip: '0', country: 'unknown' });
    expect(unknown?.properties).not.toHaveProperty('mp_country_code');
    expect(none?.properties['ip']).toBe('0');
  });

  it('warns once by name', () => {
    startInMemory();
    for (let times = 0; times < 3; times++) track('no_such_event', 'u1', {});
    expect(warnings().filter((message) => message.includes('no_such_event'))).toHaveLength(1);
  });

  it('does not change what it is given', () => {
    startInMemory();
    const properties = Object.freeze({ qr_id: 'q1' });
    expect(() => trackEvent('qr_created', 'u1', properties)).not.toThrow();
    expect(properties).toEqual({ qr_id: 'q1' });
  });

  it('gives each event an id and a time of its own', async () => {
    const { transport } = startInMemory();
    trackEvent('logout', 'u1');
    trackEvent('logout', 'u1');
    await flushObservability();
    const ids = transport
      .records()
      .map((record) => (record as { properties: { $insert_id: string } }).properties.$insert_id);
    expect(new Set(ids).size).toBe(2);
    for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9-]{1,36}$/);
  });
});

describe('without a token', () => {
  it('warns once, and every call does nothing', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    core.warnOnce.reset();
    onTestFinished(setEnv({ MIXPANEL_TOKEN: undefined }));
    expect(initializeMixpanel()).toBeNull();
    expect(initializeMixpanel()).toBeNull();
    expect(warnings()).toEqual([expect.stringContaining('MIXPANEL_TOKEN is not set')]);
    trackEvent('logout', 'u1');
    identifyUser('u1');
    trackRevenue('u1', 5);
    forgetUser('u1');
    expect(getMixpanel()).toBeNull();
    expect(observabilityStats()).toMatchObject({ analytics: 'off', lanes: {} });
    expect(await flushObservability()).toEqual({ delivered: 0, pending: 0, spooled: 0 });
  });

  it('says what is wrong with a malformed token', () => {
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    core.warnOnce.reset();
    onTestFinished(setEnv({ MIXPANEL_TOKEN: 'not a token!' }));
    expect(initializeMixpanel()).toBeNull();
    expect(warnings()).toEqual([expect.stringContaining('MIXPANEL_TOKEN: expected a project token')]);
  });
});

describe('initializeMixpanel', () => {
  it('is idempotent, and exports what it returns', () => {
    const { client } = startInMemory();
    expect(initializeMixpanel('other-token')).toBe(client);
    expect(getMixpanel()).toBe(client);
    expect(mixpanel).toBe(client);
  });
});

describe('identifyUser', () => {
  it('sends nothing when there is nothing to say', async () => {
    const { transport } = startInMemory();
    identifyUser('u1');
    identifyUser('u1', { $name: 'Joe' });
    await flushObservability();
    expect(transport.records()).toEqual([]);
    expect(observabilityStats().lanes.engage?.dropped).toEqual({});
  });

  it('sends a planned profile: hashed address, no name', async () => {
    const { transport } = startInMemory();
    identifyUser('u1', { $email: 'a@b.co', $name: 'Joe', plan: 'free' });
    await flushObservability();
    expect(transport.records('engage')).toEqual([
      {
        $token: 'test-token',
        $ip: '0',
        $distinct_id: 'u1',
        $set: { email_hash: expect.stringMatching(/^[0-9a-f]{64}$/), plan: 'free' },
      },
    ]);
  });
});

describe('identifyUser with the id of before', () => {
  const identify = identifyUser as (...args: unknown[]) => void;

  it('sends the ordinary event by which the vendor merges both ids', async () => {
    const { transport } = startInMemory();
    identifyUser('u1', { plan: 'free' }, { anonymousId: '$device:d1' });
    await flushObservability();
    expect(transport.records('import')).toMatchObject([
      { event: plan.identify, properties: { distinct_id: 'u1', $user_id: 'u1', $device_id: 'd1', ip: '0' } },
    ]);
    expect(transport.records('engage')).toMatchObject([{ $set: { plan: 'free' } }]);
  });

  it('sends it once for each pair of ids', async () => {
    const { transport } = startInMemory();
    for (const anonymousId of ['d1', '$device:d1', 'd2', 'd1']) identifyUser('u1', {}, { anonymousId });
    identifyUser('u2', {}, { anonymousId: 'd1' });
    await flushObservability();
    expect(transport.records('import')).toMatchObject([
      { properties: { $user_id: 'u1', $device_id: 'd1' } },
      { properties: { $user_id: 'u1', $device_id: 'd2' } },
      { properties: { $user_id: 'u2', $device_id: 'd1' } },
    ]);
  });

  it.each([
    ['u1', ''],
    ['u1', 'undefined'],
    ['u1', '$device:'],
    ['u1', {}],
    ['', 'd1'],
    ['null', 'd1'],
    ['$device:d1', 'd2'],
  ])('refuses to merge the user %j with %j', async (userId, anonymousId) => {
    const { transport } = startInMemory();
    identify(userId, {}, { anonymousId });
    await flushObservability();
    expect(transport.records('import')).toEqual([]);
    expect(observabilityStats().lanes.import?.dropped).toEqual({ forbidden_id: 1 });
  });

  it('sends nothing where no id of before is given', async () => {
    const { transport } = startInMemory();
    identify('u1', {}, { anonymousId: null });
    identify('u1', {}, null);
    await flushObservability();
    expect(transport.records()).toEqual([]);
    expect(observabilityStats().lanes.import?.dropped).toEqual({});
  });

  it.each([
    ['the option', { idMerge: 'original' as const }, {}],
    ['the variable', {}, { MIXPANEL_ID_MERGE: 'original' }],
  ])('sends the event of the original id merge when %s says so', async (_, options, env) => {
    onTestFinished(setEnv(env));
    const { transport } = startInMemory(options);
    identifyUser('u1', {}, { anonymousId: '$device:d1' });
    await flushObservability();
    expect(transport.records('import')).toMatchObject([
      { event: '$identify', properties: { $identified_id: 'u1', $anon_id: '$device:d1', distinct_id: 'u1' } },
    ]);
  });

  it('says what is wrong with a malformed MIXPANEL_ID_MERGE, and merges in the simplified way', async () => {
    onTestFinished(setEnv({ MIXPANEL_ID_MERGE: 'legacy' }));
    const { transport } = startInMemory();
    expect(warnings()).toEqual([expect.stringContaining('MIXPANEL_ID_MERGE: expected simplified or original')]);
    identifyUser('u1', {}, { anonymousId: 'd1' });
    await flushObservability();
    expect(transport.records('import')).toMatchObject([{ event: plan.identify }]);
  });
});

describe('trackRevenue', () => {
  it('sends a revenue event, in dollars unless told', async () => {
    const { transport } = startInMemory();
    trackRevenue('u1', 9.99);
    trackRevenue('u1', -5, { currency: 'eur', order_id: 'o1' });
    await flushObservability();
    expect(transport.records('import')).toMatchObject([
      { event: 'revenue', properties: { amount: 9.99, currency: 'USD' } },
      { event: 'revenue', properties: { amount: -5, currency: 'EUR', order_id: 'o1' } },
    ]);
  });

  it.each([
    [Number.NaN, 'USD'],
    [Number.POSITIVE_INFINITY, 'USD'],
    [5, 'dollars'],
    [5, 'XYZ'],
    [5, ''],
  ])('refuses %s %s and counts it', (amount, currency) => {
    startInMemory();
    trackRevenue('u1', amount, { currency });
    expect(observabilityStats().lanes.import?.dropped).toEqual({ invalid_record: 1 });
  });

  it('appends the charge to the profile when asked to', async () => {
    const { transport } = startInMemory({ legacyTrackCharge: true });
    trackRevenue('u1', 9.99, { orderId: 'o1' });
    await flushObservability();
    expect(transport.records('import')).toMatchObject([{ properties: { order_id: 'o1' } }]);
    expect(transport.records('engage')).toMatchObject([{ $append: { $transactions: { $amount: 9.99 } } }]);
  });
});

describe('forgetUser', () => {
  it('removes what waits, asks for deletion, and refuses what comes later', async () => {
    const { transport } = startInMemory();
    trackEvent('logout', 'u1');
    forgetUser('u1');
    trackEvent('logout', 'u1');
    trackEvent('logout', 'u2');
    await flushObservability();
    expect(transport.records('import')).toMatchObject([{ properties: { distinct_id: 'u2' } }]);
    expect(transport.records('engage')).toMatchObject([{ $distinct_id: 'u1', $delete: null }]);
  });
});
