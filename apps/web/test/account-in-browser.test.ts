import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AppInBrowser, startAppInBrowser } from './support/app-in-browser.ts';
import type { FakeAnswer, Received } from './support/fake-services.ts';
import { overflowing } from './support/overflow.ts';

const PASSWORD = 'correct horse battery';
const user = { id: 'user-1', email: 'ada@private.example', name: 'Ada Byron', createdAt: '2026-11-01T00:00:00.000Z' };
const plans = [
  { name: 'free', prices: {} },
  { name: 'pro', prices: { EUR: 900, JPY: 1300 } },
  { name: 'business', prices: { EUR: 2900, JPY: 4200 } },
];
const unauthorized = { status: 401, body: { error: 'Unauthorized', message: 'Log in first.' } };
const wrongPassword = (field: string) => ({
  status: 403,
  body: { error: 'Forbidden', message: 'The password is wrong.', field },
});

/** What the services know. */
let world = { isLoggedIn: true, plan: 'free', arePlansBroken: false };

function answer({ method, url, body }: Received): FakeAnswer {
  const path = url.split('?')[0];
  // The browser's way to Mixpanel, and that of the app's own server.
  if (/^\/(track|engage|import)\b/.test(url)) return { body: { status: 1, code: 200, error: null } };
  if (url.startsWith('/api/')) return {};
  if (!world.isLoggedIn) return unauthorized;
  if (path === '/auth/me') {
    const name = method === 'PATCH' ? JSON.parse(body).name || null : user.name;
    return { body: { user: { ...user, name, plan: world.plan } } };
  }
  if (path === '/auth/plans') {
    return world.arePlansBroken ? { status: 500, body: { message: 'No plans today.' } } : { body: { plans } };
  }
  if (path === '/auth/plan') {
    world.plan = JSON.parse(body).plan;
    return { body: { user: { ...user, plan: world.plan } } };
  }
  if (path === '/auth/password') {
    return JSON.parse(body).currentPassword === PASSWORD ? { status: 204 } : wrongPassword('currentPassword');
  }
  if (path === '/auth/account' && method === 'DELETE') {
    if (JSON.parse(body).password !== PASSWORD) return wrongPassword('password');
    world.isLoggedIn = false;
    return { status: 204 };
  }
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
  world = { isLoggedIn: true, plan: 'free', arePlansBroken: false };
  app.services.received.splice(0);
  page = await app.open();
  page.on('console', (message) => {
    if (/content security policy/i.test(message.text())) complaints.push(message.text());
  });
  return () => page.context().close();
}, 30_000);

async function openAccount() {
  await page.goto(`${app.origin}/account`);
  await page.getByRole('heading', { name: 'Account', exact: true }).waitFor();
}

const section = (name: string) => page.getByRole('region', { name, exact: true });

/** The bodies that a path has received. */
const sentTo = (path: string) =>
  app.services.received.filter(({ url, body }) => url === path && body !== '').map(({ body }) => JSON.parse(body));

const isFocused = (label: ReturnType<Page['getByLabel']>) =>
  label.evaluate((field) => field === field.ownerDocument.activeElement);

