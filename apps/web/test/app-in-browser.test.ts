import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type AppInBrowser, startAppInBrowser } from './support/app-in-browser.ts';
import type { FakeAnswer, Received } from './support/fake-services.ts';
import { overflowing } from './support/overflow.ts';

const user = {
  id: 'user-1',
  email: 'ada@private.example',
  name: 'Ada',
  plan: 'free',
  createdAt: '2026-11-01T00:00:00.000Z',
};
const code = {
  id: 'code-1',
  type: 'url',
  title: 'Lunch',
  destinationUrl: 'https://destination.example/lunch',
  scanUrl: 'http://localhost:3004/scan/code-1',
  pngUrl: '/qr/code-1/image.png',
  svgUrl: '/qr/code-1/image.svg',
  hasCustomLogo: false,
  color: '000000',
  level: 'M',
  forwardsQuery: false,
  status: 'active',
  createdAt: '2026-11-02T00:00:00.000Z',
};
const day = { start: '2026-11-02', scans: 7, uniqueVisitors: 5 };
const summary = {
  from: '2026-10-04',
  to: '2026-11-02',
  scans: 7,
  uniqueVisitors: 5,
  series: [day],
  byCode: [{ qrId: 'code-1', scans: 7 }],
};
const statistics = {
  ...{ qrId: 'code-1', from: '2026-10-04', to: '2026-11-02', interval: 'day', timeZone: 'UTC' },
  ...{ scans: 7, uniqueVisitors: 5, botScans: 1, series: [day], topDays: [] },
  byCountry: [{ value: 'CH', scans: 7 }],
  byDevice: [{ value: 'mobile', scans: 7 }],
  byBrowser: [{ value: 'Safari', scans: 7 }],
};
const unauthorized = { status: 401, body: { error: 'Unauthorized', message: 'Log in first.' } };

/** What the services know; each test starts with nobody logged in. */
let world = { isLoggedIn: false, isSessionOver: false };

function answer({ method, url }: Received): FakeAnswer {
  const path = url.split('?')[0];
  if (path === '/track/' || path === '/engage/') return { body: { status: 1, error: null } };
  if (path === '/auth/login') {
    world.isLoggedIn = true;
    return { body: { user } };
  }
  if (path === '/auth/refresh') {
    world.isSessionOver = false;
    return world.isLoggedIn ? { body: { user } } : unauthorized;
  }
  if (path === '/auth/signup') {
    return { status: 400, body: { error: 'Bad Request', message: 'Use 8 characters or more.', field: 'password' } };
  }
  if (path?.startsWith('/api/')) return {};
  if (!world.isLoggedIn || world.isSessionOver) return unauthorized;
  if (path === '/auth/me') return { body: { user } };
  if (path === '/qr/generate' && method === 'POST') return { status: 201, body: { ...code, isFirst: true } };
  if (path === '/qr/preview') return { headers: { 'content-type': 'image/svg+xml' }, body: 'picture' };
  if (path === '/qr') return { body: { items: [code], total: 1, nextCursor: null } };
  if (path === '/analytics/summary') return { body: summary };
  if (path === '/analytics/qrs/code-1') return { body: statistics };
  return path === '/qr/code-1'
    ? { body: code }
    : { status: 404, body: { error: 'Not Found', message: 'No such code.' } };
}

let app: AppInBrowser;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  app = await startAppInBrowser(answer);
}, 60_000);
afterAll(() => app.close());
beforeEach(async () => {
  world = { isLoggedIn: false, isSessionOver: false };
  app.services.received.splice(0);
  page = await app.open();
  page.on('console', (message) => {
    if (/content security policy/i.test(message.text())) complaints.push(message.text());
  });
  return () => page.context().close();
}, 30_000);

async function logIn(path: string) {
  // Without a session `/` is the landing page.
  await page.goto(app.origin + (path === '/' ? '/login' : path));
  await page.getByLabel('E-mail').fill(user.email);
  await page.getByLabel('Password').fill('correct horse battery');
  await page.getByRole('button', { name: 'Log in' }).click();
}

