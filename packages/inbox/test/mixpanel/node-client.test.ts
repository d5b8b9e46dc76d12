import Mixpanel from 'mixpanel';
import { describe, expect, it } from 'vitest';
import type { Inbox } from '../../src/index.ts';
import { inboxesForTests } from '../with-inbox.ts';

const silent = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };

function clientOf(inbox: Inbox): Mixpanel.Mixpanel {
  const config = {
    host: `127.0.0.1:${inbox.port}`,
    protocol: 'http' as const,
    // `/import` wants some authorization, and the client allows an API key only over plain HTTP.
    key: 'any-key',
    logger: silent,
  };
  return Mixpanel.init(inbox.mixpanelToken, config);
}

/** Runs one call of the client and rejects with the error that it reports. */
function done(call: (callback: (error: unknown) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    call((error) => (isError(error) ? reject(new Error(String(error))) : resolve()));
  });
}

function isError(error: unknown): boolean {
  return Array.isArray(error) ? error.some(isError) : error !== null && error !== undefined;
}

describe('the official Node client', () => {
  const start = inboxesForTests();

  it('tracks one event through a query string', async () => {
    const inbox = await start();
    await done((callback) =>
      clientOf(inbox).track('qr_created', { distinct_id: 'u1', name: 'Žluťoučký + kůň' }, callback),
    );
    const [event] = inbox.events();
    expect(event).toMatchObject({ event: 'qr_created', distinctId: 'u1', endpoint: 'track' });
    expect(event?.properties['name']).toBe('Žluťoučký + kůň');
  });

  it('tracks a batch through a form', async () => {
    const inbox = await start();
    const batch = Array.from({ length: 120 }, (_, index) => ({
      event: 'qr_scanned',
      properties: { distinct_id: `visitor-${index}`, note: '>>>???~~~ž' },
    }));
    await done((callback) => clientOf(inbox).track_batch(batch, callback));
    expect(inbox.events()).toHaveLength(120);
    expect(inbox.events().every(({ properties }) => properties['note'] === '>>>???~~~ž')).toBe(true);
  });

  it('imports old events, one and many', async () => {
    const inbox = await start();
    const lastYear = new Date(Date.now() - 365 * 24 * 3600 * 1000);
    const client = clientOf(inbox);
    await done((callback) => client.import('signup_completed', lastYear, { distinct_id: 'u1' }, callback));
    const batch = [{ event: 'signup_completed', properties: { distinct_id: 'u2', time: lastYear } }];
    await done((callback) => client.import_batch(batch, callback));
    expect(inbox.events().map(({ distinctId, endpoint }) => [distinctId, endpoint])).toEqual([
      ['u1', 'import'],
      ['u2', 'import'],
    ]);
  });

  it('keeps people profiles up to date', async () => {
    const inbox = await start();
    const { people } = clientOf(inbox);
    await done((callback) => people.set('u1', { plan: 'free', seats: 1 }, callback));
    await done((callback) => people.set_once('u1', 'plan', 'pro', callback));
    await done((callback) => people.increment('u1', 'seats', 2, callback));
    await done((callback) => people.append('u1', 'codes', 'a', callback));
    await done((callback) => people.union('u1', { codes: ['a', 'b'] }, callback));
    await done((callback) => people.remove('u1', { codes: 'a' }, callback));
    expect(inbox.profiles()).toMatchObject([
      { distinctId: 'u1', groupKey: null, properties: { plan: 'free', seats: 3, codes: ['b'] } },
    ]);
    await done((callback) => people.unset('u1', 'plan', callback));
    expect(inbox.profiles()[0]?.properties).not.toHaveProperty('plan');
    await done((callback) => people.delete_user('u1', callback));
    expect(inbox.profiles()).toEqual([]);
  });

  it('records charges, clears them, and takes away several properties at once', async () => {
    const inbox = await start();
    const { people } = clientOf(inbox);
    await done((callback) => people.track_charge('u1', 19, { $time: new Date(0) }, callback));
    await done((callback) => people.track_charge('u1', 5, callback));
    expect(inbox.profiles()[0]?.properties['$transactions']).toEqual([
      { $amount: 19, $time: '1970-01-01T00:00:00.000Z' },
      { $amount: 5 },
    ]);
    await done((callback) => people.clear_charges('u1', callback));
    expect(inbox.profiles()[0]?.properties).toEqual({ $transactions: [] });
    await done((callback) => people.set('u1', 'a', 1, callback));
    await done((callback) => people.set_once('u1', { b: 2, c: 3 }, callback));
    await done((callback) => people.increment('u1', 'b', 1, callback));
    await done((callback) => people.increment('u1', { b: 1, c: -1 }, callback));
    await done((callback) => people.append('u1', { list: 'x' }, callback));
    await done((callback) => people.unset('u1', ['$transactions', 'a'], callback));
    expect(inbox.profiles()[0]?.properties).toEqual({ b: 4, c: 2, list: ['x'] });
  });

  it('keeps group profiles apart from people, in every operation', async () => {
    const inbox = await start();
    const { groups, people } = clientOf(inbox);
    await done((callback) => people.set('acme', { name: 'a person' }, callback));
    await done((callback) => groups.set('company', 'acme', { plan: 'pro', old: true }, callback));
    await done((callback) => groups.set('company', 'acme', 'city', 'Brno', callback));
    await done((callback) => groups.set_once('company', 'acme', { plan: 'free', since: 2026 }, callback));
    await done((callback) => groups.union('company', 'acme', { tags: ['a', 'b'] }, callback));
    await done((callback) => groups.remove('company', 'acme', { tags: 'a' }, callback));
    await done((callback) => groups.unset('company', 'acme', 'old', callback));
    const ofGroup = (): unknown => inbox.profiles().filter(({ groupKey }) => groupKey === 'company');
    expect(ofGroup()).toMatchObject([
      { distinctId: 'acme', properties: { plan: 'pro', city: 'Brno', since: 2026, tags: ['b'] } },
    ]);
    await done((callback) => groups.delete_group('company', 'acme', callback));
    expect(ofGroup()).toEqual([]);
    expect(inbox.profiles()).toMatchObject([{ groupKey: null, properties: { name: 'a person' } }]);
    expect(inbox.rejected()).toEqual([]);
  });

  it('sends an alias as an event', async () => {
    const inbox = await start();
    await done((callback) => clientOf(inbox).alias('u1', 'other', callback));
    expect(inbox.events()).toMatchObject([
      { event: '$create_alias', properties: { distinct_id: 'u1', alias: 'other' } },
    ]);
  });

  it('imports in batches of 50, all of them', async () => {
    const inbox = await start({ keepRaw: true });
    const batch = Array.from({ length: 120 }, (_, index) => ({
      event: 'qr_scanned',
      properties: { distinct_id: `visitor-${index}`, time: new Date(Date.UTC(2020, 0, 1)) },
    }));
    await done((callback) => clientOf(inbox).import_batch(batch, callback));
    expect([inbox.events().length, inbox.raw().length]).toEqual([120, 3]);
  });

  it.each([401, 403, 429, 500, 503])('reports the status %i', async (status) => {
    const inbox = await start();
    inbox.faults.add({ fault: { kind: 'status', status } });
    await expect(done((callback) => clientOf(inbox).track('a', { distinct_id: 'u1' }, callback))).rejects.toThrow();
    expect(inbox.events()).toEqual([]);
  });

  it('reports a connection that is reset though the event has arrived', async () => {
    const inbox = await start();
    inbox.faults.add({ requests: 1, fault: { kind: 'reset', when: 'after' } });
    const send = done((callback) => clientOf(inbox).track('a', { distinct_id: 'u1' }, callback));
    await expect(send).rejects.toThrow(/ECONNRESET|socket hang up/);
    expect(inbox.events()).toHaveLength(1);
  });

  it('hears of an event that the vendor would not take', async () => {
    const inbox = await start();
    const send = done((callback) => clientOf(inbox).track('qr_created', { distinct_id: 'undefined' }, callback));
    await expect(send).rejects.toThrow(/Mixpanel Server Error: 0/);
    expect(inbox.rejected()).toMatchObject([{ field: 'properties.distinct_id', endpoint: 'track' }]);
  });
});
