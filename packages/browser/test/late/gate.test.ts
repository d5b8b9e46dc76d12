import * as allowList from '@qr/events/browser';
import { beforeEach, expect, it, vi } from 'vitest';
import { createGate } from '../../src/late/gate.ts';

const warn = vi.fn<(message: string) => void>();
beforeEach(() => warn.mockClear());
const gate = createGate(allowList, warn);

it('keeps planned properties as they are and reduces URLs to origin and path', () => {
  const properties = { page: '/qr/:qrId', referrer: 'https://search.example/find?q=secret#top' };
  expect(gate.event('page_viewed', properties)).toEqual({
    page: '/qr/:qrId',
    referrer: 'https://search.example/find',
  });
});

it('refuses an event that only the server may send, and names it', () => {
  expect(gate.event('signup_completed', {})).toBeUndefined();
  expect(warn).toHaveBeenCalledOnce();
  expect(warn.mock.calls[0]?.[0]).toContain('"signup_completed"');
});

it.each(['constructor', '__proto__', 'toString'])('does not mistake %s for an event', (name) => {
  expect(gate.event(name, {})).toBeUndefined();
});

it('removes unplanned properties, naming each', () => {
  expect(gate.event('dashboard_viewed', { total_qrs: 2, mood: 'fine' })).toEqual({ total_qrs: 2 });
  expect(warn.mock.calls).toEqual([[expect.stringContaining('"mood"')]]);
});

it('scrubs texts by their shape even in planned properties', () => {
  expect(gate.event('page_viewed', { page: 'Profile of ada@example.com' })).toEqual({
    page: 'Profile of [redacted]',
  });
});

it('lets no address and no name into a profile', () => {
  expect(gate.profile({ $email: 'a@b.example', $name: 'Ada', plan: 'free' })).toEqual({ plan: 'free' });
});

it('lets context pass under planned keys only, and names the others', () => {
  expect(gate.context({ qrId: 'q1', mood: 'fine' })).toEqual({ qr_id: 'q1' });
  expect(warn.mock.calls).toEqual([[expect.stringContaining('"mood"')]]);
});

it.each(['constructor', '__proto__', 'toString'])('does not mistake %s for a property', (name) => {
  expect(gate.rulesOf('dashboard_viewed')?.[name]).toBeUndefined();
  expect(gate.isProfileKey(name)).toBe(false);
});

it.each([
  ['no plan at all', undefined, 'events,profile,contextKeys'],
  ['a list of names', { events: ['book_viewed'], profile: {}, contextKeys: [] }, 'events'],
  ['an unknown rule', { events: { book_viewed: { isbn: 'hash' } }, profile: {}, contextKeys: [] }, 'events'],
  ['no context keys', { events: { book_viewed: {} }, profile: {} }, 'contextKeys'],
])('lets nothing unplanned leave with %s, and names the broken part', (_, browserPlan, parts) => {
  const broken = createGate({ browserPlan } as unknown as typeof allowList, warn);
  expect(warn.mock.calls).toEqual([[expect.stringContaining(`missing or malformed (${parts}):`)]]);
  expect(broken.event('book_viewed', { isbn: '9780141036144' }) ?? {}).toEqual({});
  expect(broken.context({ qr_id: 'q1' })).toEqual({});
});

it('drops the referrer of a page view without a warning where the plan has none', () => {
  const bookshop = createGate(
    { browserPlan: { events: { page_seen: { page: 'p' } }, profile: {}, contextKeys: [] } },
    warn,
  );
  expect(bookshop.event('page_seen', { page: '/', referrer: 'https://search.example' })).toEqual({ page: '/' });
  expect(warn).not.toHaveBeenCalled();
});
