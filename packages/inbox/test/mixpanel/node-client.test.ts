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

  it('keeps group profiles apart from people', async () => {
    const inbox = await start();
    const { groups } = clientOf(inbox);
    await done((callback) => groups.set('company', 'acme', { plan: 'pro' }, callback));
    await done((callback) => groups.set_once('company', 'acme', { plan: 'free', since: 2026 }, callback));
    expect(inbox.profiles()).toMatchObject([
      { distinctId: 'acme', groupKey: 'company', properties: { plan: 'pro', since: 2026 } },
    ]);
  });

  it('hears of an event that the vendor would not take', async () => {
    const inbox = await start();
    const send = done((callback) => clientOf(inbox).track('qr_created', { distinct_id: 'undefined' }, callback));
    await expect(send).rejects.toThrow(/Mixpanel Server Error: 0/);
    expect(inbox.rejected()).toMatchObject([{ field: 'properties.distinct_id', endpoint: 'track' }]);
  });
});