describe('the account page', { timeout: 30_000 }, () => {
  it('says who is logged in, by name, and lets them change it', async () => {
    await openAccount();
    await page.getByText(`Logged in as Ada Byron (${user.email})`).waitFor();
    await page.getByLabel('Name').fill('  Ada Lovelace ');
    await page.getByRole('button', { name: 'Save name' }).click();
    await page.getByText('Logged in as Ada Lovelace').waitFor();
    expect(sentTo('/auth/me')).toEqual([{ name: 'Ada Lovelace' }]);
    expect(await page.locator('time').first().getAttribute('datetime')).toBe(user.createdAt);
  });

  it('orders a plan at its price in the minor units of the chosen currency, and shows it', async () => {
    await openAccount();
    await section('Plan').getByText('€9.00').waitFor();
    await page.getByLabel('Currency').selectOption('JPY');
    await section('Plan').getByText('¥1,300').waitFor();
    await page.getByRole('button', { name: 'Upgrade to Pro' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('You pay ¥1,300 a month, from today.').waitFor();
    await dialog.getByText('room for 1,000 codes').waitFor();
    expect(sentTo('/auth/plan')).toEqual([]);
    await dialog.getByRole('button', { name: 'Confirm upgrade' }).click();
    await page.getByText('Your plan is now Pro.').waitFor();
    expect(sentTo('/auth/plan')).toEqual([{ plan: 'pro', amountMinor: 1300, currency: 'JPY' }]);
    await section('Plan').getByText('You are on the Pro plan.').waitFor();
    await dialog.waitFor({ state: 'hidden' });
    expect(await section('Plan').getByRole('button').allTextContents()).toEqual([
      'Downgrade to Free',
      'Upgrade to Business',
    ]);
  });

  it('moves to a smaller plan after saying what that changes, and does nothing when the answer is no', async () => {
    world.plan = 'business';
    await openAccount();
    const dialog = page.getByRole('dialog');
    await page.getByRole('button', { name: 'Downgrade to Free' }).click();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'hidden' });
    expect(sentTo('/auth/plan')).toEqual([]);
    await page.getByRole('button', { name: 'Downgrade to Pro' }).click();
    await dialog.getByText('You pay €9.00 a month, from the next month.').waitFor();
    await dialog.getByRole('button', { name: 'Confirm downgrade' }).click();
    await page.getByText('Your plan is now Pro.').waitFor();
    expect(sentTo('/auth/plan')).toEqual([{ plan: 'pro' }]);
  });

  it('keeps the rest of the page when the plans cannot be loaded, and asks for them again', async () => {
    world.arePlansBroken = true;
    await openAccount();
    await section('Plan').getByText('No plans today.').waitFor();
    world.arePlansBroken = false;
    await section('Plan').getByRole('button', { name: 'Try again' }).click();
    await section('Plan').getByRole('button', { name: 'Upgrade to Pro' }).waitFor();
  });

  it('shows a wrong current password beside its field, and logs nobody out', async () => {
    await openAccount();
    const current = page.getByLabel('Current password');
    await current.fill('a wrong guess');
    await page.getByLabel('New password').fill('another battery');
    await page.getByRole('button', { name: 'Change password' }).click();
    await section('Password').getByText('The password is wrong.').waitFor();
    expect(await current.getAttribute('aria-invalid')).toBe('true');
    expect(await isFocused(current)).toBe(true);
    expect(new URL(page.url()).pathname).toBe('/account');
    expect(app.services.received.map(({ url }) => url)).not.toContain('/auth/refresh');
  });

  it('changes the password and empties the form', async () => {
    await openAccount();
    await page.getByLabel('Current password').fill(PASSWORD);
    await page.getByLabel('New password').fill('another battery');
    await page.getByRole('button', { name: 'Change password' }).click();
    await page.getByText('Password changed.').waitFor();
    expect(sentTo('/auth/password')).toEqual([{ currentPassword: PASSWORD, newPassword: 'another battery' }]);
    expect(await page.getByLabel('Current password').inputValue()).toBe('');
    expect(await page.getByLabel('New password').inputValue()).toBe('');
  });

  it('keeps a choice about privacy when the page is loaded again', async () => {
    await openAccount();
    const counting = page.getByRole('checkbox', { name: 'Count page views' });
    const recording = page.getByRole('checkbox', { name: 'Record the screen' });
    expect([await counting.isChecked(), await recording.isChecked()]).toEqual([true, false]);
    await counting.uncheck();
    await recording.check();
    await page.reload();
    await counting.waitFor();
    expect([await counting.isChecked(), await recording.isChecked()]).toEqual([false, true]);
  });

  it('leaves privacy to a browser that asks not to be tracked, and says so', async () => {
    await page.addInitScript('Object.defineProperty(navigator, "globalPrivacyControl", { value: true })');
    await openAccount();
    await page.getByText('Your browser asks not to be tracked').waitFor();
    for (const choice of await page.getByRole('checkbox').all()) {
      expect([await choice.isChecked(), await choice.isDisabled()]).toEqual([false, true]);
    }
  });

  it('asks before it deletes the account, and does nothing when the answer is no', async () => {
    await openAccount();
    await section('Delete account').getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Delete account' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    expect(sentTo('/auth/account')).toEqual([]);
  });

  it('asks for the password before it asks whether somebody is sure', async () => {
    await openAccount();
    await page.getByRole('button', { name: 'Delete account' }).click();
    expect(await isFocused(section('Delete account').getByLabel('Password'))).toBe(true);
    expect(await page.getByRole('dialog').count()).toBe(0);
  });

  it('shows a wrong password beside its field and deletes nothing', async () => {
    await openAccount();
    const password = section('Delete account').getByLabel('Password');
    await password.fill('a wrong guess');
    await page.getByRole('button', { name: 'Delete account' }).click();
    await page.getByRole('button', { name: 'Delete everything' }).click();
    await section('Delete account').getByText('The password is wrong.').waitFor();
    expect(await isFocused(password)).toBe(true);
    expect(new URL(page.url()).pathname).toBe('/account');
  });

  it('leads from a deleted account straight to the sign-up, where nothing of its owner is left', async () => {
    await openAccount();
    const paths: string[] = [];
    page.on('framenavigated', (frame) => {
      if (frame === page.mainFrame()) paths.push(new URL(frame.url()).pathname);
    });
    await section('Delete account').getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Delete account' }).click();
    await page.getByRole('button', { name: 'Delete everything' }).click();
    await page.getByRole('heading', { name: 'Create your account' }).waitFor();
    await page.getByText('Your account and everything in it is deleted.').waitFor();
    expect(sentTo('/auth/account')).toEqual([{ password: PASSWORD }]);
    expect(paths).toEqual(['/signup']);
    expect(await page.content()).not.toContain(user.email);
    await page.goto(`${app.origin}/account`);
    await page.getByRole('heading', { name: 'Log in' }).waitFor();
    expect(await page.content()).not.toContain(user.email);
  });

  it('sends nothing that was typed to anybody but the services', async () => {
    await openAccount();
    await page.getByLabel('Current password').fill('typed-guess');
    await page.getByLabel('New password').fill('typed-wish');
    await page.getByRole('button', { name: 'Change password' }).click();
    await section('Password').getByText('The password is wrong.').waitFor();
    await page.goto('about:blank');
    await expect.poll(() => app.sentEvents().length, { timeout: 10_000 }).toBeGreaterThan(0);
    const toVendors = app.services.received.filter(({ url }) => /^\/(track|engage|api\/42)\//.test(url));
    const text = decodeURIComponent(toVendors.map(({ body }) => body.replaceAll('+', ' ')).join());
    expect(text).not.toMatch(/typed|private\.example/);
  });

  it.each([360, 1440])('fits a screen %i px wide', async (width) => {
    await page.setViewportSize({ width, height: 700 });
    await openAccount();
    await page.getByRole('button', { name: 'Upgrade to Pro' }).waitFor();
    expect(await overflowing(page)).toEqual([]);
  });
});

it('no page has broken the content security policy', () => {
  expect(complaints).toEqual([]);
});
