import { beforeEach, describe, expect, it } from 'vitest';
import { isBrowserAvailable } from '../../../../e2e/browser.ts';
import { goodEvent, post } from '../requests.ts';
import { pageInBrowser } from './page-in-browser.ts';
import { tellReports } from './report-data.ts';

describe.skipIf(!isBrowserAvailable())('the tab Insights', { timeout: 60_000 }, () => {
  const shared = pageInBrowser();

  beforeEach(() => tellReports(shared.inbox));

  const open = async (query: string): Promise<void> => {
    await shared.page.goto(`${shared.inbox.url}/insights?${query}`);
  };
  const bars = () =>
    shared.page
      .locator('.bars li')
      .evaluateAll((items) =>
        items.map((item) => [item.querySelector('.name')?.textContent, item.querySelector('b')?.textContent]),
      );

  it('adds up events, in a chart and in a table', async () => {
    const { page } = shared;
    await open('event=qr_scanned&zone=UTC');
    expect(await page.locator('.figure').textContent()).toBe('3 events in all');
    await page.locator('.chart canvas').waitFor();
    await page.getByText('Show as a table').click();
    const cells = await page.locator('.numbers td').allTextContents();
    expect(cells).toHaveLength(7);
    expect(cells.map(Number).reduce((total, count) => total + count)).toBe(3);
  });

  it('counts people, and events a person', async () => {
    const { page } = shared;
    await open('event=page_viewed&zone=UTC&measure=unique');
    expect(await page.locator('.figure').textContent()).toBe('4 people in all');
    await open('event=qr_scanned&zone=UTC&measure=unique');
    // Ann, who scanned on two days, is one of the two.
    await page.locator('.figure', { hasText: '2 people in all' }).waitFor();
    await page.getByLabel('Measure').selectOption('Events a person');
    await page.locator('.figure', { hasText: '1.5 events a person' }).waitFor();
  });

  it('shows the hours of yesterday and today by the clock of a zone, none of them to come', async () => {
    const { page, inbox } = shared;
    const now = Date.now();
    await post(inbox, '/import', [
      goodEvent({ time: now - 60_000 }, 'looked'),
      goodEvent({ time: now - 50 * 3_600_000 }, 'looked'),
    ]);
    await open('event=looked&range=2d&zone=Asia/Kolkata');
    await page.locator('.figure', { hasText: '1 event in all' }).waitFor();
    await page.getByText('Show as a table').click();
    const hours = await page.locator('.numbers tbody th').allTextContents();
    const inKolkata = new Date(Date.now() + 5.5 * 3_600_000).toISOString();
    expect(hours[0]).toBe(`${inKolkata.slice(0, 13).replace('T', ' ')}:00`);
    expect(hours).toHaveLength(25 + Number(inKolkata.slice(11, 13)));
  });

  it('breaks down by a property that is suggested or typed', async () => {
    const { page } = shared;
    await open('event=qr_scanned&zone=UTC');
    const field = page.getByLabel('Broken down by');
    await expect.poll(() => page.locator('datalist option').count()).toBeGreaterThan(0);
    await field.fill('country');
    await page.locator('.bars li').nth(1).waitFor();
    expect(await bars()).toEqual([
      ['CZ', '2'],
      ['DE', '1'],
    ]);
    expect(new URL(page.url()).searchParams.get('on')).toBe('country');
    await page.goBack();
    await page.locator('.figure').waitFor();
    await field.fill('count');
    await field.press('Enter');
    await page.locator('.bars li', { hasText: 'undefined' }).waitFor();
  });

  it('shows the view that an address describes', async () => {
    const { page } = shared;
    await open('event=qr_scanned&measure=unique&unit=hour&range=30d&on=country&zone=UTC&who=qr_created&times=1&days=7');
    await page.locator('.bars li').first().waitFor();
    const values = await page
      .locator('.choices :is(select, input)')
      .evaluateAll((fields) =>
        fields.map((field) =>
          field instanceof HTMLSelectElement || field instanceof HTMLInputElement ? field.value : '',
        ),
      );
    expect(values).toEqual(['qr_scanned', 'unique', 'hour', '30d', 'country', 'UTC', 'qr_created', '1', '7']);
  });

  it('counts only people who did something often enough, and offers that filter again', async () => {
    const { page } = shared;
    await open('event=qr_scanned&zone=UTC');
    await page.getByLabel('Only people who did').selectOption('qr_scanned');
    await page.getByLabel('at least so many times').fill('2');
    await page.getByLabel('at least so many times').press('Enter');
    // Ann alone has scanned twice.
    await page.locator('.figure', { hasText: '2 events in all' }).waitFor();
    await page.getByRole('button', { name: 'Who did not instead' }).click();
    await page.locator('.figure', { hasText: '1 event in all' }).waitFor();
    await page.getByRole('button', { name: 'Who did instead' }).click();
    await page.locator('.figure', { hasText: '2 events in all' }).waitFor();
    await page.getByRole('button', { name: 'Everybody again' }).click();
    await page.locator('.figure', { hasText: '3 events in all' }).waitFor();
    await page.getByRole('button', { name: 'Last filter: qr_scanned at least 2 times in the last 30 days' }).click();
    await page.locator('.figure', { hasText: '2 events in all' }).waitFor();
  });

  it('says why there is nothing, and what is wrong with a question', async () => {
    const { page, inbox } = shared;
    await open('event=nothing_such');
    await page.getByText('nothing_such has never arrived here').waitFor();
    await open('event=qr_scanned&zone=Nowhere');
    await page.getByText('timezone must be an IANA name').waitFor();
    await page.getByRole('link', { name: 'start over' }).click();
    await page.locator('.figure').waitFor();
    inbox.clear();
    await page.getByRole('heading', { name: 'No event has arrived yet' }).waitFor();
    // What is no event changes nothing; the first event does.
    await post(inbox, '/engage', [{ $token: 'any', $distinct_id: 'ann', $set: { plan: 'free' } }]);
    await post(inbox, '/import', [goodEvent({}, 'first_of_all')]);
    await page.locator('.figure', { hasText: '1 event in all' }).waitFor();
    expect(await page.getByRole('combobox', { name: 'Event', exact: true }).inputValue()).toBe('first_of_all');
  });
});
