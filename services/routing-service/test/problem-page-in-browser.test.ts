import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seriousProblems } from '../../../e2e/app/accessibility.ts';
import { isBrowserAvailable, launchBrowser } from '../../../e2e/browser.ts';
import { startApp } from './start-app.ts';

describe.skipIf(!isBrowserAvailable())('the page of a scan that leads nowhere', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  }, 60_000);
  afterAll(() => browser?.close());

  it.each([
    [360, 'light'],
    [360, 'dark'],
    [1440, 'light'],
    [1440, 'dark'],
  ] as const)('is styled, accessible and whole at %i pixels, %s', async (width, colorScheme) => {
    const { app } = startApp('http://127.0.0.1:1');
    const origin = await app.listen({ port: 0, host: '127.0.0.1' });
    const context = await browser.newContext({ viewport: { width, height: 640 }, colorScheme });
    const page = await context.newPage();
    const requests: string[] = [];
    const complaints: string[] = [];
    page.on('request', (request) => requests.push(new URL(request.url()).pathname));
    page.on('console', (message) => complaints.push(message.text()));

    for (const path of ['/scan/nope', '/scan/%E0%A4%A', '/scan/AAAAAAAAAAAA']) {
      await page.goto(origin + path);
      expect(await page.locator('h1').count()).toBe(1);
      const look = await page.evaluate<{ font: string; overflow: number; background: string }>(`({
        font: getComputedStyle(document.body).fontFamily,
        overflow: document.documentElement.scrollWidth - innerWidth,
        background: getComputedStyle(document.body).backgroundColor,
      })`);
      expect(look).toEqual({
        font: 'system-ui, sans-serif',
        overflow: 0,
        background: colorScheme === 'dark' ? 'rgb(20, 23, 26)' : 'rgb(244, 245, 247)',
      });
      expect(await seriousProblems(page)).toEqual([]);
    }
    // The last one is worth another try, with the keyboard as well.
    await page.keyboard.press('Tab');
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
    expect(new URL(page.url()).pathname).toBe('/scan/AAAAAAAAAAAA');

    expect(requests.filter((path) => !path.startsWith('/scan/'))).toEqual([]);
    // The browser itself notes each status; what the policy refuses would be another line.
    expect(complaints.filter((text) => !/the server responded with a status of (?:400|404|503)/.test(text))).toEqual(
      [],
    );
    await context.close();
  });
});
