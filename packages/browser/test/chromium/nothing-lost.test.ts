import { describe, expect, it } from 'vitest';
import { isBrowserAvailable } from '../../../../e2e/browser.ts';
import { FAIL, freshPages, TRACK } from './fresh-pages.ts';

describe.skipIf(!isBrowserAvailable())('a page', () => {
  const { fixture, context, counted, messages, isReady } = freshPages();

  it('that is left before an SDK was there is counted, with who it was and what went wrong', async () => {
    const page = await context().newPage();
    // No SDK will ever come.
    await page.route(/assets\/(sentry|mixpanel)-/, () => {});
    await page.goto(fixture().origin);
    await isReady(page);
    await page.evaluate('identifyUser("user-7", { plan: "free" })');
    await page.evaluate(`${TRACK}; ${FAIL}`);
    await page.waitForTimeout(20);
    await page.goto('about:blank');
    await fixture().inbox.waitFor(() => counted('dashboard_viewed').length > 0 && messages().length > 0, 10_000);
    expect(messages()).toEqual(['thrown at the end']);
    const [viewed] = counted('page_viewed');
    expect(viewed?.properties).toMatchObject({ page: '/', $device_id: expect.any(String) });
    expect(counted('dashboard_viewed')[0]?.properties).toMatchObject({
      $user_id: 'user-7',
      $device_id: viewed?.properties['$device_id'],
      trace_id: fixture().inbox.errors()[0]?.traceId,
    });
    expect(fixture().inbox.errors()[0]?.userId).toBe('user-7');
  });

  it('goes on with the same visitor when the SDK comes on the next visit', async () => {
    const page = await context().newPage();
    await page.route(/assets\/mixpanel-/, () => {});
    await page.goto(fixture().origin);
    await isReady(page);
    await page.goto('about:blank');
    await fixture().inbox.waitFor(() => counted('page_viewed').length === 1, 10_000);
    await page.unroute(/assets\/mixpanel-/);
    await page.goto(`${fixture().origin}/codes/code-7`);
    await fixture().inbox.waitFor(() => counted('page_viewed').length === 2, 15_000);
    const devices = counted('page_viewed').map(({ properties }) => properties['$device_id']);
    expect(new Set(devices).size).toBe(1);
  });

  it('whose storage is blocked counts all the same, and takes an answer about consent', async () => {
    const page = await context().newPage();
    await page.addInitScript(() =>
      Object.defineProperty(globalThis, 'localStorage', {
        get() {
          throw new DOMException('Access is denied for this document.', 'SecurityError');
        },
      }),
    );
    await page.goto(fixture().origin);
    await isReady(page);
    const isLoaded = () => fixture().seen.some(({ url }) => url.startsWith('/o/t/'));
    await expect.poll(isLoaded, { timeout: 15_000 }).toBe(true);
    await page.evaluate(TRACK);
    await fixture().inbox.waitFor(() => counted('dashboard_viewed').length > 0, 15_000);
    expect(counted('page_viewed')).toHaveLength(1);
    await page.evaluate('setConsent({ analytics: false })');
    expect(messages()).toEqual([]);
  });

  it('tries again when the code of an SDK could not be fetched', async () => {
    const page = await context().newPage();
    let refusals = 0;
    await page.route(/assets\/sentry-/, (route) => (refusals++ < 1 ? route.abort() : route.continue()));
    await page.goto(`${fixture().origin}/?fail=render`);
    await fixture().inbox.waitFor(() => messages().length > 0, 20_000);
    expect(refusals).toBeGreaterThan(0);
    expect(messages()).toEqual(['thrown in render']);
  });

  it('gives what it fetches its trace, before the SDK is there and after, and no other origin any', async () => {
    const page = await context().newPage();
    let letSdkCome = () => {};
    const isWanted = new Promise<void>((resolve) => {
      letSdkCome = resolve;
    });
    await page.route(/assets\/sentry-/, (route) => isWanted.then(() => route.continue()));
    await page.goto(fixture().origin);
    await isReady(page);
    await page.getByText('fetch', { exact: true }).click();
    await expect.poll(() => fixture().seen.some(({ url }) => url === '/api/echo')).toBe(true);
    letSdkCome();
    await fixture().inbox.waitFor((inbox) => inbox.spans().some(({ op }) => op === 'pageload'), 15_000);
    await page.getByText('fetch', { exact: true }).click();
    await page.waitForTimeout(300);
    const traces = fixture()
      .seen.filter(({ url }) => url === '/api/echo')
      .map(({ headers }) => String(headers['sentry-trace']).slice(0, 32));
    expect(traces).toHaveLength(2);
    expect(traces[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(traces[1]).toBe(traces[0]);
    const foreign: (string | undefined)[] = [];
    await page.route('http://127.0.0.1:9/**', async (route) => {
      foreign.push(route.request().headers()['sentry-trace']);
      await route.abort();
    });
    await page.evaluate('fetch("http://127.0.0.1:9/x", { mode: "no-cors" }).catch(() => {})');
    await page.waitForTimeout(200);
    expect(foreign.filter(Boolean)).toEqual([]);
  });
});
