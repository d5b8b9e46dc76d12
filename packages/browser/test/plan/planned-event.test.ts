import { beforeEach, expect, it, vi } from 'vitest';
import { plannedEvent, plannedProfile } from '../../src/plan/planned-event.ts';

const warn = vi.fn<(message: string) => void>();
beforeEach(() => warn.mockClear());

it('keeps planned properties as they are and reduces URLs to origin and path', () => {
  const properties = { page: '/qr/:qrId', referrer: 'https://search.example/find?q=secret#top' };
  expect(plannedEvent('page_viewed', properties, warn)).toEqual({
    page: '/qr/:qrId',
    referrer: 'https://search.example/find',
  });
});

it('refuses an event that only the server may send, and names it', () => {
  expect(plannedEvent('signup_completed', {}, warn)).toBeUndefined();
  expect(warn).toHaveBeenCalledOnce();
  expect(warn.mock.calls[0]?.[0]).toContain('"signup_completed"');
});

it.each(['constructor', '__proto__', 'toString'])('does not mistake %s for an event', (name) => {
  expect(plannedEvent(name, {}, warn)).toBeUndefined();
});

it('removes unplanned properties, naming each', () => {
  expect(plannedEvent('dashboard_viewed', { total_qrs: 2, mood: 'fine' }, warn)).toEqual({ total_qrs: 2 });
  expect(warn.mock.calls).toEqual([[expect.stringContaining('"mood"')]]);
});

it('scrubs texts by their shape even in planned properties', () => {
  expect(plannedEvent('page_viewed', { page: 'Profile of ada@example.com' }, warn)).toEqual({
    page: 'Profile of [redacted]',
  });
});

it('lets no address and no name into a profile', () => {
  expect(plannedProfile({ $email: 'a@b.example', $name: 'Ada', plan: 'free' }, warn)).toEqual({ plan: 'free' });
});
