import { beforeEach, describe, expect, it } from 'vitest';
import { isBrowserAvailable } from '../../../../e2e/browser.ts';
import { container, envelope, errorEvent, goodEvent, post, postEnvelope } from '../requests.ts';
import { pageInBrowser } from './page-in-browser.ts';

describe.skipIf(!isBrowserAvailable())('the lists of users, issues and traces', { timeout: 60_000 }, () => {
  const shared = pageInBrowser();
  const NOW = Date.now();

  beforeEach(async () => {
    const { inbox } = shared;
    for (let index = 0; index < 120; index += 1) {
      const event = {
        ...errorEvent('E', `broken ${index}!`, `f${index}`),
        timestamp: (NOW - index * 1000) / 1000,
        environment: index % 2 === 0 ? 'staging' : 'production',
        tags: { service: 'qr-service' },
        user: { id: `user-${index}!` },
      };
      await postEnvelope(inbox, envelope({ type: 'event' }, event));
    }
    await post(
      inbox,
      '/import',
      Array.from({ length: 120 }, (_, index) =>
        goodEvent({
          $user_id: `user-${index}!`,
          distinct_id: `user-${index}!`,
          time: NOW - index * 1000,
          service: 'web',
        }),
      ),
    );
    const attribute = (value: string) => ({ type: 'string', value });
    for (let index = 0; index < 3; index += 1) {
      const trace = String(index + 1).repeat(32);
      const span = (id: string, parent: string | null, name: string, op: string, ms: number) => ({
        trace_id: trace,
        span_id: id.repeat(16),
        ...(parent !== null && { parent_span_id: parent.repeat(16) }),
        name,
        is_segment: parent === null,
        start_timestamp: NOW / 1000,
        end_timestamp: (NOW + ms) / 1000,
        status: 'ok',
        attributes: {
          'sentry.op': attribute(op),
          'service.name': attribute('web'),
          'url.full': attribute(`http://localhost:3000/assets/${id}.js?v=1`),
        },
      });
      const page = [
        span('a', null, `/page-${index}`, 'pageload', 100 * (3 - index)),
        ...['b', 'c', 'd'].map((id) => span(id, 'a', 'localhost', 'resource.script', 5)),
        span('e', 'a', 'GET /api/codes', 'http.client', 20),
      ];
      await postEnvelope(
        inbox,
        container('span', index === 2 ? [span('a', null, 'GET /assets/a.js', 'http.server', 1)] : page),
      );
    }
  });

  const titles = () => shared.page.locator('.entry .title').allTextContents();
  const open = async (path: string): Promise<void> => {
    await shared.page.goto(`${shared.inbox.url}${path}`);
    await shared.page.locator('.entry').first().waitFor();
  };

  it('find an issue that is not among those shown, and keep the search in the address', async () => {
    const { page } = shared;
    await open('/issues');
    expect(await titles()).toHaveLength(100);
    await page.getByText('100 of 120 issues.').waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('broken 117!');
    await expect.poll(titles).toEqual(['E: broken 117!']);
    await page.reload();
    await expect.poll(titles).toEqual(['E: broken 117!']);
    await page.getByRole('link', { name: 'Clear filters' }).click();
    await page.getByRole('link', { name: 'Show more' }).click();
    await expect.poll(async () => (await titles()).length).toBe(120);
  });

  it('filter and sort, and come back to the same list from an issue', async () => {
    const { page } = shared;
    await open('/issues');
    await page.getByLabel('Environment').selectOption('production');
    await page.getByLabel('Sort by').selectOption('first_seen');
    await page.getByRole('button', { name: 'Descending order' }).click();
    await expect.poll(async () => (await titles())[0]).toBe('E: broken 119!');
    await page.getByText('60 issues.').waitFor();
    await page.locator('.entry').first().click();
    await page.getByRole('heading', { name: 'E: broken 119!' }).waitFor();
    await page.getByRole('link', { name: 'All issues' }).click();
    await expect.poll(async () => (await titles())[0]).toBe('E: broken 119!');
    expect(await page.getByLabel('Environment').inputValue()).toBe('production');
  });

  it('are walked with the keyboard', async () => {
    const { page } = shared;
    await open('/issues');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('j');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'E: broken 1!' }).waitFor();
  });

  it('find users, and offer one that no event names', async () => {
    const { page } = shared;
    await open('/user');
    await page.getByLabel('Search users').fill('user-119!');
    await expect.poll(titles).toEqual(['user-119!']);
    await page.getByLabel('Service').selectOption('qr-service');
    await page.locator('.entry', { hasText: '0 events' }).waitFor();
    await page.getByLabel('Search users').fill('nobody');
    await page.getByRole('heading', { name: 'No user matches' }).waitFor();
    await page.getByRole('link', { name: 'Open the user nobody' }).click();
    await page.getByRole('heading', { name: 'No records of this user' }).waitFor();
  });

  it('name traces by their root, and fold assets', async () => {
    const { page } = shared;
    await open('/traces?sort=duration');
    expect(await titles()).toEqual(['/page-0', '/page-1']);
    await page.getByText('1 trace of scripts, styles and images alone not shown.').waitFor();
    await page.locator('.entry', { hasText: '2 spans' }).first().getByText('3 assets').waitFor();
    await page.locator('.entry').first().click();
    const rows = () => page.locator('.waterfall .name > strong').allTextContents();
    await expect.poll(rows).toEqual(['/page-0', '3 assets', 'GET /api/codes']);
    await page.getByRole('link', { name: '3 assets' }).press('Enter');
    await expect.poll(rows).toEqual(['/page-0', '/assets/b.js', '/assets/c.js', '/assets/d.js', 'GET /api/codes']);
    await page.getByRole('button', { name: 'Assets' }).click();
    await expect.poll(rows).toHaveLength(3);
    await open('/traces?assets=1');
    expect(await titles()).toContain('GET /assets/a.js');
  });
});
