import { beforeEach, describe, expect, it } from 'vitest';
import { seriousProblems } from '../../../../e2e/app/accessibility.ts';
import { isBrowserAvailable } from '../../../../e2e/browser.ts';
import { pageInBrowser } from './page-in-browser.ts';
import { tellReports } from './report-data.ts';

const FILTER = 'who=qr_created&times=1&days=30';
/** With what shows that each is drawn. */
const VIEWS: readonly (readonly [string, string])[] = [
  ['/insights?event=qr_scanned', '.figure'],
  [`/insights?event=qr_scanned&on=country&range=30d&unit=hour&${FILTER}`, '.bars'],
  ['/insights?event=nothing_such', '.empty'],
  ['/insights?event=qr_scanned&zone=Nowhere', '.empty'],
  [`/funnels?${FILTER}`, '.funnel'],
  ['/funnels?steps=["nothing_such","qr_scanned"]', '.empty'],
  ['/retention?intervals=30', '.heat'],
  [`/retention?unit=week&mode=calendar&kind=after&${FILTER}`, '.heat'],
];

describe.skipIf(!isBrowserAvailable())('the three reports', { timeout: 60_000 }, () => {
  const shared = pageInBrowser();

  beforeEach(() => tellReports(shared.inbox));

  it.each(['light', 'dark'] as const)('have nothing in them that axe finds serious, %s', async (colorScheme) => {
    const { inbox, page } = shared;
    await page.emulateMedia({ colorScheme });
    const problems: Record<string, readonly string[]> = {};
    for (const [address, mark] of VIEWS) {
      await page.goto(`${inbox.url}${address}`);
      await page.locator(mark).first().waitFor();
      if (mark === '.figure') await page.getByText('Show as a table').click();
      const found = await seriousProblems(page);
      if (found.length > 0) problems[address] = found;
    }
    expect(problems).toEqual({});
  });

  it.each(['light', 'dark'] as const)('can be read on every shade, %s', async (colorScheme) => {
    const { inbox, page } = shared;
    await page.emulateMedia({ colorScheme });
    await page.goto(`${inbox.url}/retention`);
    await page.locator('.heat').waitFor();
    await page.evaluate(`[...document.querySelectorAll('.heat td')].forEach((cell, index) => {
      cell.className = 'shade-' + (index % 10 + 1);
      cell.textContent = '50%';
    })`);
    expect(await page.locator('.heat .shade-10').count()).toBeGreaterThan(0);
    expect(await seriousProblems(page)).toEqual([]);
  });

  it.each([360, 1440])('fit a window of %i pixels', async (width) => {
    const { inbox, page } = shared;
    await page.setViewportSize({ width, height: 800 });
    const tooWide: string[] = [];
    for (const [address, mark] of VIEWS) {
      await page.goto(`${inbox.url}${address}`);
      await page.locator(mark).first().waitFor();
      const scrollWidth = 'Math.max(...[...document.querySelectorAll("html, .sheet")].map((part) => part.scrollWidth))';
      if (Number(await page.evaluate(scrollWidth)) > width) tooWide.push(address);
    }
    expect(tooWide).toEqual([]);
  });

  it('say nothing on the console, as the policy of the page allows all that they do', async () => {
    const { inbox, page } = shared;
    const said: string[] = [];
    page.on('console', (message) => {
      // The refused question is one.
      if (!message.text().includes('400 (Bad Request)')) said.push(message.text());
    });
    page.on('pageerror', (error) => said.push(String(error)));
    for (const [address, mark] of VIEWS) {
      await page.goto(`${inbox.url}${address}`);
      await page.locator(mark).first().waitFor();
    }
    expect(said).toEqual([]);
    page.removeAllListeners();
  });
});
