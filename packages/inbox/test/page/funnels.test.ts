import { beforeEach, describe, expect, it } from 'vitest';
import { isBrowserAvailable } from '../../../../e2e/browser.ts';
import { goodEvent, post } from '../requests.ts';
import { pageInBrowser } from './page-in-browser.ts';
import { tellReports } from './report-data.ts';

describe.skipIf(!isBrowserAvailable())('the tab Funnels', { timeout: 60_000 }, () => {
  const shared = pageInBrowser();

  beforeEach(() => tellReports(shared.inbox));

  const open = (query = ''): Promise<unknown> => shared.page.goto(`${shared.inbox.url}/funnels?${query}`);
  const shown = async (): Promise<readonly (readonly string[])[]> => {
    await shared.page.locator('.funnel li').first().waitFor();
    return shared.page
      .locator('.funnel li')
      .evaluateAll((steps) =>
        steps.map((step) => [...step.querySelectorAll('h3, .count, p > span')].map((part) => part.textContent)),
      );
  };
  const steps = (): Promise<readonly string[]> =>
    shared.page
      .locator('.steps select')
      .evaluateAll((fields) => fields.map((field) => (field instanceof HTMLSelectElement ? field.value : '')));

  it('begins with the steps from the first page to the first code, and how long users take', async () => {
    await open();
    // Ann needs an hour for each step, Bob three; Cat signs up after two. Times are means.
    expect(await shown()).toEqual([
      ['page_viewed', '4'],
      [
        'signup_completed',
        '3',
        '75% of the step before',
        '75% of the start',
        '2.0 h after the step before',
        '2.0 h after the start',
      ],
      [
        'qr_created',
        '2',
        '66.7% of the step before',
        '50% of the start',
        '2.0 h after the step before',
        '4.0 h after the start',
      ],
    ]);
    const summary = await shared.page.locator('.figure').textContent();
    expect(summary).toBe('50% came through: 2 of 4 people. The largest share is lost before qr_created');
  });

  it('counts only who came through in time, or every attempt', async () => {
    const { page } = shared;
    await open('steps=["page_viewed","signup_completed"]&window=1h');
    expect((await shown()).map(([, count]) => count)).toEqual(['4', '1']);
    await page.getByLabel('All steps within').selectOption('1 day');
    await page.locator('.funnel .count', { hasText: '3' }).waitFor();
    await open('steps=["qr_scanned","qr_scanned"]&counting=totals');
    // Ann enters with her first scan, and comes through with her second; Bob enters.
    expect((await shown()).map(([, count]) => count)).toEqual(['2', '1']);
  });

  it('takes other steps, more, fewer, and in another order, all with the keyboard', async () => {
    const { page } = shared;
    await open('steps=["page_viewed","signup_completed","qr_created","qr_scanned"]');
    await shown();
    await page.getByRole('button', { name: 'Move step 1, page_viewed down' }).press('Enter');
    expect(await steps()).toEqual(['signup_completed', 'page_viewed', 'qr_created', 'qr_scanned']);
    // The focus stays on the step that moved.
    await page.keyboard.press('Enter');
    expect(await steps()).toEqual(['signup_completed', 'qr_created', 'page_viewed', 'qr_scanned']);
    await page.getByRole('button', { name: 'Remove step 3, page_viewed' }).press('Enter');
    await page.getByRole('button', { name: 'Add a step' }).press('Enter');
    expect(await steps()).toEqual(['signup_completed', 'qr_created', 'qr_scanned', 'login_completed']);
    await page.getByRole('combobox', { name: /^Step 4/ }).selectOption('qr_scanned');
    const address = new URL(page.url());
    expect(JSON.parse(address.searchParams.get('steps') ?? '')).toEqual([
      'signup_completed',
      'qr_created',
      'qr_scanned',
      'qr_scanned',
    ]);
    await page.goto(address.href);
    expect((await shown()).map(([, count]) => count)).toEqual(['3', '2', '2', '1']);
  });

  it('counts only the people of the filter in the address', async () => {
    await open('who=qr_scanned&times=2&days=30');
    expect((await shown()).map(([, count]) => count)).toEqual(['1', '1', '1']);
  });

  it('suggests other steps when nobody went the way of the plan, and says when there are none', async () => {
    const { inbox, page } = shared;
    inbox.clear();
    await post(inbox, '/import', [goodEvent({ $user_id: 'ann' }, 'opened')]);
    await open();
    await page.getByRole('heading', { name: 'No funnel to suggest' }).waitFor();
    await post(inbox, '/import', [goodEvent({ $user_id: 'ann', time: Date.now() + 1000 }, 'bought')]);
    await page.reload();
    expect((await shown()).map(([name, count]) => [name, count])).toEqual([
      ['opened', '1'],
      ['bought', '1'],
    ]);
    await page.getByText('Suggested from what users did. Change any step.').waitFor();
  });

  it('says why nobody entered', async () => {
    const { page } = shared;
    await open('steps=["link_clicked","qr_scanned"]');
    await page.getByRole('heading', { name: 'Nobody entered: no link_clicked in this time' }).waitFor();
    await page.getByText('link_clicked has never arrived here').waitFor();
    await open('steps=["page_viewed","qr_scanned"]&who=link_clicked&times=2&days=7');
    await page.getByText('Only people count who did link_clicked at least 2 times in the last 7 days.').waitFor();
    await page.getByRole('link', { name: 'Count everybody' }).click();
    await shown();
  });
});
