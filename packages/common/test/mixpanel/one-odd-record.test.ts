import { startInbox } from '@qr/inbox';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  closeObservability,
  flushObservability,
  getMixpanel,
  identifyUser,
  initializeMixpanel,
  observabilityStats,
  trackEvent,
} from '../../src/index.ts';
import { setEnv } from '../start-observed.ts';

const created = { distinct_id: 'u1', qr_id: 'q1' };
const client = () =>
  getMixpanel() as unknown as Record<'track' | 'import' | 'track_batch', (...args: unknown[]) => void>;
const people = () => getMixpanel()?.people as unknown as Record<string, (...args: unknown[]) => void>;
const track = trackEvent as (...args: unknown[]) => void;
const nested = (depth: number): unknown => (depth === 0 ? 1 : { a: nested(depth - 1) });

/** Each would be refused by the vendor, or make no JSON. */
const oddEvents: readonly (readonly [string, () => void])[] = [
  ...['a"b', 'a","x":"secret","b":"', 'order_1', 'x'.repeat(40), '', 'null', '\ud800', 7, {}, null].map(
    ($insert_id): [string, () => void] => [
      `the insert id ${JSON.stringify($insert_id)}`,
      () => client().track('qr_created', { ...created, $insert_id }),
    ],
  ),
  ...[Number.NaN, 12, '', 'yesterday', 4e12, -1, {}, 1e300].map((time): [string, () => void] => [
    `the time ${JSON.stringify(time)}`,
    () => client().track_batch([{ event: 'qr_created', properties: { ...created, time } }]),
  ]),
  ...['anonymous', 'null ', '[object Object]', 'x'.repeat(300), 'a\ud800b-and-more', Number.NaN, {}].map(
    (id): [string, () => void] => [
      `the id ${JSON.stringify(id)}`,
      () => {
        client().track('qr_created', { ...created, distinct_id: id });
        track('qr_created', id, { qr_id: 'q1' });
      },
    ],
  ),
  ['a value of any kind', () => track('qr_created', 'u1', { qr_id: { a: 1 }, qr_type: Number.NaN, is_first_qr: 'x' })],
  ['a circle', () => track('qr_created', 'u1', circle())],
  ['too many properties', () => client().track('qr_created', { ...created, ...many(300) })],
  ['deep values', () => client().track('qr_created', { ...created, deep: nested(5) })],
  ['a circular value', () => client().track('qr_created', { ...created, circle: circle() })],
  ['a BigInt', () => client().track('qr_created', { ...created, big: 10n })],
  ['NaN', () => client().track('qr_created', { ...created, nan: Number.NaN })],
  ['a long list', () => client().track('qr_created', { ...created, list: Array(300).fill('x') })],
  ['a heavy value', () => client().track('qr_created', { ...created, list: Array(200).fill('x'.repeat(100)) })],
  ['a heavy event', () => client().track('qr_created', { ...created, ...many(200, 'x'.repeat(7000)) })],
  ['$ignore', () => client().track('qr_created', { ...created, $ignore: true })],
  ['a name that is no text', () => client().track(7 as never, created)],
  ['no name', () => client().track('', created)],
  ['half of a pair in a name', () => client().track('a\ud800', { ...created, 'b\udc00': 'c\ud800' })],
];

function circle(): Record<string, unknown> {
  const value: Record<string, unknown> = {};
  value['self'] = value;
  return value;
}

function many(count: number, value: unknown = 1): Record<string, unknown> {
  return Object.fromEntries(Array.from({ length: count }, (_, n) => [`p${n}`, value]));
}

describe.each(['drop', 'pass'] as const)('an odd record among 50, unplanned data: %s', (mixpanelUnplanned) => {
  async function start() {
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    const inbox = await startInbox();
    const restore = setEnv({ MIXPANEL_API_HOST: inbox.url, MIXPANEL_TOKEN: 'test-token' });
    initializeMixpanel(undefined, { mixpanelUnplanned });
    onTestFinished(async () => {
      await closeObservability();
      await inbox.close();
      restore();
    });
    return inbox;
  }

  it.each(oddEvents)('with %s spoils none of them', async (_, send) => {
    const inbox = await start();
    for (let n = 0; n < 25; n++) trackEvent('qr_created', 'u1', { qr_id: `q${n}` });
    send();
    for (let n = 25; n < 50; n++) trackEvent('qr_created', 'u1', { qr_id: `q${n}` });
    await flushObservability();
    const ids = new Set(inbox.events().map(({ properties }) => properties['qr_id']));
    for (let n = 0; n < 50; n++) expect(ids).toContain(`q${n}`);
    expect(inbox.rejected()).toEqual([]);
    expect(observabilityStats().lanes.import?.dropped.rejected).toBeUndefined();
    expect(JSON.stringify(inbox.events())).not.toContain('"x":"secret"');
  });

  it('with an insert id that breaks out of JSON is delivered with the 50 others', async () => {
    const inbox = await start();
    for (let n = 0; n < 50; n++) trackEvent('qr_created', 'u1', { qr_id: `q${n}` });
    client().track('qr_created', { ...created, $insert_id: 'a"b' });
    await flushObservability();
    expect(inbox.events()).toHaveLength(51);
    expect(observabilityStats().lanes.import).toMatchObject({ delivered: 51, dropped: {} });
  });

  it.each([
    ['a list where numbers are added', 'increment', ['total_qrs_created', [1]]],
    ['a deep value', 'set', [{ plan: nested(5) }]],
    ['a heavy value', 'set', [{ plan: 'x'.repeat(2_000_000) }]],
    ['a circle', 'set', [circle()]],
    ['a value that is no list', 'union', [{ plan: 'pro' }]],
    ['names that are no text', 'unset', [['plan', 7, null]]],
    ['nothing in it', 'set', [{}]],
    ['NaN', 'set', [{ total_qrs_created: Number.NaN }]],
    ['half of a pair', 'set', [{ 'a\ud800': '\udc00' }]],
    ['too many properties', 'set', [many(2001)]],
  ])('a profile update with %s spoils none', async (_, method, args) => {
    const inbox = await start();
    for (let n = 0; n < 25; n++) identifyUser(`user-${n}`, { plan: 'free' });
    people()[method]?.('u1', ...args);
    for (let n = 25; n < 50; n++) identifyUser(`user-${n}`, { plan: 'free' });
    await flushObservability();
    const ids = new Set(inbox.profiles().map(({ distinctId }) => distinctId));
    for (let n = 0; n < 50; n++) expect(ids).toContain(`user-${n}`);
    expect(inbox.rejected()).toEqual([]);
  });
});
