import { afterEach, describe, expect, it, vi } from 'vitest';
import { closeTestPage, openTestPage } from '../support/page.ts';

afterEach(closeTestPage);

describe('without a DSN and a token', () => {
  const off = { VITE_SENTRY_DSN: '', VITE_MIXPANEL_TOKEN: '' };

  it('each half warns once, however often it is initialised', async () => {
    const page = await openTestPage(off);
    page.initSentry();
    page.initSentry();
    page.initMixpanel();
    page.initMixpanel();
    expect(page.warnings()).toEqual([
      '[observability] VITE_SENTRY_DSN is not set: error tracking is off',
      '[observability] VITE_MIXPANEL_TOKEN is not set: analytics is off',
    ]);
  });

  it('every call is a no-op that does not throw, and no error id is promised', async () => {
    const page = await openTestPage(off);
    page.initSentry();
    page.initMixpanel();
    expect(page.captureException(new Error('unheard'))).toBeUndefined();
    page.addBreadcrumb('unheard');
    page.trackEvent('dashboard_viewed');
    page.trackPageView('Home');
    page.identifyUser('u1');
    page.resetMixpanel();
    dispatchEvent(new Event('pagehide'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(page.sentryItems).toEqual([]);
    expect(page.mixpanelRequests).toEqual([]);
    expect(localStorage).toHaveLength(0);
  });
});

it('an error before initSentry is kept and delivered after it', async () => {
  const page = await openTestPage();
  const errorId = page.captureException(new Error('early'));
  page.initSentry();
  await vi.waitFor(() => expect(page.events()).toHaveLength(1), 10_000);
  expect(page.events()[0].event_id).toBe(errorId);
});

it('initialising twice, as StrictMode does, reports an uncaught error once', async () => {
  const page = await openTestPage();
  page.initSentry();
  page.initSentry();
  dispatchEvent(new ErrorEvent('error', { error: new Error('once'), message: 'once' }));
  page.captureException(new Error('after'));
  await vi.waitFor(() => expect(page.events()).toHaveLength(2), 10_000);
  expect(page.events().map((event) => event.exception.values[0].value)).toEqual(['once', 'after']);
});

it('the facades of both SDKs take the calls of the guide', async () => {
  const page = await openTestPage();
  page.initSentry();
  page.Sentry.setUser({ id: 'u7' });
  page.Sentry.addBreadcrumb({
    message: 'Creating QR code',
    data: { qr_type: 'url', destinationUrl: 'https://x.example' },
  });
  page.Sentry.captureException(new Error('no'), { extra: { qrId: 'q1', formData: { password: 'p' } } });
  page.mixpanel.track('dashboard_viewed', { total_qrs: 1 });
  page.mixpanel.reset();
  await vi.waitFor(() => expect(page.events()).toHaveLength(1), 10_000);
  const [event] = page.events();
  expect(event.user).toEqual({ id: 'u7' });
  expect(event.extra).toEqual({ qr_id: 'q1' });
  expect(event.breadcrumbs.at(-1)).toMatchObject({ message: 'Creating QR code', data: { qr_type: 'url' } });
  expect(page.warnings()).toContain(
    '[observability] context key "formData" is not in the tracking plan and was left out',
  );
});

it('a sample rate that is none is named, and the default holds', async () => {
  const page = await openTestPage({ VITE_SENTRY_TRACES_SAMPLE_RATE: '10%' });
  page.initSentry();
  expect(page.warnings().join()).toContain('VITE_SENTRY_TRACES_SAMPLE_RATE should be a number from 0 to 1, got "10%"');
});
