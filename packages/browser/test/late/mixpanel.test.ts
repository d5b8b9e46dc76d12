import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { closeTestPage, mixpanelSent, openTestPage } from '../support/page.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(closeTestPage);

it('an event leaves through the tunnel with its original time and only planned and technical properties', async () => {
  history.replaceState(null, '', '/qr/secret-id?utm_source=newsletter&token=planted-token');
  const page = await openTestPage();
  page.initMixpanel();
  const before = Date.now();
  page.trackEvent('dashboard_viewed', { total_qrs: 3 });
  const [event] = await mixpanelSent(page, '/o/t/', 1);
  expect(page.mixpanelRequests[0]?.url).toMatch(/^http:\/\/localhost:3000\/o\/t\/\?verbose=1&ip=0/);
  expect(event.properties).toMatchObject({ total_qrs: 3, token: 'token0123456789' });
  expect(event.properties.$insert_id).toMatch(/^[a-z0-9]{16}$/);
  expect(event.properties.time * 1000 - before).toBeLessThan(100);
  expect(JSON.stringify(event)).not.toMatch(/secret-id|utm_|newsletter|planted-token|http/);
});

it('an unplanned event does not leave', async () => {
  const page = await openTestPage();
  page.initMixpanel();
  // @ts-expect-error the event is not in the plan
  page.trackEvent('button_clicked', { label: 'Buy' });
  page.trackEvent('dashboard_viewed');
  const events = await mixpanelSent(page, '/o/t/', 1);
  expect(events.map(({ event }) => event)).toEqual(['dashboard_viewed']);
});

it('identifyUser joins the visitor to the user without address, name, URL or referrer', async () => {
  history.replaceState(null, '', '/login?next=/qr/private');
  vi.spyOn(document, 'referrer', 'get').mockReturnValue('https://search.example/?q=private');
  const page = await openTestPage();
  page.initMixpanel();
  // No hexadecimal digits alone: ids are full of those.
  const raw = { $email: 'lovelace@example.com', $name: 'Lovelace', plan: 'free' as const };
  page.identifyUser('u1', raw);
  const [identify] = await mixpanelSent(page, '/o/t/', 1);
  const updates = await mixpanelSent(page, '/o/p/', 2);
  expect(identify).toMatchObject({ event: '$identify', properties: { distinct_id: 'u1', $user_id: 'u1' } });
  expect(identify.properties.$anon_distinct_id).toMatch(/^\$device:/);
  expect(Object.assign({}, ...updates.map(({ $set }) => $set))).toMatchObject({ plan: 'free' });
  expect(JSON.stringify([identify, updates])).not.toMatch(/lovelace|private|search|login\?/i);
});

it('the time of the log-in is noted when the user changes, not on every later page', async () => {
  const page = await openTestPage();
  page.initMixpanel();
  page.identifyUser('u1');
  const [login] = await mixpanelSent(page, '/o/p/', 1);
  expect(login.$set.$last_login).toMatch(/^\d{4}-\d\d-\d\dT/);

  const next = await openTestPage();
  next.initMixpanel();
  next.identifyUser('u1', { plan: 'free' });
  const updates = await mixpanelSent(next, '/o/p/', 1);
  expect(updates.map(({ $set }) => Object.keys($set))).not.toContainEqual(expect.arrayContaining(['$last_login']));
});

it('resetMixpanel separates the next visitor from the last user', async () => {
  const page = await openTestPage();
  page.initMixpanel();
  page.identifyUser('u1');
  page.resetMixpanel();
  page.trackEvent('dashboard_viewed');
  const events = await mixpanelSent(page, '/o/t/', 2);
  expect(events[1].properties.distinct_id).toMatch(/^\$device:/);
  expect(events[1].properties.$user_id).toBeUndefined();
});

it('an event knows the trace of its page when error tracking is on, and none when it is off', async () => {
  const page = await openTestPage();
  page.initSentry();
  page.initMixpanel();
  page.trackEvent('dashboard_viewed');
  const [traced] = await mixpanelSent(page, '/o/t/', 1);
  expect(traced.properties.trace_id).toMatch(/^[0-9a-f]{32}$/);
  page.captureException(new Error('same page'));
  await vi.waitFor(() => expect(page.events()).toHaveLength(1), 10_000);
  expect(page.events()[0].contexts.trace.trace_id).toBe(traced.properties.trace_id);

  const untraced = await openTestPage({ VITE_SENTRY_DSN: '' });
  untraced.initSentry();
  untraced.initMixpanel();
  untraced.trackEvent('dashboard_viewed');
  const [event] = await mixpanelSent(untraced, '/o/t/', 1);
  expect(event.properties).not.toHaveProperty('trace_id');
});
