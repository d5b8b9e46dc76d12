import { beforeEach, describe, expect, it } from 'vitest';
import { isBrowserAvailable } from '../../../../e2e/browser.ts';
import { container, envelope, errorEvent, goodEvent, post, postEnvelope } from '../requests.ts';
import { pageInBrowser } from './page-in-browser.ts';

const TRACE = 'a'.repeat(32);
const DAY_MS = 24 * 60 * 60 * 1000;

/** 34 spans of two services; the resources of the page all have the name of the host. */
function spans(now: number): object[] {
  const span = (index: number, service: string, more: object = {}) => ({
    trace_id: TRACE,
    span_id: index.toString(16).padStart(16, '0'),
    parent_span_id: 'f'.repeat(16),
    name: 'localhost',
    start_timestamp: (now + 10) / 1000,
    end_timestamp: (now + 20) / 1000,
    attributes: {
      'service.name': { type: 'string', value: service },
      'sentry.op': { type: 'string', value: 'resource.script' },
      'url.full': { type: 'string', value: `http://localhost:3000/assets/chunk-${index}.js` },
    },
    ...more,
  });
  const scan = { name: 'GET /scan/:id', parent_span_id: undefined, is_segment: true, attributes: {} };
  return [
    ...Array.from({ length: 32 }, (_, index) => span(index, 'web')),
    span(40, 'routing-service', { name: 'SELECT', attributes: { 'service.name': { value: 'routing-service' } } }),
    span(41, 'web', { ...scan, start_timestamp: now / 1000, end_timestamp: (now + 184) / 1000 }),
  ];
}

