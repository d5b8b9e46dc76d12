import { definePlan, event, person, url, verbatim } from '@qr/plan';
import Type from 'typebox';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createEncoder } from '../../../telemetry/src/analytics/encoder.ts';
import type { InsertId } from '../../../telemetry/src/analytics/ids.ts';
import { createMemoryTransport } from '../../../telemetry/src/testing.ts';
import {
  closeObservability,
  flushObservability,
  type InitializeMixpanelOptions,
  identifyUser,
  initializeMixpanel,
  observabilityStats,
  trackEvent,
  trackRevenue,
} from '../../src/index.ts';
import { core } from '../../src/instance.ts';

const JWT = `eyJ${'hbGciOiJIUzI1NiJ9'}.eyJzdWIiOiIxIn0.c2lnbmF0dXJl`;
const CARD = '4111 1111 1111 1111';
/** Callers in JavaScript can pass anything; the types would not let us. */
const track = trackEvent as (...args: unknown[]) => void;
type AnyMethod = (...args: unknown[]) => void;

function start(options: InitializeMixpanelOptions = {}) {
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  core.warnOnce.reset();
  const transport = createMemoryTransport();
  const client = initializeMixpanel('test-token', { ...options, transport });
  onTestFinished(() => closeObservability());
  const sent = async () => {
    await flushObservability();
    return {
      events: transport.records('import'),
      updates: transport.records('engage'),
      groups: transport.records('groups'),
    };
  };
  return {
    client: client as unknown as Record<string, AnyMethod> & {
      people: Record<string, AnyMethod>;
      groups: Record<string, AnyMethod>;
    },
    sent,
  };
}

describe('planned texts', () => {
  it('leave without secrets and addresses, in events and profiles', async () => {
    const { sent } = start();
    track('page_viewed', 'u1', { page: `/reset/${JWT}`, referrer: 'https://x.example/u/joe@example.com?a=1' });
    track('signup_failed', 'u1', { reason: 'password=hunter2 for joe@example.com' });
    track('qr_updated', 'u1', { qr_id: 'q1', changed: `card ${CARD}` });
    identifyUser('u1', { plan: 'token: s3cr3t' } as never);
    trackRevenue('u1', 5, { plan: 'joe@example.com' as never });
    const { events, updates } = await sent();
    const text = JSON.stringify([events, updates]);
    for (const secret of ['eyJ', 'joe', 'hunter2', '4111', 's3cr3t']) expect(text).not.toContain(secret);
    expect(events).toHaveLength(4);
    expect(text).toContain('"reason":"password=[redacted] for [redacted]"');
    expect(text).toContain('"changed":"card [redacted]"');
    expect(text).toContain('"plan":"token: [redacted]"');
  });

  it('are cut after they are cleaned, so that no half of a secret is left', async () => {
    const { sent } = start();
    track('signup_failed', 'u1', { reason: `${'x'.repeat(240)} joe.smith@example.com` });
    const { events } = await sent();
    expect(JSON.stringify(events)).not.toContain('joe');
  });

  it('stay as they are where they hold nothing', async () => {
    const { sent } = start();
    const scan = {
      qr_id: 'q1',
      qr_owner_id: 'u2',
      device_type: 'mobile',
      browser: 'Chrome Mobile iOS',
      country: 'DE',
      is_bot: false,
    };
    track('qr_scanned', '', { ...scan, scan_time: '2024-01-15T10:00:00.000Z' });
    const { events } = await sent();
    expect(events).toEqual([
      { event: 'qr_scanned', properties: expect.objectContaining({ ...scan, scan_time: '2024-01-15T10:00:00.000Z' }) },
    ]);
  });
});

