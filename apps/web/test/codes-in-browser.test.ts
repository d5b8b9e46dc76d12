import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AppInBrowser, startAppInBrowser } from './support/app-in-browser.ts';
import type { FakeAnswer, Received } from './support/fake-services.ts';
import { overflowing } from './support/overflow.ts';
import { code, microsite, statistics, summary, user, vendorAnswer } from './support/platform-data.ts';

let stored: typeof code;
let refusal: { readonly field: string; readonly message: string } | undefined;

function answer({ method, url, body }: Received): FakeAnswer {
  const [path, query = ''] = url.split('?');
  const vendor = vendorAnswer(url);
  if (vendor) return vendor;
  if (path === '/auth/me') return { body: { user } };
  if (path === '/qr') {
    const items = query.includes('search=nothing') ? [] : [stored];
    return { body: { items, total: items.length, nextCursor: null } };
  }
  if (path === '/qr/preview') return { headers: { 'content-type': 'image/svg+xml' }, body: 'picture' };
  if (path === '/qr/generate') {
    if (refusal) return { status: 400, body: { error: 'Bad Request', ...refusal } };
    stored = { ...stored, ...JSON.parse(body) };
    return { status: 201, body: { ...stored, isFirst: false } };
  }
  if (path === '/qr/code-1') {
    if (method === 'PATCH') stored = { ...stored, ...JSON.parse(body) };
    return { body: stored };
  }
  if (path === '/microsites') return { body: { items: [microsite], total: 1, nextCursor: null } };
  if (path === '/analytics/summary') return { body: summary };
  if (path === '/analytics/qrs/code-1') {
    return { body: query.includes('country=CH') ? { ...statistics, scans: 5, uniqueVisitors: 3 } : statistics };
  }
  return { status: 404, body: { error: 'Not Found', message: 'Nothing here.' } };
}

let app: AppInBrowser;
let page: Page;
beforeAll(async () => {
  app = await startAppInBrowser(answer);
}, 60_000);
afterAll(() => app.close());
beforeEach(async () => {
  stored = code;
  refusal = undefined;
  app.services.received.splice(0);
  page = await app.open();
  return () => page.context().close();
}, 30_000);

const open = (path: string) => page.goto(app.origin + path);
const asked = (path: string) => app.services.received.filter(({ url }) => url.split('?')[0] === path);
const queries = (path: string) =>
  asked(path).map(({ url }) => Object.fromEntries(new URLSearchParams(url.split('?')[1])));
const bodies = (path: string) => asked(path).flatMap(({ body }) => (body === '' ? [] : [JSON.parse(body)]));

describe('the list of codes', { timeout: 30_000 }, () => {
  it('is searched, sorted and limited to days, in an address that can be shared', async () => {
    await open('/');
    await page.getByRole('link', { name: 'Lunch' }).waitFor();
    await page.getByLabel('Search codes').fill('lunch');
    await expect.poll(() => queries('/qr').at(-1)).toMatchObject({ search: 'lunch', sort: 'newest' });
    await page.getByLabel('Sort by').selectOption('Title');
    await expect.poll(() => queries('/qr').at(-1)).toMatchObject({ search: 'lunch', sort: 'title' });
    await page.getByLabel('Created', { exact: true }).selectOption('Custom range');
    await page.getByLabel('From', { exact: true }).fill('2026-01-01');
    await page.getByLabel('To', { exact: true }).fill('2026-01-31');
    await expect.poll(() => queries('/qr').at(-1)).toMatchObject({ from: '2026-01-01', to: '2026-01-31' });
    const { search } = new URL(page.url());
    expect(Object.fromEntries(new URLSearchParams(search))).toEqual({
      q: 'lunch',
      sort: 'title',
      from: '2026-01-01',
      to: '2026-01-31',
    });
    await page.reload();
    await expect.poll(() => page.getByLabel('Search codes').inputValue()).toBe('lunch');
    expect(await page.getByLabel('From', { exact: true }).inputValue()).toBe('2026-01-01');
  });

  it('says that nothing matches, and shows everything again', async () => {
    await open('/?q=nothing');
    await page.getByText('No codes match.').waitFor();
    await page.getByRole('link', { name: 'Show all codes' }).click();
    await page.getByRole('link', { name: 'Lunch' }).waitFor();
    expect(await page.getByLabel('Search codes').inputValue()).toBe('');
  });

  it('leaves out what an address asks for and nobody understands', async () => {
    await open('/?sort=size&from=yesterday&to=');
    await page.getByRole('link', { name: 'Lunch' }).waitFor();
    expect(queries('/qr')[0]).toEqual({ limit: '24', sort: 'newest' });
  });
});

