import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isBrowserAvailable, openBrowser } from '../../../e2e/browser.ts';
import { type Inbox, startInbox } from '../src/index.ts';
import { container, envelope, goodEvent, post, postEnvelope } from './requests.ts';

const TRACE = 'a'.repeat(32);
const SCRIPT = '<img src=x onerror="document.title=\'run\'"><script>document.title="run"</script>';

let browser: Awaited<ReturnType<typeof openBrowser>>;
let inbox: Inbox;
let page: Page;

const titles = (): Promise<string[]> => page.locator('.row .title').allTextContents();

describe.skipIf(!isBrowserAvailable())('the page', { timeout: 60_000 }, () => {
  beforeAll(async () => {
    [browser, inbox] = await Promise.all([openBrowser(), startInbox()]);
  }, 60_000);

  afterAll(async () => {
    await browser.close();
    await inbox.close();
  }, 60_000);

  beforeEach(async () => {
    inbox.clear();
    inbox.faults.clear();
    page = browser.context.pages()[0] ?? (await browser.context.newPage());
    await page.goto(inbox.url);
    await page.getByText('live', { exact: true }).waitFor();
  });

  it('says what to do while nothing has arrived', async () => {
    await page.getByRole('heading', { name: 'Nothing has arrived yet' }).waitFor();
    expect(await page.locator('#environment').textContent()).toContain(`SENTRY_DSN=${inbox.dsn()}`);
  });

  it('shows an event the moment it arrives, and the event of its example too', async () => {
    await post(inbox, '/import', [goodEvent({}, 'qr_created')]);
    await page.locator('.row.event', { hasText: 'qr_created' }).waitFor();
    expect(await page.locator('#empty').isVisible()).toBe(false);
    const example = (await page.locator('#example').textContent()) ?? '';
    const [, url, body] = /^curl (\S+) -d '(.*)'$/.exec(example) ?? [];
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const response = await fetch(String(url), { method: 'POST', headers, body: String(body) });
    expect(await response.text()).toBe('1');
    await page.locator('.row.event', { hasText: 'hello' }).waitFor();
  });

  it('shows captured markup as text, in the row and in the detail', async () => {
    await post(inbox, '/import', [goodEvent({ [SCRIPT]: SCRIPT, $user_id: SCRIPT, distinct_id: SCRIPT }, SCRIPT)]);
    await postEnvelope(inbox, envelope({ type: 'event' }, { message: SCRIPT, breadcrumbs: [{ message: SCRIPT }] }));
    for (const kind of ['event', 'error']) {
      await page.locator(`.row.${kind}`).click();
      expect(await page.locator('#detail h2').textContent()).toBe(SCRIPT);
    }
    expect(await page.locator('main img, main script').count()).toBe(0);
    expect(await page.title()).toBe('Inbox');
  });

  it('shows all of a trace, whatever its kind, and all again with Escape', async () => {
    await post(inbox, '/import', [goodEvent({ trace_id: TRACE }, 'of the trace'), goodEvent({}, 'another')]);
    await postEnvelope(
      inbox,
      container('span', [{ trace_id: TRACE, name: 'GET /', start_timestamp: 1, end_timestamp: 2 }]),
    );
    await page.locator('.row', { hasText: 'of the trace' }).click();
    await page.getByRole('button', { name: 'Everything of this trace' }).click();
    await page.getByText(`Only trace ${TRACE}`).waitFor();
    expect(await titles()).toEqual(['of the trace', 'GET /']);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await page.locator('.row', { hasText: 'another' }).waitFor();
  });

  it('filters by text and by kind, and offers a way back', async () => {
    await post(inbox, '/import', [goodEvent({ plan: 'enterprise' }, 'a'), goodEvent({}, 'b')]);
    await page.locator('.row').nth(1).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('ENTERPRISE');
    expect(await titles()).toEqual(['a']);
    await page.getByRole('button', { name: /^Events/ }).click();
    await page.getByRole('button', { name: 'Reset the filters' }).click();
    expect(await titles()).toEqual(['b', 'a']);
  });

  it('holds arrivals back while paused', async () => {
    await page.locator('#pause').click();
    await post(inbox, '/import', [goodEvent({}, 'late')]);
    await page.getByText('paused, 1 waiting').waitFor();
    expect(await titles()).toEqual([]);
    await page.keyboard.press('p');
    await page.locator('.row', { hasText: 'late' }).waitFor();
  });

  it('is walked with the keyboard', async () => {
    await post(inbox, '/import', [goodEvent({}, 'older'), goodEvent({}, 'newer')]);
    await page.locator('.row').nth(1).waitFor();
    await page.locator('.row').first().focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    expect(await page.locator('#detail h2').textContent()).toBe('older');
    await page.keyboard.press('Escape');
    expect(await page.locator('#detail').isVisible()).toBe(false);
  });

  it.each([360, 768, 1440])('fits a window of %i pixels', async (width) => {
    await page.setViewportSize({ width, height: 800 });
    await post(inbox, '/import', [goodEvent({ note: 'x'.repeat(250) }, 'w'.repeat(250))]);
    await page.locator('.row').click();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    const overflow = 'document.querySelector("#detail").scrollWidth - document.querySelector("#detail").clientWidth';
    expect(await page.evaluate(overflow)).toBe(0);
  });

  it('makes requests fail, shows what each fault has done, and takes it back', async () => {
    await page.getByRole('button', { name: 'Faults' }).click();
    await page.getByLabel('What goes wrong').selectOption('Answer 503');
    await page.getByLabel('Where').selectOption('Mixpanel /import');
    await page.getByRole('button', { name: 'Add this fault' }).click();
    await page.getByRole('button', { name: 'Faults: 1', includeHidden: true }).waitFor();
    expect((await post(inbox, '/track', [goodEvent()])).status).toBe(200);
    expect((await post(inbox, '/import', [goodEvent()])).status).toBe(503);
    expect((await post(inbox, '/import', [goodEvent()])).status).toBe(200);
    await page.getByText('Struck 1 request, used up').waitFor();
    await page.getByRole('button', { name: 'Remove', exact: true }).click();
    await page.locator('dialog li').waitFor({ state: 'detached' });
    expect(inbox.faults.list()).toEqual([]);
    await page.keyboard.press('Escape');
    expect(await page.locator('dialog').isVisible()).toBe(false);
  });

  it('shows a fault that a test has added, and removes all', async () => {
    inbox.faults.add({ share: 0.5, fault: { kind: 'delay', delayMs: 7 } });
    inbox.faults.add({ fault: { kind: 'hang' } });
    await page.getByRole('button', { name: 'Faults: 2' }).click();
    await page.getByText('any endpoint, until removed, 50 % of them').waitFor();
    await page.getByRole('button', { name: 'Remove all' }).click();
    await page.getByRole('button', { name: 'Faults', exact: true, includeHidden: true }).waitFor();
    expect(inbox.faults.list()).toEqual([]);
  });

  it('drops the rows of what compaction has removed', async () => {
    const event = goodEvent({ time: Date.UTC(2026, 0, 1) });
    const later = { ...event, properties: { ...event.properties, time: Date.UTC(2026, 0, 1) + 1 } };
    await post(inbox, '/import', [event, later]);
    await page.locator('.row').nth(1).waitFor();
    expect(inbox.compact()).toBe(1);
    await expect.poll(titles).toEqual(['qr_created']);
  });

  it('runs no script that a request has brought, even one that is put into the document', async () => {
    const blocked = page.waitForEvent('console', (message) => message.text().includes('Content Security Policy'));
    await page.evaluate(`const made = document.createElement('script');
      made.textContent = 'document.title = "run"';
      document.body.append(made)`);
    await blocked;
    expect(await page.title()).toBe('Inbox');
  });
});
