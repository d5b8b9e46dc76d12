import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { launchBrowser } from '../../../../e2e/browser.ts';
import { type FixturePage, startFixturePage } from './fixture-page.ts';

/** In a page: something counted, and something that goes wrong. */
export const TRACK = 'trackEvent("dashboard_viewed", { total_qrs: 3 })';
export const FAIL = 'setTimeout(() => { throw new Error("thrown at the end") })';

/** The fixture for the tests of one `describe`, each with a browser context of its own and an empty inbox. */
export function freshPages() {
  let fixture: FixturePage;
  let browser: Browser;
  let context: BrowserContext;

  beforeAll(async () => {
    fixture = await startFixturePage();
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await fixture?.close();
  });
  beforeEach(async () => {
    fixture.inbox.clear();
    fixture.seen.splice(0);
    // As good as a new browser: each has its own storage, cookies, cache and network.
    context = await browser.newContext();
    return () => context.close();
  });

  return {
    fixture: () => fixture,
    context: () => context,
    counted: (name: string) => fixture.inbox.events().filter(({ event }) => event === name),
    messages: () => fixture.inbox.errors().map(({ value }) => value),
    isReady: (page: Page) => page.getByText('handler', { exact: true }).waitFor(),
  };
}
