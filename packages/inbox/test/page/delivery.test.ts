import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isBrowserAvailable } from '../../../../e2e/browser.ts';
import { stateOf } from '../../page/src/delivery/service-state.ts';
import { pageInBrowser } from './page-in-browser.ts';

const MINUTE_MS = 60_000;
const quiet = { queued: 0, pending: 0, spooledFiles: 0, oldestAgeMs: 0, delivered: 0, retried: 0, dropped: {} };
const good = { ...quiet, delivered: 1204, lastError: null };
const waiting = {
  ...good,
  pending: 30,
  spooledFiles: 3,
  spooledBytes: 9000,
  oldestAgeMs: 5 * MINUTE_MS,
  lastError: 'status 503: (empty body)',
};
const lanesOfGood = { import: good, engage: quiet, groups: quiet, deletions: quiet, sentry: quiet };
const on = { analytics: 'on', errors: 'on' } as const;

describe('the state of a service', () => {
  const now = new Date(2026, 5, 1, 12, 9, 30).getTime();
  const textOf = (stats: object): string => stateOf({ name: 's', stats }, now).text;

  it.each([
    ['Delivering', { ...on, lanes: lanesOfGood }],
    ['Nothing sent yet', { ...on, lanes: { import: quiet, sentry: quiet } }],
    ['3 batches waiting, Mixpanel answers 503 since 12:04', { ...on, lanes: { ...lanesOfGood, import: waiting } }],
    [
      '6 batches waiting, Mixpanel answers 503 since 12:04',
      { ...on, lanes: { import: waiting, engage: { ...waiting, oldestAgeMs: MINUTE_MS }, sentry: good } },
    ],
    [
      '30 records waiting, Sentry cannot be reached (connect ECONNREFUSED) since 12:04',
      { ...on, lanes: { sentry: { ...waiting, spooledFiles: 0, lastError: 'connect ECONNREFUSED' } } },
    ],
    ['Delivering', { ...on, lanes: { import: { ...waiting, oldestAgeMs: 40 } } }],
    ['Delivering', { ...on, lanes: { import: { ...good, oldestAgeMs: -5000, pending: 1 } } }],
    [
      'Delivering; 12 records dropped',
      { ...on, lanes: { import: { ...good, dropped: { rejected: 12, forgotten: 4 } } } },
    ],
    [
      '3 batches waiting, Sentry answers 429 since 12:04',
      { ...on, pages: { sentry: { ...waiting, lastError: 'status 429: x' } } },
    ],
    ['Off: no token and no DSN', { analytics: 'off', errors: 'off', lanes: {} }],
    ['Delivering; Mixpanel off: no token', { analytics: 'off', errors: 'on', lanes: { sentry: good } }],
    ['Delivering; Sentry off: no DSN', { analytics: 'on', errors: 'off', lanes: { import: good } }],
    ['Delivering', { analytics: 'off', errors: 'on', lanes: { sentry: good }, pages: { import: good } }],
  ])('is "%s"', (text, stats) => {
    expect(textOf(stats)).toBe(text);
  });

  it('names the day of what began before today', () => {
    const lanes = { import: { ...waiting, oldestAgeMs: 24 * 60 * MINUTE_MS } };
    expect(textOf({ ...on, lanes })).toMatch(/since .*31.*12:09$/);
  });

  it('is why it did not answer', () => {
    expect(stateOf({ name: 's', failure: 'did not answer within 2 s' }, now)).toEqual({
      tone: 'bad',
      text: 'Did not answer within 2 s',
    });
  });
});

describe.skipIf(!isBrowserAvailable())('the delivery tab', { timeout: 60_000 }, () => {
  let stats: object = {};
  let server: Server;
  const services = [
    { name: 'qr-service', url: '' },
    { name: 'gone-service', url: 'http://127.0.0.1:9' },
  ];
  beforeAll(async () => {
    server = createServer((_request, response) => response.end(JSON.stringify(stats))).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    (services[0] as { url: string }).url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });
  const shared = pageInBrowser({ delivery: { services, serviceToken: 'x' } });

  beforeEach(() => {
    stats = { ...on, lanes: lanesOfGood };
  });

  it('has one line a service, and its numbers on demand, without the lanes in which nothing happened', async () => {
    const { inbox, page } = shared;
    await page.goto(`${inbox.url}/delivery`);
    const lines = page.locator('.services > li');
    await lines.nth(1).waitFor();
    expect(await lines.locator('.state').allTextContents()).toEqual(['Delivering', 'Cannot be reached']);
    expect(await page.locator('.services table').isVisible()).toBe(false);
    await page.locator('.services summary').focus();
    await page.keyboard.press('Enter');
    await page.locator('.services table').waitFor();
    expect(await page.locator('.services tbody th').allTextContents()).toEqual(['import']);
    expect(await page.locator('.services tbody td').allTextContents()).toEqual(['0', '0', '1,204', '0', '0']);
    await page.getByText('Nothing sent: engage, groups, deletions, sentry').waitFor();
  });

  it('follows the service: a receiver that is down, and its recovery, with the numbers still unfolded', async () => {
    const { inbox, page } = shared;
    await page.goto(`${inbox.url}/delivery`);
    const state = page.locator('.services .state').first();
    await page.locator('.services summary').click();
    stats = { ...on, lanes: { ...lanesOfGood, import: waiting } };
    await page.getByText(/^3 batches waiting, Mixpanel answers 503 since \d\d:\d\d$/).waitFor();
    await page.getByText('9.0 kB on disk, the oldest for 5 min').waitFor();
    stats = { ...on, lanes: lanesOfGood };
    await expect.poll(() => state.textContent(), { timeout: 15_000 }).toBe('Delivering');
    expect(await page.locator('.services table').isVisible()).toBe(true);
  });

  it.each([360, 1440])('fits a window of %i pixels, unfolded', async (width) => {
    const { inbox, page } = shared;
    stats = { ...on, lanes: { ...lanesOfGood, import: { ...waiting, lastError: 'x'.repeat(200) } } };
    await page.setViewportSize({ width, height: 800 });
    await page.goto(`${inbox.url}/delivery`);
    await page.locator('.services summary').click();
    await page.locator('.services table').waitFor();
    const scrollWidth = 'Math.max(...[...document.querySelectorAll("html, .sheet")].map((part) => part.scrollWidth))';
    expect(await page.evaluate(scrollWidth)).toBeLessThanOrEqual(width);
  });
});
