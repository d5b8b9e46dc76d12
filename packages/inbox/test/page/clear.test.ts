import { beforeEach, describe, expect, it } from 'vitest';
import { isBrowserAvailable } from '../../../../e2e/browser.ts';
import { goodEvent, post } from '../requests.ts';
import { pageInBrowser } from './page-in-browser.ts';

describe.skipIf(!isBrowserAvailable())('Clear', { timeout: 60_000 }, () => {
  const shared = pageInBrowser();
  const titles = (): Promise<string[]> => shared.page.locator('.row .title').allTextContents();

  beforeEach(async () => {
    const { inbox, page } = shared;
    await post(inbox, '/import', [goodEvent({}, 'a'), goodEvent({}, 'b')]);
    await page.goto(inbox.url);
    await expect.poll(titles).toEqual(['b', 'a']);
  });

  it('is undone with the keyboard, and keeps what arrived meanwhile', async () => {
    const { inbox, page } = shared;
    await page.getByRole('button', { name: 'Clear' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('Cleared 2 records').waitFor();
    await expect.poll(titles).toEqual([]);
    await post(inbox, '/import', [goodEvent({}, 'c')]);
    await expect.poll(titles).toEqual(['c']);
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Undo');
    await page.keyboard.press('Enter');
    await expect.poll(titles).toEqual(['c', 'b', 'a']);
    await page.getByText('Cleared 2 records').waitFor({ state: 'detached' });
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Clear');
  });

  it('can be undone after a reload, and from another tab, where the offer goes too', async () => {
    const { inbox, page } = shared;
    const other = await page.context().newPage();
    try {
      await other.goto(`${inbox.url}/issues`);
      await page.getByRole('button', { name: 'Clear' }).click();
      await page.reload();
      await page.getByText('Cleared 2 records').waitFor();
      await other.getByRole('button', { name: 'Undo' }).click();
      await expect.poll(titles).toEqual(['b', 'a']);
      for (const each of [page, other]) await each.getByRole('button', { name: 'Undo' }).waitFor({ state: 'detached' });
    } finally {
      await other.close();
    }
  });

  it('is final after ten seconds, when the offer goes', async () => {
    const { inbox, page } = shared;
    await page.getByRole('button', { name: 'Clear' }).click();
    const undo = page.getByRole('button', { name: 'Undo' });
    await undo.waitFor();
    await undo.waitFor({ state: 'detached', timeout: 15_000 });
    expect(inbox.events()).toEqual([]);
    await page.reload();
    await page.getByRole('heading', { name: 'Nothing has arrived yet' }).waitFor();
    expect(await undo.count()).toBe(0);
  });
});
