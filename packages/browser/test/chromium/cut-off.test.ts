import { describe, expect, it } from 'vitest';
import { isBrowserAvailable } from '../../../../e2e/browser.ts';
import { FAIL, freshPages, TRACK } from './fresh-pages.ts';

describe.skipIf(!isBrowserAvailable())('a page', () => {
  const { fixture, context, counted, messages, isReady } = freshPages();

  it('that finds no way out keeps what happened for the next visit', async () => {
    const page = await context().newPage();
    await page.route(/assets\/(sentry|mixpanel)-/, () => {});
    await page.goto(fixture().origin);
    await isReady(page);
    await context().setOffline(true);
    await page.evaluate(`${TRACK}; ${FAIL}`);
    await page.waitForTimeout(50);
    // Not by a navigation: what is emulated ends with the page, before it hands over what it has.
    await page.evaluate('dispatchEvent(new Event("pagehide"))');
    await page.goto('about:blank');
    await page.waitForTimeout(300);
    expect(messages()).toEqual([]);
    await context().setOffline(false);
    await page.unroute(/assets\/(sentry|mixpanel)-/);
    await page.goto(fixture().origin);
    await fixture().inbox.waitFor(() => counted('dashboard_viewed').length > 0 && messages().length > 0, 20_000);
    expect(messages()).toEqual(['thrown at the end']);
    expect(counted('dashboard_viewed')).toHaveLength(1);
  });

  it('that is offline for a while delivers when it is back, each once', async () => {
    const page = await context().newPage();
    await page.goto(fixture().origin);
    await fixture().inbox.waitFor(() => counted('page_viewed').length > 0, 15_000);
    await page.evaluate('setTimeout(() => { throw new Error("wakes the SDK") })');
    await fixture().inbox.waitFor(() => messages().length === 1, 10_000);
    await context().setOffline(true);
    await page.evaluate(`${TRACK}; ${FAIL}`);
    await page.waitForTimeout(500);
    expect(messages()).toEqual(['wakes the SDK']);
    await context().setOffline(false);
    await fixture().inbox.waitFor(() => counted('dashboard_viewed').length > 0 && messages().length === 2, 30_000);
    expect(messages()).toEqual(['wakes the SDK', 'thrown at the end']);
    expect(counted('dashboard_viewed')).toHaveLength(1);
  });

  it('whose vendors are blocked, by name or on the way out, loses nothing', async () => {
    const page = await context().newPage();
    await page.route(/mixpanel\.com|sentry\.io|mxpnl|\/o\/t\//, (route) => route.abort('blockedbyclient'));
    await page.goto(fixture().origin);
    const stored = () => page.evaluate<string>('localStorage["__mpq_local-token_ev"] ?? ""');
    await expect.poll(stored, { timeout: 15_000 }).toContain('page_viewed');
    await page.evaluate(TRACK);
    // The SDK has tried by then, and been refused.
    await page.waitForTimeout(7000);
    expect(counted('dashboard_viewed')).toEqual([]);
    await page.unroute(/mixpanel\.com|sentry\.io|mxpnl|\/o\/t\//);
    await fixture().inbox.waitFor(() => counted('dashboard_viewed').length > 0, 40_000);
    expect(counted('page_viewed')).toHaveLength(1);
  });
});
