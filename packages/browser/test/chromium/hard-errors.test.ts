import { describe, expect, it } from 'vitest';
import { isBrowserAvailable } from '../../../../e2e/browser.ts';
import { FAIL, freshPages } from './fresh-pages.ts';

const SDKS = /assets\/(sentry|mixpanel)-/;
/** Rejected with an error of another window, as of a widget in a frame. */
const FAIL_IN_FRAME = `
  const frame = document.body.appendChild(document.createElement('iframe'));
  const { TypeError: Foreign, Error: Outer } = frame.contentWindow;
  void Promise.reject(new Foreign('thrown in a frame', { cause: new Outer('behind it', { cause: 'a text' }) }));
`;
const FAIL_OFTEN = 'for (let n = 0; n < 400; n++) setTimeout(() => { throw new Error("failure " + n); })';

describe.skipIf(!isBrowserAvailable())('an error', () => {
  const { fixture, context, messages, isReady } = freshPages();
  const types = () =>
    fixture()
      .inbox.errors()
      .map(({ type }) => type);
  const chains = () =>
    fixture()
      .inbox.errors()
      .map(({ event }) => (event as { exception: { values: { value: string }[] } }).exception.values)
      .map((values) => values.map(({ value }) => value));

  it.each([
    ['before the SDK is there', true],
    ['after it', false],
  ])('of a frame is shown with its causes: %s', async (_, isBlocked) => {
    const page = await context().newPage();
    if (isBlocked) await page.route(SDKS, () => {});
    await page.goto(fixture().origin);
    await isReady(page);
    await page.evaluate(FAIL_IN_FRAME);
    await page.waitForTimeout(100);
    if (isBlocked) await page.goto('about:blank');
    await fixture().inbox.waitFor(() => messages().length > 0, 15_000);
    expect(types()).toEqual(['TypeError']);
    expect(chains()).toEqual([['a text', 'behind it', 'thrown in a frame']]);
  });

  it('waits on the device when the tab is closed without a connection, and is sent on the next visit', async () => {
    const page = await context().newPage();
    await page.goto(fixture().origin);
    await isReady(page);
    await page.evaluate('setTimeout(() => { throw new Error("wakes the SDK") })');
    await fixture().inbox.waitFor(() => messages().length === 1, 15_000);
    await context().setOffline(true);
    await page.evaluate(FAIL);
    await page.waitForTimeout(300);
    // Not by a navigation: what is emulated ends with the page, before it stores what it has.
    await page.evaluate('dispatchEvent(new Event("pagehide"))');
    expect(await page.evaluate('localStorage.qr_left')).toContain('thrown at the end');
    await page.close();
    await context().setOffline(false);
    const next = await context().newPage();
    // A request that meets the change of the network fails, and is repeated after ten seconds. A busy machine may need another visit.
    for (let visits = 0; visits < 3 && !messages().includes('thrown at the end'); visits++) {
      await next.goto(fixture().origin);
      await fixture()
        .inbox.waitFor(() => messages().includes('thrown at the end'), 25_000)
        .catch(() => {});
    }
    expect(messages()).toEqual(['wakes the SDK', 'thrown at the end']);
    await expect.poll(() => next.evaluate('localStorage.qr_left')).toBeUndefined();
  }, 120_000);

  it('is sent once when the page is left before the answer to it', async () => {
    const page = await context().newPage();
    await page.goto(fixture().origin);
    await isReady(page);
    await page.evaluate('setTimeout(() => { throw new Error("wakes the SDK") })');
    await fixture().inbox.waitFor(() => messages().length === 1, 15_000);
    await page.waitForTimeout(300);
    fixture().inbox.faults.add({ endpoint: 'envelope', fault: { kind: 'delay', delayMs: 1000 } });
    await page.evaluate(FAIL);
    await page.waitForTimeout(300);
    await page.goto(`${fixture().origin}/codes/code-7`);
    fixture().inbox.faults.clear();
    expect(await page.evaluate('localStorage.qr_left')).toBeUndefined();
    await page.waitForTimeout(3000);
    expect(messages()).toEqual(['wakes the SDK', 'thrown at the end']);
  });

  it('is not lost to an SDK that cannot be fetched at first: that is tried again', async () => {
    const page = await context().newPage();
    let refusals = 0;
    await page.route(/assets\/sentry-/, (route) =>
      refusals++ < 2 ? route.fulfill({ status: 404 }) : route.continue(),
    );
    await page.goto(fixture().origin);
    await isReady(page);
    for (const name of ['first', 'second', 'third']) {
      await page.evaluate(`setTimeout(() => { throw new Error("${name}") })`);
      await page.waitForTimeout(200);
    }
    await fixture().inbox.waitFor(() => messages().length === 3, 15_000);
    expect(messages().sort()).toEqual(['first', 'second', 'third']);
    // The last one was sent by the SDK.
    expect(fixture().seen.some(({ url }) => url.startsWith('/o/r'))).toBe(true);
  });

  it('is one of at most thirty of a page, with the SDK and without', async () => {
    const page = await context().newPage();
    await page.goto(fixture().origin);
    await isReady(page);
    await page.evaluate(FAIL_OFTEN);
    await fixture().inbox.waitFor(() => messages().length === 30, 20_000);
    await page.waitForTimeout(1000);
    await page.goto('about:blank');
    await page.waitForTimeout(300);
    expect(new Set(messages()).size).toBe(30);
    expect(fixture().inbox.rejected()).toEqual([]);
    expect(fixture().seen.filter(({ url }) => url === '/o/q')).toHaveLength(1);
  });
});
