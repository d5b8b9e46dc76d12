import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { closeObservability, flushObservability, initializeMixpanel, observabilityStats } from '../../src/index.ts';
import { createMemoryTransport } from '../../src/testing/index.ts';

function start() {
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  const transport = createMemoryTransport();
  const client = initializeMixpanel('test-token', { transport });
  if (!client) throw new Error('expected a client');
  onTestFinished(() => closeObservability());
  return { transport, client };
}

const who = { distinct_id: 'u1' };

describe('the official client', () => {
  it('track: is carried with an id and a time, planned properties only', async () => {
    const { transport, client } = start();
    client.track('qr_created', { ...who, qr_id: 'q1', street: 'Elm Street' });
    await flushObservability();
    expect(transport.records('import')).toEqual([
      {
        event: 'qr_created',
        properties: expect.objectContaining({
          qr_id: 'q1',
          distinct_id: 'u1',
          $insert_id: expect.any(String),
          time: expect.any(Number),
        }),
      },
    ]);
    expect(JSON.stringify(transport.records())).not.toContain('Elm Street');
  });

  it('track_batch and import_batch: every event arrives', async () => {
    const { transport, client } = start();
    const events = Array.from({ length: 120 }, (_, n) => ({
      event: 'qr_created',
      properties: { ...who, qr_id: `q${n}` },
    }));
    client.track_batch(events);
    client.import_batch([{ event: 'logout', properties: { ...who, time: new Date() } }] as unknown as string[]);
    await flushObservability();
    expect(transport.records('import')).toHaveLength(121);
  });

  it('import: keeps its time, in milliseconds', async () => {
    const { transport, client } = start();
    client.import('logout', new Date('2020-01-01T00:00:00Z'), { ...who });
    await flushObservability();
    expect(transport.records('import')).toMatchObject([{ properties: { time: Date.UTC(2020, 0, 1) } }]);
  });

  it('an event without a person has an empty distinct_id', async () => {
    const { transport, client } = start();
    client.track('logout');
    await flushObservability();
    expect(transport.records('import')).toMatchObject([{ properties: { distinct_id: '' } }]);
  });

  it('people: operators are kept, unplanned properties are not', async () => {
    const { transport, client } = start();
    client.people.set('u1', { plan: 'pro', street: 'Elm Street' });
    client.people.increment('u1', 'total_qrs_created', 2);
    client.people.set_once('u1', { $created: '2026-01-01' });
    client.people.unset('u1', 'plan');
    client.people.delete_user('u1');
    await flushObservability();
    expect(transport.records('engage')).toMatchObject([
      { $distinct_id: 'u1', $set: { plan: 'pro' } },
      { $add: { total_qrs_created: 2 } },
      { $set_once: { $created: '2026-01-01' } },
      { $unset: ['plan'] },
      { $delete: null },
    ]);
    expect(JSON.stringify(transport.records())).not.toContain('Elm Street');
  });

  it('groups: go through a lane of their own', async () => {
    const { transport, client } = start();
    client.groups.set('company', 'acme', { plan: 'business' });
    await flushObservability();
    expect(transport.records('groups')).toMatchObject([
      { $token: 'test-token', $group_key: 'company', $group_id: 'acme', $set: { plan: 'business' } },
    ]);
  });

  it('an unplanned event is dropped and counted, and its callback is called', async () => {
    const { transport, client } = start();
    const called = vi.fn();
    client.track('no_such_event', { ...who }, called);
    await flushObservability();
    expect(transport.records()).toEqual([]);
    expect(called).toHaveBeenCalledWith();
    expect(observabilityStats().lanes.import?.dropped).toEqual({ unplanned_event: 1 });
  });
});
