import { beforeEach, describe, expect, it } from 'vitest';
import { isBrowserAvailable } from '../../../../e2e/browser.ts';
import { pageInBrowser } from './page-in-browser.ts';
import { tellReports } from './report-data.ts';

const DAY_MS = 86_400_000;

describe.skipIf(!isBrowserAvailable())('the tab Retention', { timeout: 60_000 }, () => {
  const shared = pageInBrowser();

  beforeEach(() => tellReports(shared.inbox));

  const open = (query = ''): Promise<unknown> => shared.page.goto(`${shared.inbox.url}/retention?zone=UTC&${query}`);
  const table = async (): Promise<readonly (readonly string[])[]> => {
    await shared.page.locator('.heat').waitFor();
    return shared.page
      .locator('.heat tbody tr')
      .evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent ?? '')));
  };
  const daysAgo = (days: number): string => new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10);

  it('shows who came back, by the day of the first time and the days since', async () => {
    await open('born=signup_completed&event=qr_scanned&intervals=2');
    // Ann and Bob signed up two days ago and scanned at once, Ann again on the next day. Cat came a day later, for nothing.
    expect(await table()).toEqual([
      ['All', '3', '67%', '33%', '0%'],
      [daysAgo(2), '2', '100%', '50%', '0%'],
      [daysAgo(1), '1', '0%', '0%', ''],
      [daysAgo(0), '0', '', '', ''],
    ]);
    const headers = await shared.page.locator('.heat thead th').allTextContents();
    expect(headers).toEqual(['Day', 'People', 'Day 0', 'Day 1', 'Day 2']);
    const shades = await shared.page
      .locator('.heat tbody tr')
      .first()
      .locator('td')
      .evaluateAll((cells) => cells.map((cell) => cell.className));
    expect(shades).toEqual(['', 'shade-7', 'shade-4', '']);
  });

  it('counts a return in its interval alone, or in all before it too', async () => {
    const { page } = shared;
    await open('born=signup_completed&event=login_completed&intervals=1');
    expect((await table())[0]).toEqual(['All', '1', '0%', '0%']);
    await open('born=signup_completed&event=login_completed&intervals=2');
    expect((await table())[1]).toEqual([daysAgo(2), '2', '0%', '50%', '0%']);
    await page.getByRole('combobox', { name: 'Came back', exact: true }).selectOption('In it or later');
    await page.locator('.heat .shade-5').nth(1).waitFor();
    expect((await table())[1]).toEqual([daysAgo(2), '2', '50%', '50%', '0%']);
  });

  it('takes any event for a return, and weeks for intervals', async () => {
    const { page } = shared;
    await open('intervals=2');
    // Bob has logged in on the day after, too.
    expect((await table())[1]).toEqual([daysAgo(2), '2', '100%', '100%', '0%']);
    await page.getByLabel('Unit').selectOption('Week');
    await page.locator('.heat th', { hasText: 'Week 2' }).waitFor();
    expect((await table())[0]?.slice(0, 3)).toEqual(['All', '3', '67%']);
  });

  it('shows the view that an address describes, and keeps what is chosen in it', async () => {
    const { page } = shared;
    await open(
      'born=qr_created&event=qr_scanned&unit=week&intervals=3&kind=after&mode=calendar&who=qr_scanned&times=2&days=9',
    );
    // Ann alone has scanned twice.
    expect((await table())[0]?.slice(0, 2)).toEqual(['All', '1']);
    const values = await page
      .locator('.choices :is(select, input)')
      .evaluateAll((fields) =>
        fields.map((field) =>
          field instanceof HTMLSelectElement || field instanceof HTMLInputElement ? field.value : '',
        ),
      );
    expect(values).toEqual([
      'qr_created',
      'qr_scanned',
      'week',
      '3',
      'after',
      'calendar',
      'UTC',
      'qr_scanned',
      '2',
      '9',
    ]);
    await page.getByLabel('Intervals', { exact: true }).fill('5');
    await page.getByLabel('Intervals', { exact: true }).press('Enter');
    await page.locator('.heat th', { hasText: 'Week 5' }).waitFor();
    expect(new URL(page.url()).searchParams.get('intervals')).toBe('5');
  });

  it('says why there is nobody', async () => {
    const { page } = shared;
    await open('born=plan_upgraded');
    await page.getByRole('heading', { name: 'Nobody did plan_upgraded for the first time in these days' }).waitFor();
    await page.getByText('plan_upgraded has never arrived here').waitFor();
  });
});
