import { afterEach, describe, expect, it, vi } from 'vitest';
import { closeTestPage, openTestPage, type Page } from '../support/page.ts';

afterEach(closeTestPage);

async function firstEvent(page: Page) {
  await vi.waitFor(() => expect(page.events()).toHaveLength(1), 10_000);
  return page.events()[0];
}

describe('an error', () => {
  it('arrives under the id that captureException returned, with its own stack, time and planned context', async () => {
    const page = await openTestPage();
    page.initSentry();
    const before = Date.now() / 1000;
    const errorId = page.captureException(new Error('no luck'), { qrId: 'q1', formData: { password: 'hunter2' } });
    const after = Date.now() / 1000;
    const event = await firstEvent(page);
    expect(event.event_id).toBe(errorId);
    expect(event.timestamp).toBeGreaterThanOrEqual(before);
    expect(event.timestamp).toBeLessThanOrEqual(after);
    expect(event.exception.values[0].stacktrace.frames.at(-1).filename).toContain('sentry.test.ts');
    expect(event.extra).toEqual({ qr_id: 'q1' });
    expect(event.tags).toEqual({ service: 'web' });
    expect(JSON.stringify(event)).not.toContain('hunter2');
  });

  it('is reported once, however often it is caught', async () => {
    const page = await openTestPage();
    page.initSentry();
    const error = new Error('caught twice');
    const errorId = page.captureException(error);
    expect(page.captureException(error)).toBe(errorId);
    page.captureException(new Error('another'));
    await vi.waitFor(() => expect(page.events()).toHaveLength(2), 10_000);
    expect(page.events().map(({ event_id }) => event_id)).toContain(errorId);
  });

  it('carries the breadcrumbs and the user of its own time, not those that came before the SDK was there but after it', async () => {
    const page = await openTestPage();
    page.initSentry();
    page.identifyUser('u1');
    page.addBreadcrumb('opened the form', { qr_type: 'url', title: 'private' });
    page.captureException(new Error('between'));
    page.addBreadcrumb('gave up');
    page.resetMixpanel();
    const event = await firstEvent(page);
    expect(event.user).toEqual({ id: 'u1' });
    const messages = event.breadcrumbs.map(({ message }: { message?: string }) => message);
    expect(messages).toContain('opened the form');
    expect(messages).not.toContain('gave up');
    expect(JSON.stringify(event)).not.toContain('private');
  });

  it('loses personal data in its message and the query of the page address', async () => {
    history.replaceState(null, '', '/reset?token=s3cr3t-value');
    const page = await openTestPage();
    page.initSentry();
    page.captureException(new Error('no mail to ada@example.com'));
    const event = await firstEvent(page);
    expect(event.exception.values[0].value).toBe('no mail to [redacted]');
    expect(event.request).toEqual({ url: 'http://localhost:3000/reset' });
    expect(JSON.stringify(event)).not.toMatch(/ada@|s3cr3t/);
  });

  it('that was thrown as a plain object sends its keys but not its values', async () => {
    const page = await openTestPage();
    page.initSentry();
    page.captureException({ nickname: 'Countess' });
    const event = await firstEvent(page);
    expect(JSON.stringify(event)).not.toContain('Countess');
    expect(event.exception.values[0].stacktrace).toBeUndefined();
  });
});

describe('an uncaught error', () => {
  it('without a stack points at the place where it was thrown, not into the SDK', async () => {
    const page = await openTestPage();
    page.initSentry();
    const filename = 'http://localhost:3000/assets/app.js?v=1';
    dispatchEvent(new ErrorEvent('error', { error: 'just a text', message: 'x', filename, lineno: 7, colno: 12 }));
    const event = await firstEvent(page);
    const [exception] = event.exception.values;
    expect(exception.value).toBe('just a text');
    expect(exception.mechanism).toMatchObject({ type: 'auto.browser.onerror', handled: false });
    expect(exception.stacktrace.frames).toEqual([
      { filename: 'http://localhost:3000/assets/app.js', lineno: 7, colno: 12, in_app: true },
    ]);
  });

  it('inside a promise is reported with the reason', async () => {
    const page = await openTestPage();
    page.initSentry();
    dispatchEvent(Object.assign(new Event('unhandledrejection'), { reason: new TypeError('broken promise') }));
    const event = await firstEvent(page);
    expect(event.exception.values[0]).toMatchObject({ type: 'TypeError', value: 'broken promise' });
  });

  it('of a picture that could not be loaded is none', async () => {
    const page = await openTestPage();
    page.initSentry();
    dispatchEvent(new Event('error'));
    page.captureException(new Error('real'));
    expect((await firstEvent(page)).exception.values[0].value).toBe('real');
  });
});

it('a resize observer quirk is not reported', async () => {
  const page = await openTestPage();
  page.initSentry();
  page.captureException(new Error('ResizeObserver loop completed with undelivered notifications.'));
  page.captureException(new Error('real'));
  expect((await firstEvent(page)).exception.values[0].value).toBe('real');
});
