import jsqr from 'jsqr';
import type { Page, Route } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AppInBrowser, startAppInBrowser } from './support/app-in-browser.ts';
import type { FakeAnswer, Received } from './support/fake-services.ts';
import { overflowing } from './support/overflow.ts';
import { code, microsite, statistics, summary, unauthorized, user, vendorAnswer } from './support/platform-data.ts';

let isLoggedIn = true;

function answer({ url }: Received): FakeAnswer {
  const path = url.split('?')[0];
  const vendor = vendorAnswer(url);
  if (vendor) return vendor;
  if (!isLoggedIn) return unauthorized;
  if (path === '/auth/me') return { body: { user } };
  if (path === '/auth/plans') return { body: { plans: [{ name: 'free', prices: {} }] } };
  if (path === '/qr') return { body: { items: [code], total: 1, nextCursor: null } };
  if (path === '/qr/code-1') return { body: code };
  if (path === '/microsites') return { body: { items: [microsite], total: 1, nextCursor: null } };
  if (path === '/microsites/microsite-01') return { body: microsite };
  if (path === '/analytics/summary') return { body: summary };
  if (path?.startsWith('/analytics/qrs/')) return { body: statistics };
  return { status: 404, body: { error: 'Not Found', message: 'Nothing here.' } };
}

let app: AppInBrowser;
let page: Page;
const complaints: string[] = [];
beforeAll(async () => {
  app = await startAppInBrowser(answer);
}, 60_000);
afterAll(() => app.close());
beforeEach(async () => {
  isLoggedIn = true;
  page = await app.open();
  page.on('console', (message) => {
    if (/content security policy/i.test(message.text())) complaints.push(message.text());
  });
  return () => page.context().close();
}, 30_000);

const focusedId = () => page.evaluate<string>('document.activeElement.id');
const open = (path: string) => page.goto(app.origin + path);
const heading = (name: string) => page.getByRole('heading', { name, level: 1 }).waitFor();

/** Holds answers back until it is called. */
async function hold(pattern: string): Promise<() => void> {
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route(pattern, async (route: Route) => {
    await released;
    await route.continue();
  });
  return release;
}

describe('the first page of a visitor', { timeout: 30_000 }, () => {
  it('says what this is, shows a code and statistics, and leads to the sign-up', async () => {
    isLoggedIn = false;
    await open('/');
    await heading('QR codes you can change after printing');
    await page.getByText('Example', { exact: true }).waitFor();
    await page.getByText('Switzerland').waitFor();
    const picture = await page.getByRole('img', { name: 'QR code that leads to this site' }).screenshot();
    const { data, info } = await sharp(picture).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
    const read = jsqr.default(new Uint8ClampedArray(data), info.width, info.height);
    expect(read?.data).toBe(`${app.origin}/signup`);
    await page.getByRole('link', { name: 'Create a free account' }).click();
    await heading('Create your account');
  });

  it('is not loaded by people who are logged in', async () => {
    const scripts: string[] = [];
    page.on('request', (request) => scripts.push(request.url()));
    await open('/');
    await heading('Your QR codes');
    expect(scripts.filter((url) => url.includes('landing-page'))).toEqual([]);
  });

  it('is still asked for the log-in on pages of an account', async () => {
    isLoggedIn = false;
    await open('/create');
    await heading('Log in');
  });
});

