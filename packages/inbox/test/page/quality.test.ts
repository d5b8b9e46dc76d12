import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { alertRules } from '@qr/observability/alerts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seriousProblems } from '../../../../e2e/app/accessibility.ts';
import { isBrowserAvailable } from '../../../../e2e/browser.ts';
import { goodEvent, post } from '../requests.ts';
import { buildPage } from './build-page.ts';
import { pageInBrowser } from './page-in-browser.ts';
import { ERROR_ID, TRACE, tellStory, USER } from './story.ts';

/** gzip, in kB of 1000 bytes; measured 121, of which React is 60 and the chart of Insights 23. */
const BUDGET_KB = 140;
/** What the address of any tab brings first; measured 88. */
const FIRST_LOAD_KB = 110;
const RATE = 500;
const SECONDS = 3;

describe.skipIf(!isBrowserAvailable())('the page as a whole', { timeout: 60_000 }, () => {
  const shared = pageInBrowser({
    alerts: alertRules,
    delivery: { services: [{ name: 'web', url: 'http://127.0.0.1:9' }], serviceToken: 'x' },
  });

  const addresses = async (): Promise<string[]> => {
    const { inbox } = shared;
    await tellStory(inbox);
    inbox.faults.add({ fault: { kind: 'delay', delayMs: 1 } });
    const [issue] = inbox.issues();
    const record = inbox.events().at(-1);
    const details = [`/?record=${record?.id}`, `/user?id=${USER}`, `/issues?id=${issue?.id}&event=${ERROR_ID}`];
    return [
      '/',
      '/user',
      '/issues',
      '/traces',
      '/insights',
      '/funnels',
      '/retention',
      '/alerts',
      '/delivery',
      '/plan',
      ...details,
      `/traces?id=${TRACE}&span=3333333333333333`,
    ];
  };

  it('answers every tab of the page by its address', async () => {
    const { inbox, page } = shared;
    await page.goto(inbox.url);
    const tabs = page.getByRole('navigation').getByRole('link');
    await tabs.first().waitFor();
    const paths = await tabs.evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? ''));
    expect(paths).toEqual([
      '/',
      '/user',
      '/issues',
      '/traces',
      '/insights',
      '/funnels',
      '/retention',
      '/alerts',
      '/delivery',
      '/plan',
    ]);
    for (const path of paths) expect((await fetch(`${inbox.url}${path}`)).status).toBe(200);
  });

  /** What is wrong with the view at an address: by axe in both colour schemes, and in windows of two widths. One load for all, as it takes longest. */
  async function problemsAt(address: string): Promise<string[]> {
    const { inbox, page } = shared;
    const problems: string[] = [];
    await page.goto(`${inbox.url}${address}`);
    await page.locator('main a, main h2, main p').first().waitFor();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      const found = await seriousProblems(page);
      problems.push(...found.map((problem) => `${address}, ${colorScheme}: ${problem}`));
    }
    for (const width of [360, 1440]) {
      await page.setViewportSize({ width, height: 800 });
      const scrollWidth = 'Math.max(...[...document.querySelectorAll("html, .sheet")].map((part) => part.scrollWidth))';
      const found = Number(await page.evaluate(scrollWidth));
      if (found > width) problems.push(`${address}: ${found} pixels wide in a window of ${width}`);
    }
    return problems;
  }

  it('has nothing in it that axe finds serious, fits every window, asks nobody but the inbox, and says nothing on the console', {
    timeout: 120_000,
  }, async () => {
    const { inbox, page } = shared;
    const problems: string[] = [];
    page.on('request', (request) => {
      if (!request.url().startsWith(inbox.url)) problems.push(`asked ${request.url()}`);
    });
    page.on('console', (message) => problems.push(`said ${message.text()}`));
    page.on('pageerror', (error) => problems.push(String(error)));
    const full = await addresses();
    for (const address of full) problems.push(...(await problemsAt(address)));
    inbox.clear();
    for (const tab of full.slice(0, 10)) problems.push(...(await problemsAt(tab)));
    page.removeAllListeners();
    expect(problems).toEqual([]);
  });

  it(`stays where it is while ${RATE} records a second arrive`, async () => {
    const { inbox, page } = shared;
    await post(
      inbox,
      '/import',
      Array.from({ length: 400 }, () => goodEvent()),
    );
    await page.goto(inbox.url);
    await page.locator('.row').nth(299).waitFor();
    await page.evaluate(`globalThis.shifts = []; new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        shifts.push(...entry.sources.map((source) => JSON.stringify([source.node?.nodeName, source.node?.textContent, source.previousRect, source.currentRect])));
      }
    }).observe({ type: 'layout-shift' })`);
    const perRequest = RATE / 20;
    for (let sent = 0; sent < RATE * SECONDS; sent += perRequest) {
      const next = performance.now() + 50;
      const events = Array.from({ length: perRequest }, (_, index) => goodEvent({ sent }, `event ${sent + index}`));
      await post(inbox, '/import', events);
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, next - performance.now())));
    }
    await page.locator('.row', { hasText: `event ${RATE * SECONDS - 1}` }).waitFor();
    expect(await page.locator('.row').count()).toBe(300);
    expect(await page.evaluate('shifts')).toEqual([]);
  });

  it('paints within a second', async () => {
    const { inbox, page } = shared;
    await page.goto(inbox.url);
    await page.getByText('live', { exact: true }).waitFor();
    const paint = 'performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? Infinity';
    await expect.poll(() => page.evaluate(paint)).toBeLessThan(1000);
  });
});

describe('the bundle of the page', () => {
  let built: Awaited<ReturnType<typeof buildPage>>;
  beforeAll(async () => {
    built = await buildPage();
  }, 60_000);
  afterAll(() => built.remove());

  it(`is at most ${BUDGET_KB} kB in all, and brings no schema library along`, async () => {
    const files = (await readdir(built.folder, { recursive: true })).filter((file) => /\.\w+$/.test(file));
    const contents = await Promise.all(files.map((file) => readFile(join(built.folder, file))));
    const bytes = contents.reduce((total, content) => total + gzipSync(content).length, 0);
    expect(bytes / 1000).toBeLessThan(BUDGET_KB);
    expect(contents.filter((content) => content.includes('~kind'))).toEqual([]);
  });

  it(`shows the stream with ${FIRST_LOAD_KB} kB: reports and their chart come when they are opened`, async () => {
    const html = await readFile(join(built.folder, 'index.html'), 'utf8');
    const assets = [...html.matchAll(/"\/(assets\/[^"]+)"/g)].map(([, asset = '']) => asset);
    const contents = await Promise.all(assets.map((asset) => readFile(join(built.folder, asset))));
    const bytes = contents.reduce((total, content) => total + gzipSync(content).length, gzipSync(html).length);
    expect(assets).toHaveLength(2);
    expect(bytes / 1000).toBeLessThan(FIRST_LOAD_KB);
    // The class of a part that only the chart makes.
    expect(contents.filter((content) => content.includes('u-axis'))).toEqual([]);
  });
});