describe('ids', () => {
  const refused = {
    'a card number': CARD,
    'a token': JWT,
    'a password': 'user:1;password=hunter2',
    'a card number with a word': 'u-4111-1111-1111-1111',
  };

  it.each(Object.entries(refused))('of users that hold %s are refused and counted', async (_, id) => {
    const { sent, client } = start({ idMerge: 'original' });
    track('logout', id);
    identifyUser(id, { plan: 'free' } as never, { anonymousId: '$device:d1' });
    identifyUser('u1', {}, { anonymousId: id });
    trackRevenue(id, 5);
    client['track']?.('logout', { distinct_id: id });
    client['alias']?.('u1', id);
    client.people['set']?.(id, { plan: 'free' });
    client.groups['set']?.('company', id, { plan: 'free' });
    client.groups['set']?.(id, 'c1', { plan: 'free' });
    const { events, updates, groups } = await sent();
    expect([events, updates, groups]).toEqual([[], [], []]);
    const { lanes } = observabilityStats();
    expect(lanes['import']?.dropped).toMatchObject({ forbidden_id: 6 });
    expect(lanes['engage']?.dropped).toMatchObject({ forbidden_id: 2 });
    expect(lanes['groups']?.dropped).toMatchObject({ forbidden_id: 2 });
    expect(vi.mocked(console.warn).mock.calls.flat().join()).not.toMatch(/4111|hunter2|eyJ/);
  });

  it.each([
    'u1',
    '01ARZ3NDEKTSV4RRFFQ69G5FAV',
    '175928847299117063',
    'auth0|5f7c8ec7c33c6c004bbafe82',
    'google-oauth2|104567890123456789012',
  ])('such as %s are as good as before', async (id) => {
    const { sent } = start();
    track('logout', id);
    const { events } = await sent();
    expect(events).toEqual([{ event: 'logout', properties: expect.objectContaining({ distinct_id: id }) }]);
  });

  it('of things keep their digits, and are left out and counted when they hold a secret', async () => {
    const { sent } = start();
    const before = observabilityStats().properties.invalid_property;
    trackRevenue('u1', 5, { order_id: '4111111111111111' });
    trackRevenue('u1', 5, { order_id: `order ${CARD}` });
    track('qr_deleted', 'u1', { qr_id: JWT });
    const { events } = await sent();
    expect(events.map((record) => (record as { properties: Record<string, unknown> }).properties['order_id'])).toEqual([
      '4111111111111111',
      undefined,
      undefined,
    ]);
    expect(JSON.stringify(events)).not.toMatch(/4111 |eyJ/);
    expect(observabilityStats().properties).toMatchObject({ invalid_property: before + 2 });
  });
});

describe('the official client', () => {
  it('passes no modifier that is not what the vendor takes there', async () => {
    const { sent, client } = start({ mixpanelUnplanned: 'pass' });
    client.people['set']?.('u1', { plan: 'free' }, { $ip: 'joe@example.com' });
    client.people['set']?.('u2', { plan: 'free' }, { $ip: '203.0.113.7' });
    client['track']?.('logout', { distinct_id: 'u1', ip: 'joe@example.com' });
    const { events, updates } = await sent();
    expect(JSON.stringify([events, updates])).not.toMatch(/joe/);
    expect(updates[0]).not.toHaveProperty('$ip');
    expect(updates[1]).toMatchObject({ $ip: '203.0.113.7' });
  });
});

describe('the plan', () => {
  const described = (description = 'x') => ({ description });
  const plan = definePlan({
    destinations: ['mixpanel'],
    events: {
      tested: event({
        description: 'Something was tested.',
        owner: 'platform',
        surfaces: ['server'],
        properties: {
          note: Type.Optional(Type.String(described())),
          code: Type.Optional(verbatim(Type.String(described()), 'Codes of vouchers look like card numbers.')),
          page: Type.Optional(url(Type.String(described()))),
          owner: Type.Optional(person(Type.String(described()))),
        },
      }),
    },
    profile: { $email: Type.Optional(verbatim(Type.String(described()), 'Support answers by it.')) },
  });
  const left: string[] = [];
  const encoder = createEncoder({
    plan,
    people: { hashPersonal: (value) => value, sentIdOf: core.people.sentIdOf },
    base: { environment: 'test' },
    onLeftOut: (_, __, name) => left.push(name),
  });
  const encode = (properties: unknown) => {
    const tested = encoder.event('tested');
    if (!tested) throw new Error('expected the event to be planned');
    const occurrence = { id: 'u1', time: 1, insertId: 'i1' as InsertId, traceId: undefined };
    return JSON.parse(encoder.encodeEvent(tested, occurrence, properties)).properties as Record<string, unknown>;
  };

  it('lets a verbatim text leave whatever it holds, for a written reason', () => {
    expect(encode({ code: CARD, note: CARD, page: `https://x.example/${JWT}` })).toMatchObject({
      code: CARD,
      note: '[redacted]',
      page: 'https://x.example/[redacted]',
    });
    expect(encoder.profile('u1', { $set: { $email: 'joe@example.com' } }, {})).toContain('joe@example.com');
    expect(() =>
      definePlan({ destinations: [], events: {}, profile: { a: verbatim(Type.String(described()), '') } }),
    ).toThrow('is verbatim');
  });

  it('leaves out a person whose id holds a card number', () => {
    expect(encode({ owner: '4111111111111111' })).not.toHaveProperty('owner');
    expect(left).toContain('owner');
  });
});
