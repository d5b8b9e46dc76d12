import { afterEach, expect, it } from 'vitest';
import { identityAfter } from '../../src/eager/visitor.ts';

afterEach(() => localStorage.clear());

const event = { kind: 'event', name: 'dashboard_viewed', properties: {}, traceId: undefined } as const;
const kept = (...calls: Parameters<typeof identityAfter>[1][number]['call'][]) =>
  calls.map((call) => ({ call, at: 1 }));
const stored = () => JSON.parse(localStorage.getItem('mp_t1_mixpanel') ?? '{}');

it('a first visitor gets a device, which the SDK will find', () => {
  const [call] = identityAfter('t1', kept(event));
  expect(call).toMatchObject({ kind: 'event', at: 1, userId: undefined });
  expect(call?.id).toMatch(/^[0-9a-f]{32}$/);
  expect(stored()).toMatchObject({ $device_id: call?.deviceId, distinct_id: `$device:${call?.deviceId}` });
});

it('goes on as who the SDK knows', () => {
  localStorage.setItem(
    'mp_t1_mixpanel',
    JSON.stringify({ $device_id: 'd1', $user_id: 'u1', distinct_id: 'u1', other: 1 }),
  );
  expect(identityAfter('t1', kept(event))[0]).toMatchObject({ deviceId: 'd1', userId: 'u1' });
  expect(stored()).toMatchObject({ other: 1, distinct_id: 'u1' });
});

it('follows who logs in and out, each call under the identity of its moment', () => {
  const calls = identityAfter('t1', kept(event, { kind: 'identify', userId: 'u2' }, event, { kind: 'reset' }, event));
  const [before, , during, , after] = calls;
  expect([before?.userId, during?.userId, after?.userId]).toEqual([undefined, 'u2', undefined]);
  expect(during?.deviceId).toBe(before?.deviceId);
  expect(after?.deviceId).not.toBe(before?.deviceId);
  expect(stored()).toMatchObject({ $device_id: after?.deviceId, distinct_id: `$device:${after?.deviceId}` });
});
