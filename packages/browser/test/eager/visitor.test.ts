import { afterEach, expect, it } from 'vitest';
import { visitorOf } from '../../src/eager/mixpanel.ts';

afterEach(() => localStorage.clear());
const stored = () => localStorage.getItem('mp_t1_mixpanel');

it('a first visitor gets a device, which the SDK will find', () => {
  const visitor = visitorOf('t1', false) as Record<string, string>;
  expect(visitor['$device_id']).toMatch(/^[0-9a-f]{32}$/);
  expect(visitor['distinct_id']).toBe(`$device:${visitor['$device_id']}`);
  expect(JSON.parse(stored() ?? '')).toEqual(visitor);
});

it('is who the SDK knows, and stays so', () => {
  const known = JSON.stringify({ $device_id: 'd1', $user_id: 'u1', distinct_id: 'u1', other: 1 });
  localStorage.setItem('mp_t1_mixpanel', known);
  expect(visitorOf('t1', false)).toEqual(JSON.parse(known));
  expect(stored()).toBe(known);
});

it('is forgotten after a log-out, also one whose entry cannot be read', () => {
  localStorage.setItem('mp_t1_mixpanel', '{"$device_id":"d1"}');
  expect(visitorOf('t1', true)).toEqual({ $device_id: 'd1' });
  expect(stored()).toBeNull();
  localStorage.setItem('mp_t1_mixpanel', 'no json');
  expect(visitorOf('t1', true)).toHaveProperty('$device_id');
});
