import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isBrowserAvailable } from '../../../../e2e/browser.ts';
import { findChromium } from '../../../../scripts/chromium.mjs';
import { type FixturePage, startFixturePage } from './fixture-page.ts';

/** How long the prerendered page waits: longer than the SDKs wait for an idle page, and than a page view waits for a manual one. */
const WAIT_MS = 8000;
const ARGUMENTS = [
  ...['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-dev-shm-usage'],
];

/** Opens an address in a browser that nothing is attached to, because a browser that is driven from outside does not prerender. */
function open(url: string): { close(): Promise<void> } {
  const profile = mkdtempSync(join(tmpdir(), 'qr-observability-browser-'));
  // In a process group, which can be ended with all that the browser has started.
  const browser = spawn(findChromium() ?? '', [...ARGUMENTS, `--user-data-dir=${profile}`, url], {
    stdio: 'ignore',
    detached: true,
  });
  const exited = once(browser, 'exit');
  return {
    async close() {
      if (browser.pid !== undefined) process.kill(-browser.pid, 'SIGKILL');
      await exited;
      await rm(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
}

describe.skipIf(!isBrowserAvailable())('a page that the browser draws in advance', () => {
  let fixture: FixturePage;
  let browser: ReturnType<typeof open> | undefined;
  beforeEach(async () => {
    fixture = await startFixturePage();
  });
  afterEach(async () => {
    await browser?.close();
    await fixture.close();
  });

  const sent = () => fixture.seen.filter(({ url }) => url.startsWith('/o/'));
  const views = () => fixture.inbox.events().filter(({ event }) => event === 'page_viewed');
  const isDrawn = () =>
    fixture.seen.some(
      ({ url, headers }) => /^\/assets\/.*\.js$/.test(url) && headers['sec-purpose'] === 'prefetch;prerender',
    );

  /** Draws a page in advance, and resolves just before `next` is shown; returns the time. */
  async function prerender(page: string, next = page): Promise<number> {
    browser = open(`${fixture.origin}/prerender?${new URLSearchParams({ page, next, after: String(WAIT_MS) })}`);
    const isOpen = () => fixture.seen.some(({ url }) => url.startsWith('/prerender'));
    await expect.poll(isOpen, { timeout: 30_000, interval: 10 }).toBe(true);
    const shownAt = Date.now() + WAIT_MS;
    await new Promise((resolve) => setTimeout(resolve, WAIT_MS - 500));
    expect(isDrawn()).toBe(true);
    return shownAt - 100;
  }

  it('is counted when it is shown, at the time when it is shown', async () => {
    const shownAt = await prerender('/codes/code-7');
    expect(sent()).toEqual([]);
    expect(fixture.seen.filter(({ url }) => /\/(?:sentry|mixpanel)-/.test(url))).toEqual([]);

    const pageLoads = () => fixture.inbox.spans().filter(({ op }) => op === 'pageload');
    await fixture.inbox.waitFor(() => views().length > 0 && pageLoads().length > 0, 20_000);
    expect(views()).toMatchObject([{ properties: { page: '/codes/:codeId', trace_id: pageLoads()[0]?.traceId } }]);
    expect(views()[0]?.time).toBeGreaterThanOrEqual(shownAt);
    expect(pageLoads()[0]?.durationMs).toBeLessThan(WAIT_MS / 2);
    // The same document: the server was asked for it once.
    expect(fixture.seen.filter(({ url }) => url === '/codes/code-7')).toHaveLength(1);
  });

  it('reports what has failed in it when it is shown', async () => {
    const shownAt = await prerender('/?fail=render');
    expect(sent()).toEqual([]);
    await fixture.inbox.waitFor((inbox) => inbox.errors().length > 0 && views().length > 0, 20_000);
    expect(fixture.inbox.errors().map(({ value }) => value)).toEqual(['thrown in render']);
    expect(fixture.inbox.errors()[0]?.time).toBeGreaterThanOrEqual(shownAt);
  });

  it('sends nothing when it is never shown, nor when it is thrown away', async () => {
    await prerender('/?fail=render', '/api/echo');
    await expect.poll(() => fixture.seen.some(({ url }) => url === '/api/echo'), { timeout: 10_000 }).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 2000));
    expect(sent()).toEqual([]);
  });
});
