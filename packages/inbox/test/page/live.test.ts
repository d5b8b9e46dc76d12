import { beforeEach, describe, expect, it } from 'vitest';
import { isBrowserAvailable } from '../../../../e2e/browser.ts';
import { container, envelope, goodEvent, post, postEnvelope } from '../requests.ts';
import { pageInBrowser } from './page-in-browser.ts';

const TRACE = 'a'.repeat(32);
const SCRIPT = '<img src=x onerror="document.title=\'run\'"><script>document.title="run"</script>';

describe.skipIf(!isBrowserAvailable())('the live tab', { timeout: 60_000 }, () => {
  const shared = pageInBrowser();
  const titles = (): Promise<string[]> => shared.page.locator('.row .title').allTextContents();

  beforeEach(async () => {
    await shared.page.goto(shared.inbox.url);
    await shared.page.getByText('live', { exact: true }).waitFor();
  });

  it('says what to do while nothing has arrived', async () => {
    const { inbox, page } = shared;
    await page.getByRole('heading', { name: 'Nothing has arrived yet' }).waitFor();
    expect(await page.locator('#environment').textContent()).toContain(`SENTRY_DSN=${inbox.dsn()}`);
  });

  it('shows an event the moment it arrives, and the event of its example too', async () => {
    const { inbox, page } = shared;
    const example = (await page.locator('#example').textContent()) ?? '';
    await post(inbox, '/import', [goodEvent({}, 'qr_created')]);
    await page.locator('.row.event', { hasText: 'qr_created' }).waitFor();
    expect(await page.getByText('Nothing has arrived yet').count()).toBe(0);
    const [, url, body] = /^curl (\S+) -d '(.*)'$/.exec(example) ?? [];
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const response = await fetch(String(url), { method: 'POST', headers, body: String(body) });
    expect(await response.text()).toBe('1');
    await page.locator('.row.event', { hasText: 'hello' }).waitFor();
  });

  it('shows captured markup as text, in the row and in the detail', async () => {
    const { inbox, page } = shared;
    await post(inbox, '/import', [goodEvent({ [SCRIPT]: SCRIPT, $user_id: SCRIPT, distinct_id: SCRIPT }, SCRIPT)]);
    await postEnvelope(inbox, envelope({ type: 'event' }, { message: SCRIPT, breadcrumbs: [{ message: SCRIPT }] }));
    await page.locator('.row').nth(1).waitFor();
    for (const kind of ['event', 'error']) {
      await page.locator(`.row.${kind}`).click();
      await page.locator('.detail .badge', { hasText: kind }).waitFor();
      expect(await page.locator('.detail h2').textContent()).toBe(SCRIPT);
    }
    expect(await page.locator('main img, main script').count()).toBe(0);
    expect(await page.title()).toBe('Inbox');
  });

  it('shows all of a trace, whatever its kind, and all again with Escape', async () => {
    const { inbox, page } = shared;
    await post(inbox, '/import', [goodEvent({ trace_id: TRACE }, 'of the trace'), goodEvent({}, 'another')]);
    const span = { trace_id: TRACE, name: 'GET /', start_timestamp: 1, end_timestamp: 2 };
    await postEnvelope(inbox, container('span', [span]));
    await page.locator('.row', { hasText: 'of the trace' }).click();
    await page.getByRole('link', { name: 'Filter by trace' }).click();
    await expect.poll(titles).toEqual(['of the trace', 'GET /']);
    await page.keyboard.press('Escape');
    await page.locator('.row', { hasText: 'another' }).waitFor();
  });

  it('filters by text, kind, service and user, keeps that in the address, and offers a way back', async () => {
    const { inbox, page } = shared;
    const events = [
      goodEvent({ plan: 'enterprise', service: 'auth-service' }, 'a'),
      goodEvent({ service: 'qr-service' }, 'b'),
      goodEvent({ service: 'qr-service', distinct_id: 'user-2' }, 'c'),
    ];
    await post(inbox, '/import', events);
    await page.locator('.row').nth(2).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('ENTERPRISE');
    await expect.poll(titles).toEqual(['a']);
    await page.getByRole('button', { name: /^Errors/ }).click();
    await page.getByRole('button', { name: 'Reset the filters' }).click();
    await expect.poll(titles).toEqual(['c', 'b', 'a']);
    await page.getByLabel('Service').selectOption('qr-service');
    await expect.poll(titles).toEqual(['c', 'b']);
    await page.getByLabel('Only this user').fill('user-2');
    await page.keyboard.press('Enter');
    await expect.poll(titles).toEqual(['c']);
    await page.reload();
    await expect.poll(titles).toEqual(['c']);
    expect(await page.getByLabel('Service').inputValue()).toBe('qr-service');
  });

  it('holds arrivals back while paused', async () => {
    const { inbox, page } = shared;
    await page.getByRole('heading', { name: 'Nothing has arrived yet' }).waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await post(inbox, '/import', [goodEvent({}, 'late')]);
    await page.getByText('paused, 1 waiting').waitFor();
    expect(await titles()).toEqual([]);
    await page.keyboard.press('p');
    await page.locator('.row', { hasText: 'late' }).waitFor();
  });

  it('holds the list while it is scrolled, and goes back to the newest on demand', async () => {
    const { inbox, page } = shared;
    await post(
      inbox,
      '/import',
      Array.from({ length: 60 }, (_, index) => goodEvent({}, `event ${index}`)),
    );
    await page.locator('.row').nth(59).waitFor();
    await page.locator('.timeline').evaluate((list) => list.scrollTo({ top: 400 }));
    await page.waitForTimeout(200);
    await post(inbox, '/import', [goodEvent({}, 'newest')]);
    await page.getByRole('button', { name: 'Show 1 newer record' }).click();
    await expect.poll(async () => (await titles())[0]).toBe('newest');
  });

  it('is walked with the keyboard', async () => {
    const { inbox, page } = shared;
    await post(inbox, '/import', [goodEvent({}, 'older'), goodEvent({}, 'newer')]);
    await page.locator('.row').nth(1).waitFor();
    const focused = () => page.evaluate<string>('document.activeElement.querySelector?.(".title")?.textContent ?? ""');
    await page.keyboard.press('j');
    expect(await focused()).toBe('newer');
    await page.keyboard.press('j');
    expect(await focused()).toBe('older');
    await page.keyboard.press('k');
    expect(await focused()).toBe('newer');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.locator('.detail h2', { hasText: 'older' }).waitFor();
    await page.keyboard.press('Escape');
    await page.locator('.detail').waitFor({ state: 'detached' });
  });

  it('shows a record whose address was shared, though it is not among the latest', async () => {
    const { inbox, page } = shared;
    await post(inbox, '/import', [goodEvent({}, 'the first')]);
    const id = inbox.events()[0]?.id;
    await post(
      inbox,
      '/import',
      Array.from({ length: 320 }, () => goodEvent()),
    );
    await page.goto(`${inbox.url}/?record=${id}`);
    await page.locator('.detail h2', { hasText: 'the first' }).waitFor();
  });

  it.each([360, 768, 1440])('fits a window of %i pixels', async (width) => {
    const { inbox, page } = shared;
    await page.setViewportSize({ width, height: 800 });
    await post(inbox, '/import', [goodEvent({ note: 'x'.repeat(250) }, 'w'.repeat(250))]);
    await page.locator('.row').click();
    await page.locator('.detail h2').waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    const overflow = 'document.querySelector(".detail").scrollWidth - document.querySelector(".detail").clientWidth';
    expect(await page.evaluate(overflow)).toBe(0);
  });

  it('drops the rows of what compaction has removed, and of what was cleared', async () => {
    const { inbox, page } = shared;
    const event = goodEvent({ time: Date.UTC(2026, 0, 1) });
    const later = { ...event, properties: { ...event.properties, time: Date.UTC(2026, 0, 1) + 1 } };
    await post(inbox, '/import', [event, later]);
    await page.locator('.row').nth(1).waitFor();
    expect(inbox.compact()).toBe(1);
    await expect.poll(titles).toEqual(['qr_created']);
    await page.getByRole('button', { name: 'Clear' }).click();
    await page.getByRole('heading', { name: 'Nothing has arrived yet' }).waitFor();
    expect(inbox.events()).toEqual([]);
  });

  it('runs no script that a request has brought, even one that is put into the document', async () => {
    const { page } = shared;
    const blocked = page.waitForEvent('console', (message) => message.text().includes('Content Security Policy'));
    await page.evaluate(`const made = document.createElement('script');
      made.textContent = 'document.title = "run"';
      document.body.append(made)`);
    await blocked;
    expect(await page.title()).toBe('Inbox');
  });
});
