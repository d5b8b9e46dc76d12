import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isBrowserAvailable, openBrowser } from '../../../../e2e/browser.ts';
import { type FixturePage, startFixturePage } from './fixture-page.ts';

describe.skipIf(!isBrowserAvailable())('a page load', () => {
  let fixture: FixturePage;
  let browser: Awaited<ReturnType<typeof openBrowser>>;

  beforeAll(async () => {
    fixture = await startFixturePage();
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await fixture?.close();
  });

  it('is one span with its true end and its vitals, though the SDK came after it', async () => {
    const page = await browser.context.newPage();
    await page.goto(`${fixture.origin}/codes/code-7?note=private`);
    await fixture.inbox.waitFor((inbox) => inbox.spans().some(({ op }) => op === 'pageload'), 15_000);
    // The SDK tells of these when the page is left, or after an interaction.
    await page.getByText('One code').click();
    await page.waitForTimeout(300);
    const { loadEnd, firstPaint } = await page.evaluate(() => ({
      loadEnd: (performance.getEntriesByType('navigation')[0] as PerformanceNavigationTiming).loadEventEnd,
      firstPaint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0,
    }));
    await page.goto('about:blank');
    const has = (op: string) => fixture.inbox.spans().some((span) => span.op === op);
    await expect
      .poll(() => ['ui.webvital.lcp', 'ui.webvital.cls', 'ui.interaction.click'].filter((op) => !has(op)), {
        timeout: 10_000,
      })
      .toEqual([]);
    await page.close();

    const [load] = fixture.inbox.spans().filter(({ op }) => op === 'pageload');
    expect(load?.name).toBe('/codes/:codeId');
    expect(Math.abs((load?.durationMs ?? 0) - Math.max(loadEnd, firstPaint))).toBeLessThan(5);
    expect(load?.attributes).toMatchObject({
      'browser.web_vital.fcp.value': expect.any(Number),
      'browser.web_vital.ttfb.value': expect.any(Number),
    });
    expect(new Set(fixture.inbox.spans().map(({ traceId }) => traceId)).size).toBe(1);
    expect(JSON.stringify(fixture.inbox.spans())).not.toMatch(/private|Mozilla/);
  });
});
