import { afterEach, beforeEach, expect, it, type MockInstance, vi } from 'vitest';
import { plannedEvent, plannedProfile } from '../../src/plan/planned-event.ts';

let warn: MockInstance;
beforeEach(() => {
  warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
});
afterEach(() => vi.restoreAllMocks());

it('keeps planned properties as they are and reduces URLs to origin and path', () => {
  const properties = { page: '/qr/:qrId', referrer: 'https://search.example/find?q=secret#top' };
  expect(plannedEvent('page_viewed', properties)).toEqual({
    page: '/qr/:qrId',
    referrer: 'https://search.example/find',
  });
});

it('refuses an event that only the server may send, and names it once', () => {
  expect(plannedEvent('signup_completed', {})).toBeUndefined();
  expect(plannedEvent('signup_completed', {})).toBeUndefined();
  expect(warn).toHaveBeenCalledOnce();
  expect(warn.mock.calls[0]?.[0]).toContain('"signup_completed"');
});

it.each(['constructor', '__proto__', 'toString'])('does not mistake %s for an event', (name) => {
  expect(plannedEvent(name, {})).toBeUndefined();
});

it('removes unplanned properties, naming each once', () => {
  expect(plannedEvent('dashboard_viewed', { total_qrs: 2, mood: 'fine' })).toEqual({ total_qrs: 2 });
  plannedEvent('dashboard_viewed', { mood: 'fine' });
  expect(warn).toHaveBeenCalledOnce();
});

it('scrubs texts by their shape even in planned properties', () => {
  expect(plannedEvent('page_viewed', { page: 'Profile of ada@example.com' })).toEqual({
    page: 'Profile of [redacted]',
  });
});

it('lets no address and no name into a profile', () => {
  expect(plannedProfile({ $email: 'a@b.example', $name: 'Ada', plan: 'free' })).toEqual({ plan: 'free' });
});
