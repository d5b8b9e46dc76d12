import { afterEach, describe, expect, it, vi } from 'vitest';
import { closeTestPage, mixpanelSent, openTestPage } from '../support/page.ts';

afterEach(closeTestPage);

const fakeTimers = () => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });

describe('where consent is required', () => {
  const required = { VITE_CONSENT_MODE: 'required' };

  it('nothing is stored and no analytics request leaves before the choice', async () => {
    fakeTimers();
    const page = await openTestPage(required);
    page.initMixpanel();
    page.trackEvent('dashboard_viewed');
    page.identifyUser('u1', { plan: 'free' });
    dispatchEvent(new Event('pagehide'));
    await vi.advanceTimersByTimeAsync(30_000);
    expect(page.mixpanelRequests).toEqual([]);
    expect(localStorage).toHaveLength(0);
    expect(document.cookie).toBe('');
  });

  it('what happened before the choice is sent once it is granted', async () => {
    fakeTimers();
    const page = await openTestPage(required);
    page.initMixpanel();
    page.trackEvent('dashboard_viewed', { total_qrs: 4 });
    page.setConsent({ analytics: true });
    const [event] = await mixpanelSent(page, '/o/t/', 1);
    expect(event).toMatchObject({ event: 'dashboard_viewed', properties: { total_qrs: 4 } });
  });

  it('what happened before the choice is forgotten when it is denied', async () => {
    fakeTimers();
    const page = await openTestPage(required);
    page.initMixpanel();
    page.trackEvent('dashboard_viewed', { total_qrs: 4 });
    page.setConsent({ analytics: false });
    page.setConsent({ analytics: true });
    page.trackEvent('dashboard_viewed', { total_qrs: 5 });
    const events = await mixpanelSent(page, '/o/t/', 1);
    expect(events.map(({ properties }) => properties.total_qrs)).toEqual([5]);
  });

  it('the choice holds on the next page', async () => {
    const page = await openTestPage(required);
    page.setConsent({ analytics: true });
    fakeTimers();
    const next = await openTestPage(required);
    next.initMixpanel();
    next.trackEvent('dashboard_viewed');
    expect(await mixpanelSent(next, '/o/t/', 1)).toHaveLength(1);
  });

  it('errors are reported all the same, without an identity', async () => {
    const page = await openTestPage(required);
    page.initSentry();
    page.captureException(new Error('no consent needed'));
    await vi.waitFor(() => expect(page.events()).toHaveLength(1), 10_000);
    expect(localStorage).toHaveLength(0);
  });
});

it('withdrawing consent deletes what the SDK had stored and stops the events', async () => {
  fakeTimers();
  const page = await openTestPage();
  page.initMixpanel();
  page.trackEvent('dashboard_viewed', { total_qrs: 1 });
  await mixpanelSent(page, '/o/t/', 1);
  page.setConsent({ analytics: false });
  page.trackEvent('dashboard_viewed', { total_qrs: 2 });
  await vi.advanceTimersByTimeAsync(30_000);
  expect(page.mixpanelRequests.flatMap(({ records }) => records)).toHaveLength(1);
  const stored = Object.keys(localStorage).filter((key) => key.startsWith('mp_') || key.startsWith('__mpq_'));
  expect(stored).toEqual([]);
});

it('consent that is given again after a refusal counts again', async () => {
  fakeTimers();
  const page = await openTestPage();
  page.initMixpanel();
  page.trackEvent('dashboard_viewed', { total_qrs: 1 });
  await mixpanelSent(page, '/o/t/', 1);
  page.setConsent({ analytics: false });
  page.setConsent({ analytics: true });
  page.trackEvent('dashboard_viewed', { total_qrs: 2 });
  const events = await mixpanelSent(page, '/o/t/', 2);
  expect(events.map(({ event, properties }) => [event, properties.total_qrs])).toEqual([
    ['dashboard_viewed', 1],
    ['dashboard_viewed', 2],
  ]);
});

it.each([
  ['Do-Not-Track', { doNotTrack: '1' }],
  ['Global Privacy Control', { globalPrivacyControl: true }],
])('%s wins over the default and over a choice', async (_, signal) => {
  fakeTimers();
  for (const [name, value] of Object.entries(signal)) {
    Object.defineProperty(navigator, name, { value, configurable: true });
  }
  const page = await openTestPage();
  page.setConsent({ analytics: true });
  page.initMixpanel();
  page.trackEvent('dashboard_viewed');
  dispatchEvent(new Event('pagehide'));
  await vi.advanceTimersByTimeAsync(30_000);
  expect(page.mixpanelRequests).toEqual([]);
  for (const name of Object.keys(signal)) Reflect.deleteProperty(navigator, name);
});

it('a misspelt mode counts as required and says so', async () => {
  const page = await openTestPage({ VITE_CONSENT_MODE: 'optout' });
  page.initMixpanel();
  dispatchEvent(new Event('pagehide'));
  expect(page.warnings().join()).toContain('VITE_CONSENT_MODE should be "opt-out" or "required", got "optout"');
  expect(localStorage).toHaveLength(0);
});