describe('a page', { timeout: 30_000 }, () => {
  it.each([
    ['/', 'Your QR codes'],
    ['/create', 'New QR code'],
    ['/qr/code-1', 'Lunch'],
    ['/microsites', 'Your microsites'],
    ['/microsites/new', 'New microsite'],
    ['/microsites/microsite-01', 'Corner Café'],
    ['/account', 'Account'],
    ['/nowhere', 'Not found'],
    ['/qr/code-2', 'Not found'],
  ])('under %s is called %s in its tab', async (path, title) => {
    await open(path);
    await expect.poll(() => page.title(), { timeout: 5000 }).toBe(`${title} · QR Platform`);
  });

  it.each([
    ['/', 'QR codes you can change after printing'],
    ['/login', 'Log in'],
    ['/signup', 'Create your account'],
  ])('of a visitor under %s is called %s in its tab', async (path, title) => {
    isLoggedIn = false;
    await open(path);
    await expect.poll(() => page.title(), { timeout: 5000 }).toBe(`${title} · QR Platform`);
  });

  it('has the focus when somebody has come from another one, and not when it is loaded or filtered', async () => {
    await open('/');
    await page.getByRole('link', { name: 'Lunch' }).waitFor();
    expect(await focusedId()).not.toBe('content');
    await page.getByLabel('Sort by').selectOption('title');
    await expect.poll(() => page.url()).toContain('sort=title');
    expect(await focusedId()).not.toBe('content');
    await page.getByRole('link', { name: 'Microsites' }).click();
    await heading('Your microsites');
    await expect.poll(focusedId).toBe('content');
    await page.goBack();
    await page.getByRole('link', { name: 'Lunch' }).waitFor();
    await expect.poll(focusedId).toBe('content');
  });

  it('that takes its time is announced by a bar, which shows after 150 ms and goes with the page', async () => {
    await open('/');
    await page.getByRole('link', { name: 'Lunch' }).waitFor();
    const release = await hold('**/assets/create-qr-form-*.js');
    await page.getByRole('link', { name: 'New QR code' }).click();
    const bar = page.getByRole('progressbar', { name: 'Loading page' });
    await bar.waitFor({ state: 'attached' });
    const style = (name: string) =>
      bar.evaluate((element, key) => getComputedStyle(element).getPropertyValue(key), name);
    expect(await style('animation-delay')).toBe('0.15s');
    await expect.poll(() => style('opacity')).toBe('1');
    release();
    await heading('New QR code');
    await bar.waitFor({ state: 'detached' });
  });

  it('shows its frame before the script has loaded', async () => {
    const release = await hold('**/assets/*.js');
    await page.goto(app.origin, { waitUntil: 'commit' });
    await page.getByText('Loading…').waitFor();
    expect(await page.locator('.site-header').evaluate((header) => getComputedStyle(header).display)).toBe('flex');
    expect(await page.getByRole('link', { name: 'QR Platform' }).isVisible()).toBe(true);
    release();
    await heading('Your QR codes');
  });

  it('has a header of one row at 360 px, in which the current page weighs as much as the others', async () => {
    await page.setViewportSize({ width: 360, height: 700 });
    await open('/');
    await heading('Your QR codes');
    const links = page.getByRole('navigation', { name: 'Main' }).getByRole('link');
    const rows = await links.evaluateAll((all) => all.map((link) => Math.round(link.getBoundingClientRect().top)));
    expect(rows).toHaveLength(3);
    expect(new Set(rows).size).toBe(1);
    const weights = await links.evaluateAll((all) => all.map((link) => getComputedStyle(link).fontWeight));
    expect(new Set(weights).size).toBe(1);
    expect(await page.locator('.site-header').evaluate((header) => header.clientHeight)).toBeLessThan(70);
    expect(await overflowing(page)).toEqual([]);
  });
});

describe('without an answer of the server', { timeout: 30_000 }, () => {
  const cutOff = async () => {
    await page.route('**/api/**', (route) => route.abort());
    await page.route('**/health/live', (route) => route.abort());
  };
  const reconnect = async () => {
    await page.unroute('**/api/**');
    await page.unroute('**/health/live');
  };

  it('nobody is taken for a stranger, and the page comes by itself when there is one', async () => {
    await cutOff();
    await open('/account');
    await page.getByText('The server cannot be reached. Trying again…').waitFor();
    await page.waitForTimeout(1500);
    expect(new URL(page.url()).pathname).toBe('/account');
    await reconnect();
    await heading('Account');
    await page.getByText('The server cannot be reached.').waitFor({ state: 'hidden' });
  });

  it('a page blames nobody, and shows its content by itself when there is one', async () => {
    await open('/microsites');
    await heading('Your microsites');
    await cutOff();
    await page.getByRole('link', { name: 'Corner Café' }).first().click();
    await page.getByText('The server cannot be reached. Trying again…').waitFor();
    await page.waitForTimeout(3000);
    expect(await page.getByText(/our fault|broke|went wrong/i).count()).toBe(0);
    await reconnect();
    await heading('Corner Café');
    await page.getByText('The server cannot be reached.').waitFor({ state: 'hidden' });
  });
});

it('no page has broken the content security policy', () => {
  expect(complaints).toEqual([]);
});