describe.skipIf(!isBrowserAvailable())('the rows of the live tab', { timeout: 60_000 }, () => {
  const shared = pageInBrowser();
  const titles = (): Promise<string[]> => shared.page.locator('.row .title').allTextContents();
  const chip = (name: RegExp | string) => shared.page.getByRole('button', { name });
  const kindInAddress = () => new URL(shared.page.url()).searchParams.get('kind');

  beforeEach(async () => {
    await shared.page.goto(shared.inbox.url);
    await shared.page.getByText('live', { exact: true }).waitFor();
  });

  it('have the spans of a trace in one, below what happened in it, which leads to its waterfall', async () => {
    const { inbox, page } = shared;
    await post(inbox, '/import', [goodEvent({ trace_id: TRACE }, 'qr_scanned')]);
    await postEnvelope(inbox, container('span', spans(Date.now())));
    await expect.poll(titles).toEqual(['qr_scanned', 'GET /scan/:id']);
    const row = page.locator('.row.trace');
    expect(await row.locator('.about').textContent()).toBe('34 spans, 2 services, 184 ms');
    expect(await page.getByText('localhost', { exact: true }).count()).toBe(0);
    await row.click();
    await page.getByRole('heading', { name: TRACE }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/traces');
  });

  it('name a resource by its path in the detail', async () => {
    const { inbox, page } = shared;
    await postEnvelope(inbox, container('span', spans(Date.now())));
    await page.goto(`${inbox.url}/?record=${inbox.spans()[0]?.id}`);
    await page.locator('.detail h2', { hasText: '/assets/chunk-0.js' }).waitFor();
  });

  it('show only the kind that was clicked, and more with a modifier; all with a second click', async () => {
    const { inbox, page } = shared;
    await post(inbox, '/import', [goodEvent({}, 'event')]);
    await postEnvelope(inbox, container('log', [{ body: 'log' }]));
    await postEnvelope(inbox, envelope({ type: 'event' }, errorEvent('TypeError', 'x', 'f')));
    await expect.poll(titles).toEqual(['TypeError: x', 'log', 'event']);
    await chip(/^Events/).click();
    await expect.poll(titles).toEqual(['event']);
    await chip(/^Errors/).click();
    await expect.poll(titles).toEqual(['TypeError: x']);
    await chip(/^Events/).click({ modifiers: ['Control'] });
    await expect.poll(titles).toEqual(['TypeError: x', 'event']);
    await chip(/^Logs/).click({ modifiers: ['Shift'] });
    await expect.poll(titles).toEqual(['TypeError: x', 'log', 'event']);
    await chip(/^Errors/).click({ modifiers: ['Meta'] });
    await expect.poll(titles).toEqual(['log', 'event']);
    expect(kindInAddress()).toBe('event,log');
    await page.reload();
    await expect.poll(titles).toEqual(['log', 'event']);
    expect(await chip(/^Logs/).getAttribute('aria-pressed')).toBe('true');
    expect(await chip(/^Errors/).getAttribute('title')).toContain('Ctrl');
    await chip(/^Logs/).click();
    await chip(/^Logs/).click();
    await expect.poll(kindInAddress).toBeNull();
    await expect.poll(titles).toEqual(['TypeError: x', 'log', 'event']);
  });

  it('are chosen by kind with the keyboard alone', async () => {
    const { page } = shared;
    await chip(/^Errors/).focus();
    await page.keyboard.press('Enter');
    await expect.poll(kindInAddress).toBe('error');
    for (const [key, expected] of [
      ['Control+Enter', 'error,log'],
      ['Control+Enter', 'error'],
      ['Shift+Space', 'error,log'],
      ['Control+Space', 'error'],
    ] as const) {
      await chip(/^Logs/).focus();
      await page.keyboard.press(key);
      await expect.poll(kindInAddress).toBe(expected);
    }
    await chip('All').focus();
    await page.keyboard.press('Space');
    await expect.poll(kindInAddress).toBeNull();
  });

  it('are searched in all that the inbox holds, and say when nothing of it matches', async () => {
    const { inbox, page } = shared;
    await post(inbox, '/import', [goodEvent({ plan: 'needle' }, 'the first')]);
    for (let sent = 0; sent < 3; sent++) {
      await post(
        inbox,
        '/import',
        Array.from({ length: 1000 }, () => goodEvent({}, 'noise')),
      );
    }
    await page.getByLabel('Search all records').fill('NEEDLE');
    await expect.poll(titles).toEqual(['the first']);
    await page.goto(`${inbox.url}/?q=nothing+like+this`);
    await page.getByText('The filters match none of the 3,001 records').waitFor();
    await page.getByRole('button', { name: 'Reset the filters' }).click();
    await page.locator('.row').nth(299).waitFor();
    await page.getByRole('button', { name: 'Show older records' }).click();
    await page.locator('.row').nth(599).waitFor();
  });

  it('are divided by day, with the days by their names', async () => {
    const { inbox, page } = shared;
    const at = (daysAgo: number, name: string) => goodEvent({ time: Date.now() - daysAgo * DAY_MS }, name);
    await post(inbox, '/import', [at(0, 'today'), at(1, 'yesterday'), at(3, 'earlier'), at(3, 'as early')]);
    await page.goto(`${inbox.url}/?user=user-1`);
    await page.locator('.row').nth(3).waitFor();
    const date = new Date(Date.now() - 3 * DAY_MS);
    const items = await page
      .locator('.rows > li')
      .evaluateAll((all) => all.map((item) => item.querySelector('h2, .title')?.textContent));
    expect(items.slice(0, 3)).toEqual(['today', 'Yesterday', 'yesterday']);
    expect(items[3]).toContain(String(date.getFullYear()));
    expect(items[3]).toContain(String(date.getDate()));
    expect(items).toHaveLength(6);
  });

  it('show no negative duration when the clock of a service is behind', async () => {
    const { inbox, page } = shared;
    const now = Date.now() / 1000;
    const span = {
      trace_id: TRACE,
      span_id: '1'.repeat(16),
      name: 'GET /',
      start_timestamp: now,
      end_timestamp: now - 9,
    };
    await postEnvelope(inbox, container('span', [span]));
    await expect.poll(() => page.locator('.row.trace .about').textContent()).toBe('1 span, 0.0 ms');
    await page.goto(`${inbox.url}/?record=${inbox.spans()[0]?.id}`);
    await page.getByText('duration', { exact: true }).waitFor();
    expect(await page.locator('.detail dl').textContent()).not.toMatch(/[-−–]\d/);
  });

  it('have an event that was received three times once', async () => {
    const { inbox, page } = shared;
    const event = goodEvent({}, 'repeated');
    for (let times = 0; times < 3; times++) await post(inbox, '/track', [event]);
    await expect.poll(titles).toEqual(['repeated×3']);
    await page.locator('.row').click();
    await page.locator('.detail .repeats', { hasText: '×3' }).waitFor();
  });
});
