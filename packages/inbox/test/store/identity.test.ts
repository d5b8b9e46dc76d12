import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createIdentity, distinctIdOf } from '../../src/store/identity.ts';
import type { JsonObject, StoredEvent } from '../../src/store/records.ts';

function eventOf(properties: JsonObject): StoredEvent {
  const distinctId = distinctIdOf(properties) ?? '';
  return {
    kind: 'event',
    id: 1,
    receivedAt: 1,
    endpoint: 'track',
    event: 'a',
    distinctId,
    time: 1,
    insertId: 'i',
    properties,
  };
}

const link = (device: unknown, user: unknown): StoredEvent => eventOf({ $device_id: device, $user_id: user });

describe('an identity', () => {
  it('is learned from events that name both, and from no others', () => {
    const identity = createIdentity('simplified', 10);
    for (const event of [link('d1', undefined), link(undefined, 'u'), link('', 'u'), link('d1', ''), link(1, 'u')]) {
      identity.learn(event);
    }
    expect([identity.resolve('$device:d1'), identity.resolve('$device:1')]).toEqual(['$device:d1', '$device:1']);
    identity.learn(link('d1', 'u1'));
    expect(identity.resolve('$device:d1')).toBe('u1');
  });

  it('of a user is the user, even one with the name of a device', () => {
    const identity = createIdentity('simplified', 10);
    identity.learn(link('d1', 'u1'));
    expect([identity.resolve('d1'), identity.resolve('u1'), identity.resolve('')]).toEqual(['d1', 'u1', '']);
  });

  it('is forgotten with the user, whatever the number of devices', () => {
    const identity = createIdentity('simplified', 10);
    for (const [device, user] of [
      ['d1', 'u1'],
      ['d2', 'u2'],
      ['d3', 'u1'],
    ])
      identity.learn(link(device, user));
    identity.forget(new Set(['u1']));
    expect(['d1', 'd2', 'd3'].map((device) => identity.resolve(`$device:${device}`))).toEqual([
      '$device:d1',
      'u2',
      '$device:d3',
    ]);
  });

  it('is kept for so many devices, the oldest out', () => {
    const identity = createIdentity('simplified', 2);
    for (const device of ['d1', 'd2', 'd3']) identity.learn(link(device, 'u'));
    expect(['d1', 'd2', 'd3'].map((device) => identity.resolve(`$device:${device}`))).toEqual(['$device:d1', 'u', 'u']);
  });

  it('never merges two users, in whatever order events come', () => {
    const sent = fc.array(fc.tuple(fc.constantFrom('d1', 'd2', 'd3'), fc.constantFrom('u1', 'u2', undefined)));
    fc.assert(
      fc.property(sent, (pairs) => {
        const identity = createIdentity('simplified', 10);
        const first = new Map<string, string>();
        for (const [device, user] of pairs) {
          identity.learn(link(device, user));
          if (user !== undefined && !first.has(device)) first.set(device, user);
        }
        for (const device of ['d1', 'd2', 'd3']) {
          expect(identity.resolve(`$device:${device}`)).toBe(first.get(device) ?? `$device:${device}`);
        }
        expect([identity.resolve('u1'), identity.resolve('u2')]).toEqual(['u1', 'u2']);
      }),
    );
  });
});
