import { describe, expect, it, onTestFinished, vi } from 'vitest';
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
import { createMemoryTransport } from '../../src/testing/index.ts';
import { resetWarnings } from '../../src/warn-once.ts';
import { setEnv } from '../start-observed.ts';

function startInMemory(options: InitializeMixpanelOptions = {}) {
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  resetWarnings();
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
    resetWarnings();
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
    resetWarnings();
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
  it('says that both are one person', async () => {
    const { transport } = startInMemory();
    identifyUser('u1', { plan: 'free' }, { anonymousId: '$device:d1' });
    await flushObservability();
    expect(transport.records('import')).toMatchObject([
      { event: '$identify', properties: { distinct_id: 'u1', $user_id: 'u1', $device_id: 'd1' } },
    ]);
  });
});

describe('trackRevenue', () => {
  it('sends a revenue event, in dollars unless told', async () => {
    const { transport } = startInMemory();
    trackRevenue('u1', 9.99);
    trackRevenue('u1', -5, { currency: 'EUR', order_id: 'o1' });
    await flushObservability();
    expect(transport.records('import')).toMatchObject([
      { event: 'revenue', properties: { amount: 9.99, currency: 'USD' } },
      { event: 'revenue', properties: { amount: -5, currency: 'EUR', order_id: 'o1' } },
    ]);
  });

  it.each([
    [Number.NaN, 'USD'],
    [Number.POSITIVE_INFINITY, 'USD'],
    [5, 'usd'],
    [5, 'XYZ'],
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
