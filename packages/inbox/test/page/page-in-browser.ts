import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { openBrowser } from '../../../../e2e/browser.ts';
import { type Inbox, type InboxOptions, startInbox } from '../../src/index.ts';
import { platformPlan } from '../platform-plan.ts';
import { buildPage } from './build-page.ts';

/** What the tests of a file share; set before the first of them. */
interface PageInBrowser {
  inbox: Inbox;
  page: Page;
}

/** An inbox with its page built and open in a browser; empty before each test. */
export function pageInBrowser(options: InboxOptions = {}): PageInBrowser {
  // Filled by the hooks, which run before any test reads it.
  const shared = {} as PageInBrowser;
  const cleanUps: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    const built = await buildPage();
    cleanUps.push(built.remove);
    const [browser, inbox] = await Promise.all([
      openBrowser(),
      startInbox({ plan: platformPlan, ...options, page: built.folder }),
    ]);
    cleanUps.push(() => browser.close(), inbox.close);
    shared.inbox = inbox;
    shared.page = browser.context.pages()[0] ?? (await browser.context.newPage());
  }, 60_000);

  afterAll(async () => {
    for (const cleanUp of cleanUps.reverse()) await cleanUp();
  }, 60_000);

  beforeEach(async () => {
    shared.inbox.clear();
    shared.inbox.faults.clear();
    await shared.page.setViewportSize({ width: 1440, height: 900 });
  });

  return shared;
}
