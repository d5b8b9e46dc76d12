import { beforeEach, describe, expect, it } from 'vitest';
import { isBrowserAvailable } from '../../../../e2e/browser.ts';
import { goodEvent, post } from '../requests.ts';
import { pageInBrowser } from './page-in-browser.ts';

/** Thirteen or fourteen hours after Los Angeles is another day nearly always. */
const AUCKLAND = 'Pacific/Auckland';

describe.skipIf(!isBrowserAvailable())('the time zone of reports', { timeout: 60_000 }, () => {
  const shared = pageInBrowser();
  const at = Date.now() - 60_000;
  const dayIn = (zone: string): string => new Intl.DateTimeFormat('sv-SE', { timeZone: zone }).format(at);

  beforeEach(async () => {
    const { inbox, page } = shared;
    const session = await page.context().newCDPSession(page);
    await session.send('Emulation.setTimezoneOverride', { timezoneId: AUCKLAND });
    const ids = { $user_id: 'ann', distinct_id: 'ann' };
    await post(inbox, '/import', [
      goodEvent({ ...ids, time: at }, 'signup_completed'),
      goodEvent({ ...ids, time: at + 1000 }, 'qr_created'),
      goodEvent({ ...ids, time: at + 2000 }, '$session_start'),
    ]);
  });

  it.each(['/insights', '/funnels', '/retention'])(
    'is that of the browser on %s, and the page says so',
    async (path) => {
      const { inbox, page } = shared;
      await page.goto(`${inbox.url}${path}`);
      await page.getByText(`Days begin at midnight in ${AUCKLAND}, the time zone of this browser.`).waitFor();
      expect(await page.getByLabel('Time zone').inputValue()).toBe(AUCKLAND);
      await page.getByLabel('Time zone').selectOption('America/Los_Angeles');
      await page.getByText('Days begin at midnight in America/Los_Angeles.').waitFor();
      expect(new URL(page.url()).searchParams.get('zone')).toBe('America/Los_Angeles');
    },
  );

  it('decides the day of a cohort and of an event', async () => {
    const { inbox, page } = shared;
    for (const zone of [AUCKLAND, 'America/Los_Angeles']) {
      await page.goto(`${inbox.url}/retention?born=signup_completed&zone=${zone}`);
      await page
        .locator('.heat tbody tr', { hasText: dayIn(zone) })
        .locator('td', { hasText: /^1$/ })
        .waitFor();
      await page.goto(`${inbox.url}/insights?event=signup_completed&zone=${zone}`);
      await page.getByText('Show as a table').click();
      await page
        .locator('tr', { hasText: dayIn(zone) })
        .locator('td', { hasText: /^1$/ })
        .waitFor();
    }
  });

  it('offers no session event to retention', async () => {
    const { inbox, page } = shared;
    await page.goto(`${inbox.url}/retention`);
    await page.locator('.heat').waitFor();
    const options = await page.getByLabel('First did').locator('option').allTextContents();
    expect(options).toContain('qr_created');
    expect(options).not.toContain('$session_start');
  });
});
