import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isBrowserAvailable, openBrowser } from '../../../../e2e/browser.ts';
import { type FixturePage, startFixturePage } from './fixture-page.ts';

describe.skipIf(!isBrowserAvailable())('an error in a browser', () => {
  let fixture: FixturePage;
  let browser: Awaited<ReturnType<typeof openBrowser>>;
  const complaints: string[] = [];

  beforeAll(async () => {
    fixture = await startFixturePage();
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await fixture?.close();
  });

  async function open(path: string): Promise<Page> {
    fixture.inbox.clear();
    const page = await browser.context.newPage();
    page.on('console', (message) => {
      if (/content security policy/i.test(message.text())) complaints.push(message.text());
    });
    await page.goto(fixture.origin + path);
    return page;
  }
  const click = (name: string) => async (page: Page) => page.getByText(name, { exact: true }).click();

  it.each([
    ['an inline script before the bundle', '/?fail=inline', undefined, 'thrown inline', ''],
    ['the evaluation of a module', '/?fail=module', undefined, 'thrown in module', undefined],
    ['the first render', '/?fail=render', undefined, 'thrown in render', '/'],
    ['an event handler', '/', click('handler'), 'thrown in handler', '/'],
    ['a promise', '/', click('promise'), 'thrown in promise', '/'],
    ['a lazy route', '/', click('lazy'), 'thrown in lazy route', '/lazy'],
    ['a worker', '/', click('worker'), 'thrown in worker', '/'],
  ] as const)('in %s arrives once, with its stack and its route', async (_, path, act, message, route) => {
    const page = await open(path);
    await act?.(page);
    await fixture.inbox.waitFor((inbox) => inbox.errors().some(({ value }) => value.includes(message)), 10_000);
    // A second report would come with the next load of the SDK, or as the page is left.
    await page.waitForTimeout(500);
    await page.goto('about:blank');
    await page.close();
    const errors = fixture.inbox.errors();
    expect(errors.map(({ value }) => value)).toEqual([expect.stringContaining(message)]);
    const event = errors[0]?.event as unknown as SentEvent;
    expect(event.exception.values.at(-1)?.stacktrace?.frames?.length).toBeGreaterThan(0);
    if (route) expect(event.transaction).toBe(route);
    expect(event.tags).toMatchObject({ service: 'web' });
    expect(event.contexts.trace.trace_id).toMatch(/^[0-9a-f]{32}$/);
  });

  it.each([
    ['while a module is evaluated', '/?fail=text', 'thrown text in module'],
    ['while React renders', '/?fail=render-text', 'thrown text in render'],
  ])('that is a text, thrown %s, arrives once', async (_, path, text) => {
    const page = await open(path);
    await fixture.inbox.waitFor((inbox) => inbox.errors().some(({ value }) => value.includes(text)), 10_000);
    await page.waitForTimeout(1500);
    await page.close();
    expect(fixture.inbox.errors()).toHaveLength(1);
  });

  it('shows nothing of itself, but its id, where a route broke', async () => {
    const page = await open('/?fail=render');
    const alert = page.getByRole('alert');
    await alert.waitFor();
    const shown = await alert.locator('code').textContent();
    expect(await page.textContent('body')).not.toContain('thrown in render');
    await fixture.inbox.waitFor((inbox) => inbox.errors().length > 0, 10_000);
    expect(fixture.inbox.errors()[0]?.eventId).toBe(shown);
    await page.close();
  });

  it('breaks no content security policy on its way', () => {
    expect(complaints).toEqual([]);
  });
});

interface SentEvent {
  readonly transaction?: string;
  readonly tags: Record<string, unknown>;
  readonly contexts: { readonly trace: { readonly trace_id: string } };
  readonly exception: { readonly values: { readonly stacktrace?: { readonly frames?: unknown[] } }[] };
}