describe('the page of a code', { timeout: 30_000 }, () => {
  it('stores the look, and every picture has it', async () => {
    await open('/qr/code-1');
    await page.getByLabel('Colour').selectOption('Blue');
    await page.getByLabel('Error correction').selectOption('Highest (30 %)');
    await expect.poll(() => bodies('/qr/code-1')).toEqual([{ color: '1d3b8b' }, { level: 'H' }]);
    await page.reload();
    await page.getByRole('link', { name: 'Download PNG' }).waitFor();
    expect(await page.getByLabel('Colour').inputValue()).toBe('1d3b8b');
    expect(await page.getByLabel('Error correction').inputValue()).toBe('H');
    const look = 'color=1d3b8b&level=H';
    for (const name of ['Download PNG', 'Download SVG'])
      expect(await page.getByRole('link', { name }).getAttribute('href')).toContain(look);
    await page.getByRole('link', { name: 'All codes' }).click();
    await page.getByRole('link', { name: 'Lunch' }).waitFor();
    expect(await page.locator('.code img').getAttribute('src')).toContain(look);
  });

  it('keeps a colour that was chosen elsewhere', async () => {
    stored = { ...code, color: '123456' };
    await open('/qr/code-1');
    expect(await page.getByLabel('Colour').inputValue()).toBe('123456');
  });

  it('copies the link', async () => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin: app.origin });
    await open('/qr/code-1');
    await page.getByRole('button', { name: 'Copy link' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(code.scanUrl);
  });

  it('copies the link where a page has no clipboard, and gives the focus back', async () => {
    await page.addInitScript('Object.defineProperty(navigator, "clipboard", { value: undefined })');
    await open('/qr/code-1');
    await page.getByRole('button', { name: 'Copy link' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Copied');
    const title = page.getByLabel('Title');
    await title.fill('');
    await page.keyboard.press('Control+V');
    await expect.poll(() => title.inputValue()).toBe(code.scanUrl);
  });

  it('limits the statistics to a country by a click, and lifts that again', async () => {
    await open('/qr/code-1');
    await page.getByText('7 scans by 5 visitors').waitFor();
    await page.getByRole('button', { name: 'Switzerland', exact: true }).click();
    await page.getByText('5 scans by 3 visitors').waitFor();
    await page.getByRole('button', { name: 'Mobile', exact: true }).click();
    await expect
      .poll(() => queries('/analytics/qrs/code-1').at(-1))
      .toMatchObject({ country: 'CH', device: 'mobile', interval: 'day' });
    expect(await page.getByRole('link', { name: 'Download as CSV' }).getAttribute('href')).toMatch(
      /&country=CH&device=mobile$/,
    );
    await page.getByRole('button', { name: 'Remove filter Switzerland' }).click();
    await page.getByText('7 scans by 5 visitors').waitFor();
    expect(queries('/analytics/qrs/code-1').at(-1)).not.toHaveProperty('country');
  });

  it('counts the days of choice', async () => {
    await open('/qr/code-1');
    await page.getByLabel('Period').selectOption('Custom range');
    await page.getByLabel('From', { exact: true }).fill('2026-01-01');
    await page.getByLabel('To', { exact: true }).fill('2026-01-31');
    await expect
      .poll(() => queries('/analytics/qrs/code-1').at(-1))
      .toMatchObject({ from: '2026-01-01', to: '2026-01-31' });
  });

  it('counts no more days than the service does', async () => {
    await open('/qr/code-1');
    await page.getByLabel('Period').selectOption('Custom range');
    await page.getByLabel('From', { exact: true }).fill('2024-01-01');
    await expect
      .poll(() => queries('/analytics/qrs/code-1').at(-1))
      .toMatchObject({ from: '2024-01-01', to: '2024-12-31' });
    await page.getByLabel('To', { exact: true }).fill('2026-01-01');
    await expect
      .poll(() => queries('/analytics/qrs/code-1').at(-1))
      .toMatchObject({ from: '2025-01-01', to: '2026-01-01' });
  });

  it('passes query parameters on when its owner says so', async () => {
    await open('/qr/code-1');
    await page.getByRole('checkbox', { name: /Pass on query parameters/ }).check();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved.').waitFor();
    expect(bodies('/qr/code-1')).toEqual([{ title: 'Lunch', forwardsQuery: true }]);
  });

  it('fits a narrow screen, with a long address', async () => {
    stored = { ...code, scanUrl: `https://${'long.'.repeat(20)}example/scan/code-1`, title: 'W'.repeat(100) };
    await page.setViewportSize({ width: 360, height: 700 });
    await open('/qr/code-1');
    await page.getByText('7 scans by 5 visitors').waitFor();
    expect(await overflowing(page)).toEqual([]);
  });
});

describe('a new code', { timeout: 30_000 }, () => {
  it('for a microsite begins with one, asks for no picture without one, and gets its title', async () => {
    await open('/create');
    await page.getByRole('radio', { name: 'Microsite' }).check();
    await page.getByRole('img', { name: 'How the code will look' }).waitFor();
    expect(bodies('/qr/preview')).toEqual([{ type: 'microsite', micrositeId: microsite.id }]);
    expect(await page.getByLabel('Title').getAttribute('placeholder')).toBe('Corner Café');
    await page.getByRole('button', { name: 'Create code' }).click();
    await page.getByRole('heading', { name: 'Corner Café' }).waitFor();
    expect(bodies('/qr/generate')).toMatchObject([{ micrositeId: microsite.id, title: 'Corner Café' }]);
  });

  it('leads to an address that was typed without its scheme', async () => {
    await open('/create');
    const field = page.getByLabel('Where should the code lead?');
    await field.fill('destination.example/menu');
    await page.getByRole('img', { name: 'How the code will look' }).waitFor();
    await page.getByLabel('Title').focus();
    expect(await field.inputValue()).toBe('https://destination.example/menu');
    await page.getByRole('button', { name: 'Create code' }).click();
    await page.getByRole('link', { name: 'Download PNG' }).waitFor();
    expect(bodies('/qr/generate')).toEqual([{ type: 'url', destinationUrl: 'https://destination.example/menu' }]);
  });

  it.each([
    [
      'Business card',
      { field: 'vcard.firstName', message: 'vcard must have a firstName, a lastName or an organization' },
      'Enter a first name, a last name or a company.',
    ],
    [
      'Business card',
      { field: 'vcard.phone', message: 'vcard.phone is not in the right form, or has characters that are not allowed' },
      'Enter a phone number, such as +41 44 123 45 67.',
    ],
    [
      'Link',
      { field: 'destinationUrl', message: 'destinationUrl must not be another code' },
      'Must not be another code.',
    ],
    [
      'Link',
      { field: 'destinationUrl', message: 'destinationUrl must be an address that begins with http:// or https://' },
      'Enter a web address, such as example.com/menu.',
    ],
  ])('of the kind %s is refused in plain words beside the field: %j', async (kind, refused, shown) => {
    refusal = refused;
    await open('/create');
    await page.getByRole('radio', { name: kind }).check();
    if (kind === 'Link') await page.getByLabel('Where should the code lead?').fill('https://destination.example/');
    await page.getByRole('button', { name: 'Create code' }).click();
    await page.getByText(shown).waitFor();
    const field = page.locator(`[name="${refused.field}"]`);
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    const id = String(await field.getAttribute('aria-describedby'));
    expect(await page.locator(`[id="${id}"]`).textContent()).toBe(shown);
  });

  it('without what it needs is not sent, and says so beside every such field', async () => {
    await open('/create');
    await page.getByRole('radio', { name: 'Wi-Fi' }).check();
    await page.getByRole('button', { name: 'Create code' }).click();
    await page.getByText('Enter the name of the network.').waitFor();
    await page.getByText('Enter the password: 8 to 63 characters.').waitFor();
    expect(bodies('/qr/generate')).toEqual([]);
    const top = (name: string) =>
      page.locator(`[name="${name}"]`).evaluate((field) => field.getBoundingClientRect().top);
    await page.getByRole('radio', { name: 'Business card' }).check();
    expect(await top('vcard.firstName')).toBe(await top('vcard.lastName'));
  });
});