/** Everything that reached the vendors, as text. */
const sentToVendors = () =>
  decodeURIComponent(
    app.services.received
      .filter(({ url }) => /^\/(track|engage|api\/42)\//.test(url))
      .map(({ body }) => body.replaceAll('+', ' '))
      .join(),
  );

describe('the app', { timeout: 30_000 }, () => {
  it('sends a visitor to the log-in and back to the page they asked for', async () => {
    await logIn('/create');
    await page.getByRole('heading', { name: 'New QR code' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/create');
  });

  it('shows a complaint of the API beside its field, in its own words, and leads there', async () => {
    await page.goto(`${app.origin}/signup`);
    await page.getByLabel('E-mail').fill(user.email);
    const password = page.getByLabel('Password');
    await password.fill('12345678');
    await page.getByRole('button', { name: 'Sign up' }).click();
    await page.getByText('Use 8 characters or more.').waitFor();
    expect(await password.getAttribute('aria-invalid')).toBe('true');
    expect(await password.evaluate((field) => field === field.ownerDocument.activeElement)).toBe(true);
  });

  it('lists the codes and shows a new one', async () => {
    await logIn('/');
    await page.getByRole('link', { name: 'Lunch' }).waitFor();
    await page.getByRole('link', { name: 'New QR code' }).click();
    await page.getByLabel('Where should the code lead?').fill('https://destination.example/lunch');
    await page.getByRole('button', { name: 'Create code' }).click();
    await page.getByRole('link', { name: 'Download PNG' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/qr/code-1');
  });

  it('renews a session that has run out without a word', async () => {
    await logIn('/');
    await page.getByRole('link', { name: 'Lunch' }).waitFor();
    world.isSessionOver = true;
    await page.getByRole('link', { name: 'Lunch' }).click();
    await page.getByRole('link', { name: 'Download PNG' }).waitFor();
  });

  it('asks for a new log-in when a session cannot be renewed', async () => {
    await logIn('/');
    await page.getByRole('link', { name: 'Lunch' }).waitFor();
    world.isLoggedIn = false;
    await page.getByRole('link', { name: 'Lunch' }).click();
    await page.getByRole('heading', { name: 'Log in' }).waitFor();
  });

  it('counts a creation that got no answer as a network failure, and nothing that was typed leaves', async () => {
    await logIn('/create');
    await page.route('**/api/qr/generate', (route) => route.abort());
    await page.getByLabel('Where should the code lead?').fill('https://typed.example/?key=typed');
    await page.getByRole('button', { name: 'Create code' }).click();
    await page.getByText('No connection to the service.').waitFor();
    await vi.waitFor(() => expect(app.sentEvents().map(({ event }) => event)).toContain('qr_creation_failed'), 15_000);
    const failures = app.sentEvents().filter(({ event }) => event.startsWith('qr_creat'));
    expect(failures.map(({ properties }) => properties['reason'])).toEqual(['network']);
    expect(sentToVendors()).not.toMatch(/typed|private\.example|battery/);
  });

  it('delivers what was counted when the page is left before it was sent', async () => {
    await logIn('/');
    await page.getByRole('link', { name: 'Lunch' }).waitFor();
    await page.waitForFunction('(localStorage.__mpq_token1_ev ?? "").includes("dashboard_viewed")');
    await page.goto('about:blank');
    await vi.waitFor(() => expect(app.sentEvents().map(({ event }) => event)).toContain('dashboard_viewed'), 2000);
  });

  it('shows the error id that was sent, and nothing of the error, when a page breaks', async () => {
    await page.goto(`${app.origin}/debug`);
    await page.getByRole('button', { name: 'Crash this page' }).click();
    const alert = page.getByRole('alert');
    await alert.waitFor();
    const shown = await alert.locator('code').textContent();
    expect(await alert.textContent()).not.toContain('Deliberate');
    await vi.waitFor(() => expect(app.sentErrorIds()).toEqual([shown]), 10_000);
  });

  it('shows the page again after "Try again", asking anew for what it shows', async () => {
    await logIn('/');
    await page.getByRole('link', { name: 'Lunch' }).waitFor();
    await page.goto(`${app.origin}/debug`);
    await page.getByRole('button', { name: 'Crash this page' }).click();
    await page.getByRole('alert').getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('button', { name: 'Crash this page' }).waitFor();
  });

  it('says what could not be loaded, and loads it when it is tried again', async () => {
    await logIn('/create');
    let isBroken = true;
    const answered = {
      status: 500,
      json: { error: 'Internal Server Error', message: 'An error occurred', errorId: 'f'.repeat(32) },
    };
    await page.route('**/api/qr?*', (route) => (isBroken ? route.fulfill(answered) : route.continue()));
    await page.getByRole('link', { name: 'Codes', exact: true }).click();
    const alert = page.getByRole('alert');
    await alert.waitFor();
    expect(await alert.textContent()).toContain(`(Error id: ${'f'.repeat(32)})`);
    isBroken = false;
    await alert.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('link', { name: 'Lunch' }).waitFor();
  });

  it('says that there is no network, as long as there is none', async () => {
    await logIn('/');
    await page.getByRole('link', { name: 'Lunch' }).waitFor();
    await page.context().setOffline(true);
    await page.getByText('You are offline.').waitFor();
    await page.context().setOffline(false);
    await page.getByText('You are offline.').waitFor({ state: 'hidden' });
  });

  it('brings back whoever has to log in again to where they were', async () => {
    await logIn('/qr/code-1');
    await page.getByRole('link', { name: 'Download PNG' }).waitFor();
    world.isLoggedIn = false;
    await page.getByLabel('Leads to').fill('https://destination.example/dinner');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'Log in' }).waitFor();
    await page.getByLabel('E-mail').fill(user.email);
    await page.getByLabel('Password').fill('correct horse battery');
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('link', { name: 'Download PNG' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/qr/code-1');
  });

  it('takes a change back that the service refuses, which it has shown at once', async () => {
    await logIn('/qr/code-1');
    const switchOff = page.getByRole('button', { name: 'Switch off' });
    await switchOff.waitFor();
    let answerNow = () => {};
    const asked = new Promise<void>((resolve) => {
      answerNow = resolve;
    });
    await page.route('**/api/qr/code-1', async (route) => {
      if (route.request().method() !== 'PATCH') return route.continue();
      await asked;
      return route.fulfill({ status: 409, json: { error: 'Conflict', message: 'Not now.' } });
    });
    await switchOff.click();
    await page.getByRole('button', { name: 'Switch on' }).waitFor();
    answerNow();
    await page.getByText('Not now.').waitFor();
    await switchOff.waitFor();
  });

  it('counts a look at statistics once, however long it lasts', async () => {
    await page.clock.install();
    await logIn('/qr/code-1');
    await page.getByText('7 scans by 5 visitors').waitFor();
    await page.clock.runFor(25_000);
    const asked = () => app.services.received.filter(({ url }) => url.startsWith('/analytics/qrs/code-1?'));
    await vi.waitFor(() => expect(asked().length).toBeGreaterThanOrEqual(2), 10_000);
    expect(asked().filter(({ url }) => !url.includes('refresh=true'))).toHaveLength(1);
  });

  it.each(['/login', '/signup', '/nowhere', '/'])('fits a narrow screen on %s', async (path) => {
    world.isLoggedIn = path === '/';
    await page.setViewportSize({ width: 360, height: 700 });
    await page.goto(app.origin + path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(await overflowing(page)).toEqual([]);
  });
});

it('no page has broken the content security policy', () => {
  expect(complaints).toEqual([]);
});
