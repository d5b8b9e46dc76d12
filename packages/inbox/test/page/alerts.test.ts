import { alertRules } from '@qr/observability/alerts';
import { describe, expect, it } from 'vitest';
import { isBrowserAvailable } from '../../../../e2e/browser.ts';
import { goodEvent, post } from '../requests.ts';
import { pageInBrowser } from './page-in-browser.ts';
import { tellStory } from './story.ts';

const DAY_MS = 86_400_000;

describe.skipIf(!isBrowserAvailable())('the Alerts tab', { timeout: 60_000 }, () => {
  const shared = pageInBrowser({ alerts: alertRules });

  const rulesOf = async () => {
    const articles = await shared.page.getByRole('article').all();
    return Promise.all(
      articles.map(async (article) => [
        await article.getByRole('heading').textContent(),
        await article.locator('.state').textContent(),
        await article.locator('.found').textContent(),
      ]),
    );
  };

  it('shows each rule with its value and its bound, and why there is none', async () => {
    const { inbox, page } = shared;
    await page.goto(`${inbox.url}/alerts`);
    await page.getByRole('article').first().waitFor();
    expect(await rulesOf()).toEqual([
      ['Slow requests', 'no data', '– fires above 5,000 ms'],
      ['Signup drop', 'no data', '– fires below 10'],
      ['Conversion drop', 'no data', '– fires below 5 %'],
      ['Error spike', 'ok', '0 fires above 100'],
      ['New issue', 'ok', '0 fires above 0'],
      ['Scan spike', 'ok', '0 fires above 1,000'],
    ]);
    const signups = page.getByRole('article', { name: 'Signup drop' });
    expect(await signups.textContent()).toContain('No signup_completed came in this time, nor in the 7 days before.');
    expect(await signups.textContent()).toContain('Fewer than 10 people signed up in a day.');
    await page.getByText('none fires, 3 without data').waitFor();
  });

  it('puts what fires first, as soon as it arrives', async () => {
    const { inbox, page } = shared;
    await page.goto(`${inbox.url}/alerts`);
    await page.getByRole('article').first().waitFor();
    const now = Date.now();
    await tellStory(inbox, now);
    // Of yesterday, enough for the rule about sign-ups not to fire: soon after midnight the one of the story is of yesterday, too.
    const signups = Array.from({ length: 10 }, (_, index) =>
      goodEvent({ distinct_id: `s${index}`, time: now - DAY_MS }, 'signup_completed'),
    );
    await post(inbox, '/import', signups);
    const scans = Array.from({ length: 1001 }, (_, index) =>
      goodEvent({ distinct_id: `v${index}`, time: now }, 'qr_scanned'),
    );
    await post(inbox, '/import', scans);
    await page.locator('.alert.good').waitFor();
    expect((await rulesOf()).slice(0, 2)).toEqual([
      ['New issue', 'firing', '1 fires above 0'],
      ['Scan spike', 'good news', '1,001 fires above 1,000'],
    ]);
  });

  it('says of which time, here and in UTC', async () => {
    const { inbox, page } = shared;
    const yesterday = Math.floor(Date.now() / DAY_MS) * DAY_MS - DAY_MS;
    await post(inbox, '/import', [goodEvent({ time: yesterday }, 'signup_completed')]);
    await page.goto(`${inbox.url}/alerts`);
    const times = page.getByRole('article', { name: 'Signup drop' }).locator('time');
    await times.first().waitFor();
    const titles = await times.evaluateAll((elements) => elements.map((element) => element.getAttribute('title')));
    const midnights = [yesterday, yesterday + DAY_MS].map((time) => new Date(time).toISOString().slice(0, 10));
    expect(titles).toEqual(midnights.map((date) => `${date} 00:00:00.000 UTC`));
  });

  it('has for each rule the address of the view that shows more', async () => {
    const { inbox, page } = shared;
    await page.goto(`${inbox.url}/alerts`);
    await page.getByRole('article').first().waitFor();
    const links = page.getByRole('article').getByRole('link');
    const addresses = await links.evaluateAll((all) =>
      all.map((link) => [link.getAttribute('aria-label') ?? '', decodeURIComponent(link.getAttribute('href') ?? '')]),
    );
    expect(Object.fromEntries(addresses)).toEqual({
      'Error spike in Issues': '/issues',
      'New issue in Issues': '/issues',
      'Slow requests in Traces': '/traces',
      'Signup drop in Insights': '/insights?event=signup_completed&measure=total&unit=day&range=7d&zone=UTC',
      'Scan spike in Insights': '/insights?event=qr_scanned&measure=total&unit=hour&range=24h&zone=UTC',
      'Conversion drop in Funnels': '/funnels?steps=["signup_completed","qr_created"]&window=7d&range=30d&zone=UTC',
    });
  });

  it('leads there with the question of the rule, by keyboard too', async () => {
    const { inbox, page } = shared;
    await post(inbox, '/import', [
      goodEvent({ time: Date.now() - DAY_MS }, 'signup_completed'),
      goodEvent({ time: Date.now() }, 'qr_scanned'),
    ]);
    await page.goto(`${inbox.url}/alerts`);
    await page.getByRole('link', { name: 'Signup drop in Insights' }).focus();
    await page.keyboard.press('Enter');
    await page.locator('.figure').waitFor();
    expect(await page.getByRole('combobox', { name: 'Event', exact: true }).inputValue()).toBe('signup_completed');
    expect(await page.getByLabel('Each').inputValue()).toBe('day');
    await page.goto(`${inbox.url}/alerts`);
    await page.getByRole('link', { name: 'Conversion drop in Funnels' }).click();
    await page.locator('.funnel').waitFor();
    expect(await page.getByLabel('All steps within').inputValue()).toBe('7d');
    expect(await page.getByLabel('Entered').inputValue()).toBe('30d');
  });
});

describe.skipIf(!isBrowserAvailable())('the Alerts tab without rules', { timeout: 60_000 }, () => {
  const shared = pageInBrowser();

  it('says where they come from', async () => {
    const { inbox, page } = shared;
    await page.goto(`${inbox.url}/alerts`);
    await page.getByRole('heading', { name: 'There are no rules' }).waitFor();
    expect(await page.locator('.empty').textContent()).toContain('observability/alerts.ts');
  });
});
