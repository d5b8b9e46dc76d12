import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AppInBrowser, startAppInBrowser } from './support/app-in-browser.ts';
import type { FakeAnswer, Received } from './support/fake-services.ts';

const user = { id: 'user-1', email: 'ada@private.example', plan: 'free', createdAt: '2026-11-01T00:00:00.000Z' };

function answer({ url }: Received): FakeAnswer {
  const path = url.split('?')[0];
  if (path === '/track/' || path === '/engage/') return { body: { status: 1, error: null } };
  if (path?.startsWith('/api/')) return {};
  if (path === '/auth/me') return { body: { user } };
  if (path === '/qr' || path === '/microsites') return { body: { items: [], total: 0, nextCursor: null } };
  return { status: 404, body: { error: 'Not Found', message: 'Nothing here.' } };
}

let app: AppInBrowser;
let page: Page;
beforeAll(async () => {
  app = await startAppInBrowser(answer);
}, 60_000);
afterAll(() => app.close());
beforeEach(async () => {
  app.services.received.splice(0);
  page = await app.open();
});
afterEach(() => page.context().close());

const heading = (text: string) => page.getByRole('heading', { name: text }).waitFor({ timeout: 10_000 });
const errorTypes = () =>
  app.services.received
    .filter(({ url }) => url.startsWith('/api/42/envelope/'))
    .flatMap(({ body }) => body.split('\n'))
    .flatMap((line) => (line.includes('"exception"') ? [JSON.parse(line).exception.values.at(-1).type as string] : []));
const CHUNK = /assets\/create-qr-form-/;
const goToCreate = () =>
  page.evaluate("history.pushState(null, '', '/create'); dispatchEvent(new PopStateEvent('popstate'))");

describe('a page whose code cannot be fetched', () => {
  it('says that the visitor is offline, and opens by itself when the connection is back', async () => {
    await page.goto(`${app.origin}/login`);
    await page.goto(app.origin);
    await page.getByRole('link', { name: 'Account' }).waitFor();
    await page.context().setOffline(true);
    await goToCreate();
    await heading('You are offline');
    expect(await page.getByText('our fault').count()).toBe(0);
    await page.context().setOffline(false);
    await heading('New QR code');
    await expect.poll(errorTypes, { timeout: 20_000 }).toEqual(['ChunkLoadError']);
  });

  it('opens with "Try again", without a reload', async () => {
    await page.goto(app.origin);
    await page.getByRole('link', { name: 'Account' }).waitFor();
    await page.evaluate('globalThis.isSamePage = true');
    await page.route(CHUNK, (route) => route.fulfill({ status: 503 }));
    await goToCreate();
    await heading('This page could not be loaded');
    await page.getByRole('button', { name: 'Try again' }).click();
    await heading('This page could not be loaded');
    await page.unroute(CHUNK);
    await page.getByRole('button', { name: 'Try again' }).click();
    await heading('New QR code');
    expect(await page.evaluate('globalThis.isSamePage')).toBe(true);
  });

  it('is loaded from the new release once, and says so when that does not help', async () => {
    let loads = 0;
    await page.route(CHUNK, (route) => route.fulfill({ status: 404 }));
    await page.goto(app.origin);
    await page.getByRole('link', { name: 'Account' }).waitFor();
    // What the server has now was built from other sources.
    await page.route(`${app.origin}/`, (route) => route.fulfill({ contentType: 'text/html', body: '<p>newer</p>' }));
    page.on('request', (request) => {
      if (request.isNavigationRequest()) loads++;
    });
    await goToCreate();
    await heading('A new version is available');
    expect(loads).toBe(1);
    expect(new URL(page.url()).pathname).toBe('/create');
    await page.unroute(CHUNK);
    await page.unroute(`${app.origin}/`);
    await page.getByRole('button', { name: 'Reload the page' }).click();
    await heading('New QR code');
  });

  it('shows an error in the code of a page as what it is', async () => {
    await page.route(CHUNK, (route) =>
      route.fulfill({ contentType: 'text/javascript', body: 'throw new Error("evaluated")' }),
    );
    await page.goto(app.origin);
    await page.getByRole('link', { name: 'Account' }).waitFor();
    await goToCreate();
    await heading('This page broke');
    await expect.poll(errorTypes, { timeout: 20_000 }).toEqual(['Error']);
  });
});
